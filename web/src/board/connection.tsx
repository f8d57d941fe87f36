// How the connection is, always to be seen; and what waits to be sent.
import { useEffect, useState } from 'preact/hooks';
import { t, time } from '../i18n';
import type { Desk } from './desk';

export function Connection({ desk }: { desk: Desk }) {
  const state = desk.connection;
  // Counts the seconds to the next attempt.
  const [, tick] = useState(0);
  const isWaiting = state.kind === 'offline';
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [isWaiting]);
  return (
    <p class={`connection ${state.kind}`} data-state={state.kind}>
      <span class="dot" aria-hidden="true" />
      <span role="status">{words(desk)}</span>
      {state.kind === 'offline' && state.retryAt !== undefined && navigator.onLine && (
        <span class="soft retry">{t('board.retry_in', { seconds: Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000)) })}</span>
      )}
    </p>
  );
}

function words(desk: Desk): string {
  const state = desk.connection;
  switch (state.kind) {
    case 'connecting':
      return t('board.state.connecting');
    case 'resuming':
      return t('board.state.resuming');
    case 'live':
      return t('board.state.live');
    case 'offline':
      return t('board.state.offline', { time: time(new Date(state.since), { timeStyle: 'short' }) });
    case 'stopped':
      return t('board.state.stopped', { reason: state.reason });
  }
}
