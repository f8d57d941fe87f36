// A report that waits for the network: what it says, how it stands, and what can be done with it.
import { useEffect, useState } from 'preact/hooks';
import { t, time } from '../i18n';
import { Icon } from '../ui/icon';
import { Notice, Spinner } from '../ui/parts';
import type { Queued } from './queue';

interface Props {
  report: Queued;
  category: string;
  isSending: boolean;
  /** What the server has against it; empty: nothing. */
  refusal: string;
  /** Whether something is in the form that it would replace. */
  isReplacing: boolean;
  onSend: () => void;
  onChange: () => void;
  onDiscard: () => void;
  onAnother: () => void;
}

export function Waiting({ report, category, isSending, refusal, isReplacing, onSend, onChange, onDiscard, onAnother }: Props) {
  const [asked, setAsked] = useState<'change' | 'discard'>();
  const isOnline = useOnline();
  const state = isSending ? 'report.queued.sending' : isOnline ? 'report.queued.trying' : 'report.queued.offline';
  return (
    <main class="page" id="content">
      <header class="arrived">
        <span class="tick waits">
          <Icon name="clock" />
        </span>
        <div>
          <h1 tabIndex={-1} ref={focusOnce}>
            {t('report.queued.title')}
          </h1>
          <p class="lead">{t('report.queued.lead')}</p>
        </div>
      </header>
      <section class="card stack">
        {refusal ? (
          <Notice kind="danger">{refusal}</Notice>
        ) : (
          <p role="status" class="row queued-state">
            {isSending ? <Spinner /> : <Icon name="clock" />} {t(state)}
          </p>
        )}
        <h2>{category}</h2>
        <p class="words" dir="auto">
          {report.draft.description}
        </p>
        {report.photos.length > 0 && (
          <p class="row soft">
            <Icon name="camera" /> {t('report.queued.photos', { count: report.photos.length })}
          </p>
        )}
        {report.isFleeting && <Notice kind="warning">{t('report.queued.fleeting')}</Notice>}
        {report.lost > 0 && <Notice kind="warning">{t('report.queued.lost', { count: report.lost })}</Notice>}
        <p class="soft small">
          <time dateTime={new Date(report.at).toISOString()}>{t('report.queued.since', { time: time(new Date(report.at)) })}</time>
        </p>
        <div class="row">
          {!refusal && (
            <button type="button" class="primary" onClick={onSend} aria-busy={isSending}>
              {t('report.queued.send')}
            </button>
          )}
          <button type="button" onClick={() => (isReplacing ? setAsked('change') : onChange())} disabled={isSending}>
            {t('report.queued.change')}
          </button>
          <button type="button" class="danger" onClick={() => setAsked('discard')} disabled={isSending}>
            {t('report.queued.discard')}
          </button>
        </div>
        {asked && (
          <Notice kind="warning">
            <p>{t(asked === 'discard' ? 'report.queued.sure' : 'report.queued.replaces')}</p>
            <div class="row">
              <button type="button" class="danger" onClick={asked === 'discard' ? onDiscard : onChange}>
                {t(asked === 'discard' ? 'report.queued.yes' : 'report.queued.replace')}
              </button>
              <button type="button" onClick={() => setAsked(undefined)}>
                {t('cancel')}
              </button>
            </div>
          </Notice>
        )}
      </section>
      <button type="button" class="plain" onClick={onAnother}>
        {t('report.done.another')}
      </button>
    </main>
  );
}

/** Above the form: reports that wait, were sent meanwhile, or need somebody's eye. */
export function QueueBar({ reports, refused, onShow }: { reports: Queued[]; refused: (key: string) => boolean; onShow: (key: string) => void }) {
  if (reports.length === 0) return null;
  return (
    <div class="queue-bar" role="region" aria-label={t('report.queued.all')}>
      {reports.map(({ key, draft, sent }) => (
        <Notice key={key} kind={sent ? 'good' : refused(key) ? 'warning' : 'info'}>
          <p>
            {t(sent ? 'report.queued.is_sent' : refused(key) ? 'report.queued.is_refused' : 'report.queued.is_waiting')}{' '}
            <q dir="auto">{draft.description.slice(0, 60)}</q>
          </p>
          <button type="button" onClick={() => onShow(key)}>
            {t('report.queued.show')}
          </button>
        </Notice>
      ))}
    </div>
  );
}

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = (): void => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return isOnline;
}

/** Defined once: a new function would be called with every change. */
function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}
