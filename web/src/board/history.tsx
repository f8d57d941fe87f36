// Everything that happened to a complaint, newest first.
import { has, t, time, type Key } from '../i18n';
import type { Desk } from './desk';
import type { Happening } from './rest';

/** A move is in the history of both regions; it is one thing that happened. */
const LEFT = 'complaint.moved_out';

interface FromTo {
  from: unknown;
  to: unknown;
}

export function History({ desk, items }: { desk: Desk; items: Happening[] }) {
  return (
    <section class="stack" aria-labelledby="history-heading">
      <h3 id="history-heading">{t('board.history')}</h3>
      <ol class="history">
        {items.filter(({ kind }) => kind !== LEFT).map((item) => (
          <li key={item.event_id}>
            <p>{told(item, desk)}</p>
            {typeof item.change['comment'] === 'string' && <p class="said">{item.change['comment']}</p>}
            <p class="small soft">
              {who(item, desk)} · <time dateTime={item.at}>{time(item.at)}</time>
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

function who({ by }: Happening, desk: Desk): string {
  if (by.kind === 'officer' && by.id) return desk.personName(by.id);
  const key = `board.by.${by.kind}`;
  return has(key) ? t(key) : by.kind;
}

function told({ kind, change }: Happening, desk: Desk): string {
  const fromTo = (name: string): FromTo | undefined => change[name] as FromTo | undefined;
  const status = fromTo('status');
  if (kind === 'complaint.status_changed' && status) return t('board.did.status', { from: word('status', status.from), to: word('status', status.to) });
  if (kind === 'complaint.assigned') {
    const to = fromTo('assignee')?.to;
    return typeof to === 'string' ? t('board.did.assigned', { name: desk.personName(to) }) : t('board.did.let_go');
  }
  if (kind === 'complaint.escalated') return t('board.did.escalated', { level: Number(fromTo('escalation')?.to ?? 1) });
  if (kind === 'complaint.moved_in') {
    const region = fromTo('region');
    return t('board.did.moved', { from: desk.regionName(String(region?.from)), to: desk.regionName(String(region?.to)) });
  }
  if (kind === 'complaint.updated') return updated(change);
  const key = `board.did.${kind.replace(/^complaint\./, '').replace('.', '_')}`;
  return has(key) ? t(key) : kind;
}

function updated(change: Record<string, unknown>): string {
  const isMerged = 'duplicate' in change;
  if ('supporters' in change) return isMerged ? t('board.did.merged') : t('board.did.supported');
  const hold = change['legal_hold'] as FromTo | undefined;
  if (hold) return t(hold.to === true ? 'board.did.held' : 'board.did.unheld');
  const severity = change['severity'] as FromTo | undefined;
  if (severity && Object.keys(change).length === 1) return t('board.did.severity', { from: word('severity', severity.from), to: word('severity', severity.to) });
  const names = ['category', 'severity', 'description', 'place'].filter((name) => name in change).map((name) => t(`board.${name}` as Key));
  return t('board.did.updated', { what: names.join(', ') });
}

function word(kind: 'status' | 'severity', value: unknown): string {
  const key = `${kind}.${String(value)}`;
  return has(key) ? t(key) : String(value);
}
