// What an officer does beside the workflow's steps, with one complaint or with many: as deeds for the outbox.
import type { Complaint } from '../../live/src/index.js';
import type { OneOfMany } from '../deed';
import { t } from '../i18n';
import { deed, saying, stepName, type Said } from './act';
import type { Correction } from './correction';
import type { Desk } from './desk';
import type { Officer } from './rest';
import { movedTo, patchOf, type OfferOfMany } from './steps';

export async function correct(desk: Desk, complaint: Complaint, { place, ...plain }: Correction): Promise<void> {
  // The server takes no null: what a new place does not name is gone.
  const named = Object.fromEntries(Object.entries(place ?? {}).filter(([, value]) => value !== null));
  await desk.outbox.add(
    deed(complaint, 'edit', t('board.further.correct'), {
      method: 'PATCH',
      path: `/complaints/${complaint.id}`,
      body: { ...plain, ...named, version: complaint.version },
      isVersioned: true,
      patch: { ...plain, ...place },
    }),
  );
}

export async function give(desk: Desk, complaint: Complaint, to: Officer): Promise<void> {
  desk.people.names.set(to.id, to.name);
  await desk.outbox.add(
    deed(complaint, 'assignee', t('board.further.give'), {
      method: 'PATCH',
      path: `/complaints/${complaint.id}/assignee`,
      body: { assignee: to.id, version: complaint.version },
      isVersioned: true,
      patch: { assignee: to.id },
    }),
  );
}

export async function relocate(desk: Desk, complaint: Complaint, region: string, comment: string): Promise<void> {
  await desk.outbox.add(
    deed(complaint, 'move', t('board.further.move'), {
      method: 'POST',
      path: `/complaints/${complaint.id}/move`,
      body: { region, version: complaint.version, ...saying({ comment }) },
      isVersioned: true,
      patch: movedTo(region, complaint),
    }),
  );
}

export async function merge(desk: Desk, complaint: Complaint, into: string, comment: string): Promise<void> {
  await desk.outbox.add(
    deed(complaint, 'merge', t('board.further.merge'), {
      method: 'POST',
      path: `/complaints/${complaint.id}/merge`,
      body: { into, version: complaint.version, ...saying({ comment }) },
      isVersioned: true,
      patch: { status: 'closed', duplicate_of: into },
    }),
  );
}

/** Takes a step with all that allow it, takes them, or lets them go. */
export async function takeMany(desk: Desk, { kind, action, on }: OfferOfMany, said: Said): Promise<void> {
  const { account } = desk;
  if (!account) return;
  const patches = on.map(({ complaint, offer }): [string, Partial<Complaint>] => [complaint.id, patchOf(offer, complaint, account)]);
  const isStep = kind === 'status';
  const body = isStep ? { action, ...saying(said) } : { assignee: action === 'release' ? null : 'me' };
  await many(desk, stepName(action), patches, isStep ? 'status' : 'assignee', {
    kind, method: 'PATCH', verb: isStep ? '/status' : '/assignee', body, isVersioned: true,
  });
}

export async function commentMany(desk: Desk, complaints: Complaint[], text: string): Promise<void> {
  const patches = complaints.map(({ id }): [string, Partial<Complaint>] => [id, {}]);
  const body = { text, visibility: 'internal' };
  await many(desk, t('board.comment'), patches, 'comment', { kind: 'comment', method: 'POST', verb: '/comments', body, isVersioned: false });
}

export async function relocateMany(desk: Desk, complaints: Complaint[], region: string, comment: string): Promise<void> {
  const patches = complaints.map((complaint): [string, Partial<Complaint>] => [complaint.id, movedTo(region, complaint)]);
  const body = { region, ...saying({ comment }) };
  await many(desk, t('board.further.move'), patches, 'move', { kind: 'move', method: 'POST', verb: '/move', body, isVersioned: true });
}

async function many(desk: Desk, what: string, patches: [string, Partial<Complaint>][], member: string, one: OneOfMany): Promise<void> {
  const each = Object.fromEntries(patches);
  const body = { ids: Object.keys(each), [member]: one.body };
  const about = t('board.complaints', { count: patches.length });
  await desk.outbox.add({ ...deed(undefined, 'bulk', what, { method: 'POST', path: '/complaints/bulk', body }), about, each, one });
}
