// What would go now, by counts and one by one; and a run, followed until it has ended.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { asProblem, type Problem } from '../problem';
import { Notice, Spinner } from '../ui/parts';
import { Choice } from '../ui/choice';
import { Ask, Exact, Faults, Table, ToComplaint } from './parts';
import { ENDED } from './policy';
import { call, follow } from './rest';

type View = Schemas['PurgeView'];
type Run = Schemas['Run'];
type Counts = Run['counts'];
/** Before a run is looked for again whose stream broke off. */
const PAUSE_MS = 2_000;
/** So many ids the server names. */
const NAMED = 100;

export function isOver({ stage }: Run): boolean {
  return stage === 'done' || stage === 'failed';
}

/** `underWay`: a run that was under way when the tab was opened. */
export function Purge({ underWay, onDone }: { underWay: string | undefined; onDone: () => Promise<void> }) {
  const [status, setStatus] = useState('');
  const [days, setDays] = useState('');
  const [seen, setSeen] = useState<View>();
  const [fault, setFault] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const { run, problem, watch, forget } = useRun(onDone);
  useEffect(() => {
    if (underWay) watch(underWay);
  }, [underWay]);

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
      setFault(undefined);
      forget();
    };
  }

  async function look(event?: Event): Promise<void> {
    event?.preventDefault();
    setBusy(true);
    setFault(undefined);
    forget();
    try {
      setSeen(await call<View>('DELETE', path(true)));
    } catch (error) {
      setSeen(undefined);
      setFault(asProblem(error));
    } finally {
      setBusy(false);
    }
  }

  async function begin(): Promise<void> {
    try {
      const { run_id } = await call<View>('DELETE', path(false));
      setSeen(undefined);
      if (run_id) watch(run_id);
    } catch (error) {
      const told = asProblem(error);
      const other = (told.body.current as { run_id?: string } | null | undefined)?.run_id;
      // Somebody else's run, or the schedule's: it is shown instead, and what is due then is counted anew.
      if (!other) throw told;
      setSeen(undefined);
      setFault(told);
      watch(other);
    }
  }

  const [due, held] = seen ? [total(seen.counts, 'due'), total(seen.counts, 'held')] : [0, 0];
  const going = due - held;
  return (
    <section class="card stack">
      <h2>{t('admin.purge')}</h2>
      <form class="fields" noValidate onSubmit={(event) => void look(event)}>
        <Choice id="purge-status" label={t('admin.status')} value={status} options={[['', t('admin.all')], ...ENDED.map((it): [string, string] => [it, t(`status.${it}`)])]} onPick={choose(setStatus)} />
        <Exact id="purge-days" type="number" min="1" max="36500" label={t('admin.days_old')} isOptional value={days} onText={choose(setDays)} />
        <button type="submit" class="primary" aria-busy={isBusy}>
          {isBusy && <Spinner />} {t('admin.dry_run')}
        </button>
      </form>
      <Faults of={fault ?? problem} onAgain={() => void look()} />
      {seen && (
        <>
          <Notice>{t('admin.dry_told', { going, due, held })}</Notice>
          <CountTable counts={seen.counts} of={['due', 'held']} />
          <Named ids={seen.ids ?? []} due={due} />
          {going > 0 && (
            <button type="button" class="danger" onClick={() => setAsked(true)}>
              {t('admin.run_now')}
            </button>
          )}
        </>
      )}
      {run && <Progress run={run} />}
      {isAsked && <Ask title={t('admin.run_now')} what={<p>{t('admin.run_what', { going })}</p>} act={t('admin.run_now')} isGrave onAct={begin} onClose={() => setAsked(false)} />}
    </section>
  );
}

interface Watched {
  run: Run | undefined;
  problem: Problem | undefined;
  watch: (id: string) => void;
  forget: () => void;
}

/** A run as it is, followed through cuts until it is over. */
function useRun(onDone: () => Promise<void>): Watched {
  const [run, setRun] = useState<Run>();
  const [problem, setProblem] = useState<Problem>();
  const watching = useRef<AbortController>(undefined);
  const forget = (): void => {
    watching.current?.abort();
    setRun(undefined);
    setProblem(undefined);
  };
  useEffect(() => () => watching.current?.abort(), []);

  async function watch(id: string): Promise<void> {
    forget();
    const { signal } = (watching.current = new AbortController());
    for (let hasEnded = false; !hasEnded && !signal.aborted; ) {
      try {
        const told = (now: Run): void => {
          if (signal.aborted) return;
          hasEnded = isOver(now);
          setRun(now);
          setProblem(undefined);
        };
        await follow<Run>(`/admin/retention/runs/${id}/events`, 'run', told, signal);
      } catch (error) {
        const found = asProblem(error);
        if (signal.aborted) return;
        setProblem(found);
        if (!found.isPassing) return;
      }
      if (!hasEnded) await new Promise((wake) => setTimeout(wake, PAUSE_MS));
    }
    if (!signal.aborted) await onDone();
  }
  return { run, problem, watch: (id) => void watch(id), forget };
}

/** Those that would go, each a way to look at it first. */
function Named({ ids, due }: { ids: string[]; due: number }) {
  if (ids.length === 0) return null;
  return (
    <details>
      <summary>{t(due > NAMED ? 'admin.which_first' : 'admin.which', { count: ids.length })}</summary>
      <p class="soft small">{t('admin.which_hint')}</p>
      <ul class="ids">
        {ids.map((id) => (
          <li key={id}>
            <ToComplaint id={id} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Progress({ run }: { run: Run }) {
  const done = (['erased', 'anonymised', 'held', 'spared', 'failed'] as const).reduce((sum, what) => sum + total(run.counts, what), 0);
  const due = Math.max(total(run.counts, 'due'), 1);
  return (
    <>
      {!isOver(run) && <progress aria-label={t('admin.progress')} max={due} value={Math.min(done, due)} />}
      <Notice kind={run.stage === 'failed' ? 'danger' : isOver(run) ? 'good' : 'info'}>
        {t(`admin.stage.${run.stage}`)} {run.failure}
      </Notice>
      <CountTable counts={run.counts} of={['due', 'erased', 'anonymised', 'held', 'failed']} />
    </>
  );
}

/** A dry run knows two columns of them: nothing is erased yet. */
function CountTable({ counts, of }: { counts: Counts; of: ('due' | 'erased' | 'anonymised' | 'held' | 'failed')[] }) {
  return (
    <Table
      name={t('admin.counts')}
      heads={[t('admin.status'), ...of.map((what) => t(`admin.${what}`))]}
      empty={t('admin.nothing_due')}
      rows={ENDED.flatMap((status) => {
        const it = counts[status];
        return it ? [[t(`status.${status}`), ...of.map((what) => it[what])]] : [];
      })}
    />
  );
}

function total(counts: Counts, what: keyof Counts[string]): number {
  return Object.values(counts).reduce((sum, it) => sum + it[what], 0);
}
