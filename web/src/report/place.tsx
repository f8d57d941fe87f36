// Where it is: a point on the map, by device, by photo, or an address in words.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { regionAt } from '../map/inside';
import type { Point, Region } from '../map/map';
import { Icon } from '../ui/icon';
import { Fault, Notice, Spinner, TextField } from '../ui/parts';
import type { Draft, Faults } from './draft';
import type { PlaceMap } from './place-map';

interface Props {
  regions: Region[];
  draft: Draft;
  faults: Faults;
  photoPlace: Point | null;
  onChange: (part: Partial<Draft>) => void;
}

/** Whether the region must be named, because no point says it. */
export function isRegionNeeded(regions: Region[], point: Point | null): boolean {
  return !point || !regionAt(regions, point);
}

export function PlaceChoice({ regions, draft, faults, photoPlace, onChange }: Props) {
  const { point } = draft;
  const inside = point ? regionAt(regions, point) : undefined;
  const choose = (chosen: Point) => onChange({ point: round(chosen) });
  return (
    <fieldset class="stack" aria-describedby={faults.place ? 'place-fault' : 'place-hint'}>
      <legend>
        <h2>{t('report.place')}</h2>
      </legend>
      <p class="hint" id="place-hint">
        {t('report.place.hint')}
      </p>
      <ChoiceMap regions={regions} point={point} onChoose={choose} />
      <Located onFound={choose} />
      {photoPlace && !same(photoPlace, point) && (
        <Notice>
          <p>{t('report.place.photo')}</p>
          <button type="button" class="plain" onClick={() => choose(photoPlace)}>
            <Icon name="pin" />
            {t('report.place.photo.use')}
          </button>
        </Notice>
      )}
      {point && (
        <div class="row chosen" role="status">
          <Icon name="pin" />
          <span class="grow">{t('report.place.chosen', { place: inside?.name ?? words(point) })}</span>
          <button type="button" class="plain" onClick={() => onChange({ point: null })}>
            {t('report.place.remove')}
          </button>
        </div>
      )}
      {point && !inside && <Notice kind="warning">{t('report.place.outside')}</Notice>}
      <TextField
        id="address"
        label={t('report.address')}
        value={draft.address}
        maxLength={500}
        autocomplete="street-address"
        placeholder={t('report.address.sample')}
        isOptional={point !== null}
        onText={(address) => onChange({ address })}
      />
      <Fault id="place-fault">{faults.place}</Fault>
      {isRegionNeeded(regions, point) && (point || draft.address || faults.region) && (
        <RegionChoice regions={regions} value={draft.region} fault={faults.region} onChoose={(region) => onChange({ region })} />
      )}
    </fieldset>
  );
}

interface MapProps {
  regions: Region[];
  point: Point | null;
  onChoose: (point: Point) => void;
}

/** The map, loaded when it is near the screen: nobody on a thin line waits for it. */
function ChoiceMap({ regions, point, onChoose }: MapProps) {
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<PlaceMap>();
  const [failed, setFailed] = useState(false);
  const latest = useRef(onChoose);
  latest.current = onChoose;
  useEffect(() => {
    let drawn: PlaceMap | undefined;
    let isGone = false;
    const load = async () => {
      try {
        const { PlaceMap } = await import('./place-map');
        if (isGone || !element.current) return;
        drawn = new PlaceMap(element.current, regions, (chosen) => latest.current(chosen));
        setMap(drawn);
      } catch {
        setFailed(true);
      }
    };
    const near = new IntersectionObserver(
      (seen) => {
        if (!seen.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        void load();
      },
      { rootMargin: '400px' },
    );
    if (element.current) near.observe(element.current);
    return () => {
      isGone = true;
      near.disconnect();
      drawn?.remove();
    };
  }, [regions]);
  useEffect(() => map?.show(point), [map, point]);
  if (failed) return <Notice kind="warning">{t('map.failed')}</Notice>;
  return (
    <div>
      <div class="map">
        <div ref={element} role="application" aria-label={t('report.place.map')} aria-describedby="map-keys" />
        <span class="cross" aria-hidden="true" />
      </div>
      <div class="by-keys">
        <p class="hint" id="map-keys">
          {t('report.place.keys')}
        </p>
        <button type="button" onClick={() => map && onChoose(map.middle())}>
          {t('report.place.middle')}
        </button>
      </div>
    </div>
  );
}

function Located({ onFound }: { onFound: (point: Point) => void }) {
  const [state, setState] = useState<'idle' | 'finding' | 'denied'>('idle');
  const find = () => {
    if (!('geolocation' in navigator)) return setState('denied');
    setState('finding');
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setState('idle');
        onFound({ latitude: coords.latitude, longitude: coords.longitude });
      },
      () => setState('denied'),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
    );
  };
  return (
    <div>
      <button type="button" onClick={find} aria-busy={state === 'finding'}>
        {state === 'finding' ? <Spinner /> : <Icon name="target" />}
        {state === 'finding' ? t('report.place.finding') : t('report.place.mine')}
      </button>
      {state === 'denied' && (
        <div class="below">
          <Notice kind="warning">{t('report.place.denied')}</Notice>
        </div>
      )}
    </div>
  );
}

function RegionChoice({ regions, value, fault, onChoose }: { regions: Region[]; value: string; fault: string | undefined; onChoose: (id: string) => void }) {
  return (
    <div class="field">
      <label for="region">{t('report.region')}</label>
      <select
        id="region"
        value={value}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? 'region-fault' : undefined}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        <option value="">{t('report.choose')}</option>
        {regions.map((region) => (
          <option key={region.id} value={region.id}>
            {region.name}
          </option>
        ))}
      </select>
      <Fault id="region-fault">{fault}</Fault>
    </div>
  );
}

/** To a tenth of a metre: more digits say nothing. */
function round({ latitude, longitude }: Point): Point {
  return { latitude: Number(latitude.toFixed(6)), longitude: Number(longitude.toFixed(6)) };
}

function same(one: Point, other: Point | null): boolean {
  return other !== null && Math.abs(one.latitude - other.latitude) < 1e-5 && Math.abs(one.longitude - other.longitude) < 1e-5;
}

function words({ latitude, longitude }: Point): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
