// Legal holds: placed, and released.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { number } from '../number';
import { TextField } from '../ui/parts';
import { useLoaded } from './loaded';
import { Ask, Shown, Table } from './parts';
import { all, call } from './rest';

type Hold = Schemas['Listing_ListedHold']['items'][number];

export function Holds() {
  const holds = useLoaded(() => all<Hold>('/admin/holds'));
  const [released, setReleased] = useState<Hold>();
  const [isNew, setNew] = useState(false);
  return (
    <section class="card stack">
      <h2>{t('admin.holds')}</h2>
      <Shown of={holds}>
        {(items) => (
          <Table
            name={t('admin.holds')}
            heads={[t('admin.complaint'), t('admin.status'), t('admin.region'), t('admin.reason'), t('admin.until'), t('admin.state'), t('admin.act')]}
            empty={t('admin.no_holds')}
            rows={items.map((it) => [
              <code title={it.complaint}>{number(it.complaint)}</code>,
              t(`status.${it.status}`),
              it.region,
              it.reason,
              it.until ? time(it.until) : '–',
              t(it.in_force ? 'admin.active' : 'admin.inactive'),
              <button type="button" class="danger" aria-label={t('admin.release_what', { name: number(it.complaint) })} onClick={() => setReleased(it)}>
                {t('admin.release')}
              </button>,
            ])}
          />
        )}
      </Shown>
      <button type="button" onClick={() => setNew(true)}>
        {t('admin.hold_new')}
      </button>
      {isNew && <NewHold onDone={holds.again} onClose={() => setNew(false)} />}
      {released && (
        <Ask
          title={t('admin.release')}
          what={<p>{t('admin.release_warning', { name: number(released.complaint) })}</p>}
          act={t('admin.release')}
          isGrave
          onAct={async () => {
            await call('DELETE', `/complaints/${released.complaint}/hold`);
            await holds.again();
          }}
          onClose={() => setReleased(undefined)}
        />
      )}
    </section>
  );
}

function NewHold({ onDone, onClose }: { onDone: () => Promise<void>; onClose: () => void }) {
  const [id, setId] = useState('');
  const [reason, setReason] = useState('');
  const form = (
    <>
      <p class="soft">{t('admin.hold_what')}</p>
      <TextField id="hold-complaint" label={t('admin.complaint_id')} value={id} onText={setId} />
      <TextField id="hold-reason" label={t('admin.reason')} value={reason} onText={setReason} />
    </>
  );
  const place = async (): Promise<void> => {
    await call('PUT', `/complaints/${encodeURIComponent(id.trim())}/hold`, { reason });
    await onDone();
  };
  return <Ask title={t('admin.hold_new')} what={form} act={t('admin.save')} onAct={place} onClose={onClose} />;
}
