// Regions on a map; a GeoJSON file of them is stored and drawn at once.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { asProblem, Problem } from '../problem';
import { Notice, Spinner } from '../ui/parts';
import { useLoaded } from './loaded';
import { Ask, Faults, Shown, Table } from './parts';
import { call, get } from './rest';

type Region = Schemas['RegionView'];
type Imported = Schemas['RegionImportAnswer'];

export function Tab() {
  const regions = useLoaded(async () => (await get<{ regions: Region[] }>('/regions')).regions);
  const [switched, setSwitched] = useState<Region>();
  return (
    <>
      <Upload onDone={regions.again} />
      <Shown of={regions}>
        {(data) => (
          <>
            <RegionMap regions={data} />
            <Table
              asCards
              name={t('admin.tab.regions')}
              heads={[t('admin.name'), t('admin.id'), t('admin.boundary'), t('admin.state'), t('admin.act')]}
              empty={t('admin.no_regions')}
              rows={data.map((it) => [
                it.name,
                <code>{it.id}</code>,
                t(it.boundary ? 'admin.yes' : 'admin.no'),
                t(it.active ? 'admin.active' : 'admin.inactive'),
                <button type="button" class={it.active ? 'danger' : ''} aria-label={t(it.active ? 'admin.deactivate_what' : 'admin.activate_what', { name: it.name })} onClick={() => setSwitched(it)}>
                  {t(it.active ? 'admin.deactivate' : 'admin.activate')}
                </button>,
              ])}
            />
          </>
        )}
      </Shown>
      {switched && (
        <Ask
          title={t(switched.active ? 'admin.deactivate' : 'admin.activate')}
          what={<p>{t(switched.active ? 'admin.deactivate_kind' : 'admin.activate_kind', { name: switched.name })}</p>}
          act={t(switched.active ? 'admin.deactivate' : 'admin.activate')}
          isGrave={switched.active}
          onAct={async () => {
            await call('PATCH', `/admin/regions/${switched.id}`, { active: !switched.active });
            await regions.again();
          }}
          onClose={() => setSwitched(undefined)}
        />
      )}
    </>
  );
}

function Upload({ onDone }: { onDone: () => Promise<void> }) {
  const [told, setTold] = useState<Imported>();
  const [fault, setFault] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);

  async function send(file: File | undefined): Promise<void> {
    if (!file) return;
    setBusy(true);
    setTold(undefined);
    setFault(undefined);
    try {
      setTold(await call<Imported>('POST', '/admin/regions/import', await file.text(), 'application/geo+json'));
      await onDone();
    } catch (error) {
      setFault(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <section class="card stack">
      <div class="field">
        <label for="geojson">{t('admin.upload')}</label>
        <p class="hint" id="geojson-hint">
          {t('admin.upload_hint')}
        </p>
        <input
          id="geojson"
          type="file"
          accept=".geojson,.json,application/geo+json"
          aria-describedby="geojson-hint"
          disabled={isBusy}
          onChange={(event) => {
            void send(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
      </div>
      {isBusy && <Spinner />}
      <Faults of={fault} />
      {told && <Notice kind="good">{t('admin.imported', { created: told.created, updated: told.updated })}</Notice>}
      {told && told.overlaps.length > 0 && (
        <Notice kind="warning">
          {told.overlaps.map(({ winner, loser, area_m2 }) => (
            <p key={winner + loser}>{t('admin.overlap', { winner, loser, area: Math.round(area_m2) })}</p>
          ))}
        </Notice>
      )}
    </section>
  );
}

function RegionMap({ regions }: { regions: Region[] }) {
  const box = useRef<HTMLDivElement>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    let end = (): void => undefined;
    let isOver = false;
    import('../map/map').then(
      ({ drawMap }) => {
        if (isOver || !box.current) return;
        const map = drawMap(box.current, regions);
        end = () => void map.remove();
      },
      () => setFailed(true),
    );
    return () => {
      isOver = true;
      end();
    };
  }, [regions]);
  if (hasFailed) return <Notice kind="warning">{t('map.failed')}</Notice>;
  return <div class="admin-map" ref={box} role="region" aria-label={t('map.label')} />;
}
