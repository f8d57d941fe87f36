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
  onSend: () => void;
  onChange: () => void;
  onDiscard: () => void;
  onAnother: () => void;
}

export function Waiting({ report, category, isSending, onSend, onChange, onDiscard, onAnother }: Props) {
  const [isAsked, setAsked] = useState(false);
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
        <p role="status" class="row queued-state">
          {isSending ? <Spinner /> : <Icon name="clock" />} {t(state)}
        </p>
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
          <button type="button" class="primary" onClick={onSend} aria-busy={isSending}>
            {t('report.queued.send')}
          </button>
          <button type="button" onClick={onChange} disabled={isSending}>
            {t('report.queued.change')}
          </button>
          <button type="button" class="danger" onClick={() => setAsked(true)} disabled={isSending}>
            {t('report.queued.discard')}
          </button>
        </div>
        {isAsked && (
          <Notice kind="warning">
            <p>{t('report.queued.sure')}</p>
            <div class="row">
              <button type="button" class="danger" onClick={onDiscard}>
                {t('report.queued.yes')}
              </button>
              <button type="button" onClick={() => setAsked(false)}>
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
