// Before a new complaint is made: open ones of the same kind close by.
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../client';
import { ago, t } from '../i18n';
import { number } from '../number';
import { asProblem } from '../problem';
import { Icon } from '../ui/icon';
import { Notice, Spinner } from '../ui/parts';

export type Near = Schemas['DuplicateView'];

/** How often those that are shown are looked at: one may be done, or removed, while somebody reads. */
const LOOK_MS = 10_000;

interface Props {
  near: Near[];
  category: string;
  isSending: boolean;
  problem: string;
  onSupported: (supporters: number) => void;
  onNone: () => void;
  onBack: () => void;
}

export function NearChoice({ near, category, isSending, problem, onSupported, onNone, onBack }: Props) {
  const [running, setRunning] = useState('');
  const [failed, setFailed] = useState('');
  const { open, hasGone, look } = useOpen(near);
  const support = async (id: string) => {
    setRunning(id);
    setFailed('');
    try {
      const { supporters } = await ask(api.POST('/api/v1/complaints/{id}/support', { params: { path: { id } }, body: {} }));
      onSupported(supporters);
    } catch (error) {
      setFailed(asProblem(error).text);
      void look();
    } finally {
      setRunning('');
    }
  };
  return (
    <main class="page" id="content">
      <header>
        <h1 tabIndex={-1} ref={(it) => it?.focus()}>
          {t(open.length > 0 ? 'report.near.title' : 'report.near.nothing')}
        </h1>
        <p class="lead">{t(open.length > 0 ? 'report.near.lead' : 'report.near.send')}</p>
      </header>
      <div role="status">{hasGone && open.length > 0 && <p class="soft gone">{t('report.near.gone')}</p>}</div>
      <ul class="near">
        {open.map((it) => (
          <li class="card" key={it.id}>
            <Icon name="pin" />
            <div class="grow">
              <h2>{category}</h2>
              <p class="soft">
                {t('report.near.distance', { distance: Math.round(it.distance_m) })} · {t('report.near.reported', { ago: ago(it.created_at) })}
              </p>
              <p class="soft small number">
                <bdi dir="ltr">{number(it.id)}</bdi>
              </p>
            </div>
            <button
              type="button"
              class="primary"
              aria-label={`${t('report.near.me_too')}: ${category}, ${number(it.id)}`}
              aria-busy={running === it.id}
              onClick={() => void support(it.id)}
            >
              {running === it.id ? <Spinner /> : <Icon name="people" />}
              {t('report.near.me_too')}
            </button>
          </li>
        ))}
      </ul>
      {(failed || problem) && <Notice kind="danger">{failed || problem}</Notice>}
      <div class="actions">
        <button type="button" class="big" onClick={onNone} aria-busy={isSending}>
          {isSending && <Spinner />}
          {t(open.length > 0 ? 'report.near.none' : 'report.send')}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          {t('report.near.back')}
        </button>
      </div>
    </main>
  );
}

/** Those that are still open, looked at again and again while somebody decides. */
function useOpen(near: Near[]): { open: Near[]; hasGone: boolean; look: () => Promise<void> } {
  const [gone, setGone] = useState<Set<string>>(new Set());
  const open = near.filter(({ id }) => !gone.has(id));
  const look = async (): Promise<void> => {
    const found = await Promise.all(near.map(async ({ id }) => ((await isOpen(id)) ? '' : id)));
    setGone((before) => new Set([...before, ...found.filter(Boolean)]));
  };
  useEffect(() => {
    const lookAgain = (): void => {
      if (document.visibilityState === 'visible') void look();
    };
    const timer = setInterval(lookAgain, LOOK_MS);
    document.addEventListener('visibilitychange', lookAgain);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', lookAgain);
    };
  }, [near]);
  return { open, hasGone: gone.size > 0, look };
}

/** What cannot be asked is taken to be open still. */
async function isOpen(id: string): Promise<boolean> {
  try {
    return (await ask(api.GET('/api/v1/complaints/{id}/support', { params: { path: { id } } }))).open;
  } catch (error) {
    return asProblem(error).status !== 404;
  }
}
