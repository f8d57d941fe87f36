// Numbers as they are now, and charts of the last thirty days.
import { t } from '../i18n';
import type { Schemas } from '../client';
import { Chart } from './chart';
import { useLoaded } from './loaded';
import { Shown } from './parts';
import { get } from './rest';

const EVERY_MS = 3_000;
const DAYS = 30;
export const STATUSES = ['reported', 'acknowledged', 'in_progress', 'on_hold', 'resolved', 'closed', 'rejected'] as const;
const OPEN = STATUSES.slice(0, 4);

type Statistics = Schemas['Statistics'];
type Times = Schemas['Times'];

export function Tab() {
  const stats = useLoaded(() => get<Statistics>(`/stats?days=${DAYS}`), '', EVERY_MS);
  return <Shown of={stats}>{(data) => <Numbers data={data} />}</Shown>;
}

function Numbers({ data }: { data: Statistics }) {
  const count = (status: string): number => data.by_status[status] ?? 0;
  const open = OPEN.reduce((sum, status) => sum + count(status), 0);
  const days = data.days.map(({ day }) => Date.parse(day) / 1000);
  return (
    <>
      <dl class="figures">
        <Figure name={t('admin.open')} value={open} />
        <Figure name={t('admin.overdue')} value={data.overdue} isLate={data.overdue > 0} />
        <Figure name={t('admin.due_soon')} value={data.due_soon} />
        <Figure name={t('admin.unassigned')} value={data.open.unassigned} />
        <Figure name={t('admin.time_to_acknowledge')} value={median(data.time_to_acknowledge)} />
        <Figure name={t('admin.time_to_resolve')} value={median(data.time_to_resolve)} />
      </dl>
      <div class="halves">
        <section class="card">
          <h2>{t('admin.by_status')}</h2>
          <Chart
            label={t('admin.by_status')}
            kind="bars"
            names={STATUSES.map((status) => t(`status.${status}`))}
            x={STATUSES.map((_, i) => i)}
            lines={[{ name: t('admin.complaints'), colour: '--accent', values: STATUSES.map(count) }]}
          />
        </section>
        <section class="card">
          <h2>{t('admin.throughput')}</h2>
          <Chart
            label={t('admin.throughput')}
            kind="days"
            x={days}
            lines={[
              { name: t('admin.opened'), colour: '--info', values: data.days.map(({ opened }) => opened) },
              { name: t('admin.resolved'), colour: '--good', values: data.days.map(({ resolved }) => resolved) },
            ]}
          />
        </section>
        <section class="card">
          <h2>{t('admin.deadlines')}</h2>
          <Chart
            label={t('admin.deadlines')}
            kind="bars"
            names={[t('admin.overdue'), t('admin.due_soon')]}
            x={[0, 1]}
            lines={[{ name: t('admin.complaints'), colour: '--danger', values: [data.overdue, data.due_soon] }]}
          />
        </section>
        <section class="card">
          <h2>{t('admin.times')}</h2>
          <Chart
            label={t('admin.times')}
            kind="bars"
            names={[t('admin.time_to_acknowledge'), t('admin.time_to_resolve')]}
            x={[0, 1]}
            lines={[
              { name: t('admin.median'), colour: '--accent', values: [hours(data.time_to_acknowledge.median_s), hours(data.time_to_resolve.median_s)] },
              { name: t('admin.p90'), colour: '--warning', values: [hours(data.time_to_acknowledge.p90_s), hours(data.time_to_resolve.p90_s)] },
            ]}
          />
        </section>
      </div>
    </>
  );
}

function Figure({ name, value, isLate = false }: { name: string; value: number | string; isLate?: boolean }) {
  return (
    <div class={isLate ? 'late' : ''}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function hours(seconds: number | null | undefined): number {
  return Math.round((seconds ?? 0) / 36) / 100;
}
function median({ median_s }: Times): string {
  if (median_s == null) return '–';
  return median_s < 3_600 ? t('admin.minutes', { minutes: Math.round(median_s / 60) }) : t('admin.hours', { hours: Math.round(median_s / 360) / 10 });
}
