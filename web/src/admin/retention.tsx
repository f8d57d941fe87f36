// Retention: how long what has ended is kept, what would go now, holds, and what went before.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { Notice } from '../ui/parts';
import { Holds } from './holds';
import { useLoaded } from './loaded';
import { Shown, Table } from './parts';
import { Policy } from './policy';
import { isOver, Purge } from './purge';
import { get } from './rest';

type Run = Schemas['Run'];
type PolicyView = Schemas['PolicyView'];

export function Tab() {
  const policy = useLoaded(() => get<PolicyView>('/admin/retention'));
  const runs = useLoaded(async () => (await get<{ items: Run[] }>('/admin/retention/runs?limit=50')).items);
  const [isSet, setSet] = useState(false);
  return (
    <>
      <section class="card stack">
        <h2>{t('admin.policy')}</h2>
        {isSet && <Notice kind="good">{t('admin.policy_set')}</Notice>}
        <Shown of={policy}>{(data) => <Policy key={data.version} data={data} onDone={async () => (setSet(true), policy.again())} />}</Shown>
      </section>
      <Purge underWay={runs.data?.find((run) => !isOver(run))?.id} onDone={runs.again} />
      <Holds />
      <section class="card stack">
        <h2>{t('admin.runs')}</h2>
        <Shown of={runs}>
          {(items) => (
            <Table
              name={t('admin.runs')}
              heads={[t('admin.when'), t('admin.origin'), t('admin.state'), t('admin.erased'), t('admin.anonymised'), t('admin.held'), t('admin.failed')]}
              empty={t('admin.no_runs')}
              rows={items.map((run) => [
                <time dateTime={run.asked_at}>{time(run.asked_at)}</time>,
                t(`admin.origin.${run.origin}`),
                `${t(`admin.stage.${run.stage}`)}${run.failure ? `: ${run.failure}` : ''}`,
                sum(run, 'erased'),
                sum(run, 'anonymised'),
                sum(run, 'held'),
                sum(run, 'failed'),
              ])}
            />
          )}
        </Shown>
      </section>
    </>
  );
}

function sum(run: Run, what: 'erased' | 'anonymised' | 'held' | 'failed'): number {
  return Object.values(run.counts).reduce((all, counts) => all + counts[what], 0);
}
