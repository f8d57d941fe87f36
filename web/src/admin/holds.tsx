// Legal holds: placed with a reason and perhaps an end, changed, and released.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { number } from '../number';
import { TextField } from '../ui/parts';
import { useLoaded } from './loaded';
import { Ask, Exact, Shown, Table, ToComplaint } from './parts';
import { all, call } from './rest';

type Hold = Schemas['Listing_ListedHold']['items'][number];

export function Holds() {
  const holds = useLoaded(() => all<Hold>('/admin/holds'));
  const [released, setReleased] = useState<Hold>();
  const [edited, setEdited] = useState<Hold | 'new'>();
  return (
    <section class="card stack">
      <h2>{t('admin.holds')}</h2>
      <Shown of={holds}>
        {(items) => (
          <Table
            asCards
            name={t('admin.holds')}
            heads={[t('admin.complaint'), t('admin.status'), t('admin.region'), t('admin.reason'), t('admin.until'), t('admin.state'), t('admin.act')]}
            empty={t('admin.no_holds')}
            rows={items.map((it) => [
              <ToComplaint id={it.complaint} />,
              t(`status.${it.status}`),
              it.region,
              <span dir="auto">{it.reason}</span>,
              it.until ? <time dateTime={it.until}>{time(it.until)}</time> : t('admin.until_released'),
              <span class={`status ${it.in_force ? 'in_progress' : 'closed'}`}>{t(it.in_force ? 'admin.in_force' : 'admin.over')}</span>,
              <div class="row">
                <button type="button" aria-label={t('admin.change_hold', { name: number(it.complaint) })} onClick={() => setEdited(it)}>
                  {t('admin.change')}
                </button>
                <button type="button" class="danger" aria-label={t('admin.release_what', { name: number(it.complaint) })} onClick={() => setReleased(it)}>
                  {t('admin.release')}
                </button>
              </div>,
            ])}
          />
        )}
      </Shown>
      <button type="button" onClick={() => setEdited('new')}>
        {t('admin.hold_new')}
      </button>
      {edited && <Edit hold={edited === 'new' ? undefined : edited} onDone={holds.again} onClose={() => setEdited(undefined)} />}
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

function Edit({ hold, onDone, onClose }: { hold: Hold | undefined; onDone: () => Promise<void>; onClose: () => void }) {
  const [id, setId] = useState(hold?.complaint ?? '');
  const [reason, setReason] = useState(hold?.reason ?? '');
  const [until, setUntil] = useState(hold?.until ? day(new Date(hold.until)) : '');
  const form = (
    <>
      <p class="soft">{t('admin.hold_what')}</p>
      {!hold && <TextField id="hold-complaint" label={t('admin.complaint_id')} value={id} onText={setId} />}
      <TextField id="hold-reason" label={t('admin.reason')} value={reason} onText={setReason} />
      <Exact id="hold-until" type="date" min={day(new Date())} label={t('admin.hold_until')} hint={t('admin.hold_until_hint')} isOptional value={until} onText={setUntil} />
    </>
  );
  const place = async (): Promise<void> => {
    // To the end of that day, where whoever places it is.
    const end = until ? { until: new Date(`${until}T23:59:59`).toISOString() } : {};
    await call('PUT', `/complaints/${encodeURIComponent(id.trim())}/hold`, { reason, ...end });
    await onDone();
  };
  return <Ask title={hold ? t('admin.change_hold', { name: number(hold.complaint) }) : t('admin.hold_new')} what={form} act={t('admin.save')} onAct={place} onClose={onClose} />;
}

/** A day of the viewer's calendar, as a date field writes it. */
function day(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
