// What would go now, by counts; and a run, followed until it has ended.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { asProblem, type Problem } from '../problem';
import { Notice, Spinner, TextField } from '../ui/parts';
import { Ask, Choice, Faults, Table } from './parts';
import { ENDED } from './policy';
import { call, get } from './rest';

type View = Schemas['PurgeView'];
type Run = Schemas['Run'];
type Counts = Run['counts'];
/** Each look is in the audit trail. */
const LOOK_MS = 2_000;

export function Purge({ onDone }: { onDone: () => Promise<void> }) {
  const [status, setStatus] = useState('');
  const [days, setDays] = useState('');
  const [seen, setSeen] = useState<View>();
  const [run, setRun] = useState<Run>();
  const [fault, setFault] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);

  function path(isDry: boolean): string {
    const query = new URLSearchParams();
    if (status) query.set('complaint_status', status);
    if (days) query.set('days_old', days);
    if (isDry) query.set('dry_run', 'true');
    return `/admin/purge?${query.toString()}`;
  }

  /** Another choice needs another look: what is confirmed is what was counted. */
  function choose(set: (value: string) => void): (value: string) => void {
    return (value) => {
      set(value);
      setSeen(undefined);
      setRun(undefined);
    };
  }

  async function look(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    setRun(undefined);
    try {
      setSeen(await call<View>('DELETE', path(true)));
    } catch (error) {
      setFault(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  async function begin(): Promise<void> {
    const { run_id } = await call<View>('DELETE', path(false));
    setSeen(undefined);
    if (run_id) void follow(run_id);
  }

  async function follow(id: string): Promise<void> {
    try {
      for (;;) {
        const now = await get<Run>(`/admin/retention/runs/${id}`);
        setRun(now);
        if (now.stage === 'done' || now.stage === 'failed') break;
        await new Promise((wake) => setTimeout(wake, LOOK_MS));
      }
      await onDone();
    } catch (error) {
      setFault(asProblem(error));
    }
  }

  const due = seen ? total(seen.counts, 'due') : 0;
  return (
    <section class="card stack">
      <h2>{t('admin.purge')}</h2>
      <form class="fields" onSubmit={(event) => void look(event)}>
        <Choice id="purge-status" label={t('admin.status')} value={status} options={[['', t('admin.all')], ...ENDED.map((it): [string, string] => [it, t(`status.${it}`)])]} onPick={choose(setStatus)} />
        <TextField id="purge-days" label={t('admin.days_old')} isOptional value={days} onText={choose(setDays)} />
        <button type="submit" class="primary" aria-busy={isBusy}>
          {isBusy && <Spinner />} {t('admin.dry_run')}
        </button>
      </form>
      <Faults of={fault} />
      {seen && (
        <>
          <Notice>{t('admin.dry_told', { due, held: total(seen.counts, 'held') })}</Notice>
          <CountTable counts={seen.counts} />
          {due > 0 && (
            <button type="button" class="danger" onClick={() => setAsked(true)}>
              {t('admin.run_now')}
            </button>
          )}
        </>
      )}
      {run && <Progress run={run} />}
      {isAsked && <Ask title={t('admin.run_now')} what={<p>{t('admin.run_what', { due })}</p>} act={t('admin.run_now')} isGrave onAct={begin} onClose={() => setAsked(false)} />}
    </section>
  );
}

function Progress({ run }: { run: Run }) {
  const done = (['erased', 'anonymised', 'held', 'spared', 'failed'] as const).reduce((sum, what) => sum + total(run.counts, what), 0);
  const due = Math.max(total(run.counts, 'due'), 1);
  const isOver = run.stage === 'done' || run.stage === 'failed';
  return (
    <>
      {!isOver && <progress aria-label={t('admin.progress')} max={due} value={Math.min(done, due)} />}
      <Notice kind={run.stage === 'failed' ? 'danger' : isOver ? 'good' : 'info'}>
        {t(`admin.stage.${run.stage}`)} {run.failure}
      </Notice>
      <CountTable counts={run.counts} />
    </>
  );
}

function CountTable({ counts }: { counts: Counts }) {
  return (
    <Table
      name={t('admin.counts')}
      heads={[t('admin.status'), t('admin.due'), t('admin.erased'), t('admin.anonymised'), t('admin.held'), t('admin.failed')]}
      empty={t('admin.nothing_due')}
      rows={ENDED.flatMap((status) => {
        const it = counts[status];
        return it ? [[t(`status.${status}`), it.due, it.erased, it.anonymised, it.held, it.failed]] : [];
      })}
    />
  );
}

function total(counts: Counts, what: keyof Counts[string]): number {
  return Object.values(counts).reduce((sum, it) => sum + it[what], 0);
}
