// What an officer does, as deeds for the outbox.
import type { Complaint } from '../../live/src/index.js';
import { t } from '../i18n';
import type { Deed, DeedKind } from '../deed';
import type { Desk } from './desk';
import { patchOf, type Offer } from './steps';

/** How long an officer is "on the way" if nothing else is said. */
export const CLAIM_MINUTES = 30;

export function deed(complaint: Complaint | undefined, kind: DeedKind, what: string, more: Partial<Deed> & Pick<Deed, 'method' | 'path'>): Deed {
  const id = crypto.randomUUID();
  return {
    id,
    tap: id,
    at: Date.now(),
    kind,
    what,
    complaint: complaint?.id ?? '',
    about: complaint?.description.slice(0, 120) ?? '',
    body: undefined,
    isVersioned: false,
    patch: {},
    state: 'waiting',
    wasSent: false,
    ...more,
  };
}

/** What is said with a step. */
export interface Said {
  comment: string;
  /** When what is put on hold wakes up by itself (RFC 3339). */
  hold_until?: string | undefined;
}

/** The part of a request that says it: nothing where nothing was said. */
export function saying({ comment, hold_until }: Said): Record<string, string> {
  return { ...(comment && { comment }), ...(hold_until && { hold_until }) };
}

/** Takes the step that was offered; with "take" before it where nobody has the complaint. */
export async function take(desk: Desk, complaint: Complaint, offer: Offer, said: Said): Promise<void> {
  const { account } = desk;
  if (!account) return;
  const path = `/complaints/${complaint.id}`;
  const { version } = complaint;
  const tap = crypto.randomUUID();
  if (offer.takesFirst || offer.kind === 'assignee') {
    const isReleased = offer.action === 'release';
    await desk.outbox.add(
      deed(complaint, 'assignee', t(isReleased ? 'board.act.release' : 'board.act.take'), {
        tap,
        method: 'PATCH',
        path: `${path}/assignee`,
        body: { assignee: isReleased ? null : 'me', version },
        isVersioned: true,
        patch: offer.kind === 'assignee' ? patchOf(offer, complaint, account) : { assignee: account.id },
      }),
    );
  }
  if (offer.kind === 'assignee') return;
  await desk.outbox.add(
    deed(complaint, 'status', stepName(offer.action), {
      tap,
      method: 'PATCH',
      path: `${path}/status`,
      body: { action: offer.action, version, ...saying(said) },
      isVersioned: true,
      patch: { ...patchOf(offer, complaint, account), ...(said.hold_until && { hold_until: said.hold_until }) },
    }),
  );
}

const STEPS = ['acknowledge', 'start', 'hold', 'resolve', 'close', 'reject', 'reopen', 'take', 'release'] as const;
/** The name of a step; a workflow may have words of its own. */
export function stepName(action: string): string {
  const known = STEPS.find((step) => step === action);
  return known ? t(`board.act.${known}`) : action;
}

export async function onMyWay(desk: Desk, complaint: Complaint): Promise<void> {
  const path = `/complaints/${complaint.id}/claim`;
  await desk.outbox.add(deed(complaint, 'claim', t('board.on_my_way'), { method: 'PUT', path, body: { minutes: CLAIM_MINUTES } }));
}

export async function notOnMyWay(desk: Desk, complaint: Complaint): Promise<void> {
  await desk.outbox.add(deed(complaint, 'release', t('board.not_on_my_way'), { method: 'DELETE', path: `/complaints/${complaint.id}/claim` }));
}

export async function comment(desk: Desk, complaint: Complaint, text: string, visibility: 'public' | 'internal'): Promise<void> {
  const path = `/complaints/${complaint.id}/comments`;
  await desk.outbox.add(deed(complaint, 'comment', t('board.comment'), { method: 'POST', path, body: { text, visibility } }));
}

export async function photo(desk: Desk, complaint: Complaint, kind: 'before' | 'after' | 'evidence', file: Blob): Promise<void> {
  const path = `/complaints/${complaint.id}/photos`;
  await desk.outbox.add(deed(complaint, 'photo', t(`board.photo.${kind}`), { method: 'POST', path, body: { kind }, file }));
}

/** A report made on the board, which may wait for a network. */
export async function report(desk: Desk, body: Record<string, unknown>): Promise<void> {
  const about = String(body['description']).slice(0, 120);
  await desk.outbox.add({ ...deed(undefined, 'report', t('board.new_report'), { method: 'POST', path: '/complaints', body }), about });
}
