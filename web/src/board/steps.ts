// Which buttons a complaint has: only what the workflow allows this person now. Pure.
import type { Complaint, Status } from '../../live/src/index.js';
import type { DeedKind } from '../outbox';
import type { Account, Photo, Step } from './rest';

/** Something that can be done with one tap, or with one tap and a comment. */
export interface Offer {
  kind: Extract<DeedKind, 'status' | 'assignee'>;
  /** The workflow's action, or `take`, `release`. */
  action: string;
  /** The status afterwards. */
  to: Status | undefined;
  needsComment: boolean;
  /** A photo is needed first, and there is none. */
  lacksPhoto: boolean;
  /** Nobody has it: taking it comes first, with the same tap. */
  takesFirst: boolean;
}

/** In the order in which they are shown: what leads on comes first. */
const ORDER = ['take', 'acknowledge', 'start', 'resolve', 'close', 'hold', 'reopen', 'reject', 'release'];
const FINAL: Status[] = ['closed', 'rejected', 'resolved'];

export function offers(complaint: Complaint, account: Account, steps: Step[], photos: Photo[]): Offer[] {
  const isOfficer = account.role === 'officer';
  const hasPhoto = photos.some(({ status }) => status === 'ready');
  const found = steps
    .filter(({ from, roles }) => from === complaint.status && roles.includes(account.role))
    .flatMap((step): Offer[] => {
      const lacksAssignee = step.require.includes('assignee') && complaint.assignee === null;
      // An admin has no complaints of their own, and would have to give it to somebody first.
      if (lacksAssignee && !isOfficer) return [];
      return [
        {
          kind: 'status',
          action: step.action,
          to: (complaint.assignee === null ? step.to.at(-1) : step.to[0]) as Status,
          needsComment: step.require.includes('comment'),
          lacksPhoto: step.require.includes('photo') && !hasPhoto,
          takesFirst: lacksAssignee,
        },
      ];
    });
  const plain = { kind: 'assignee', to: undefined, needsComment: false, lacksPhoto: false, takesFirst: false } as const;
  const isOpen = !FINAL.includes(complaint.status);
  if (isOpen && isOfficer && complaint.assignee !== account.id) found.push({ ...plain, action: 'take' });
  if (isOpen && complaint.assignee === account.id) found.push({ ...plain, action: 'release' });
  return found.sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
}

/** What the complaint looks like when the server agrees. */
export function patchOf(offer: Offer, complaint: Complaint, account: Account): Partial<Complaint> {
  if (offer.action === 'take') return { assignee: account.id };
  if (offer.action === 'release') {
    return { assignee: null, ...(complaint.status === 'in_progress' && { status: 'acknowledged' as const }) };
  }
  return offer.to === undefined ? {} : { status: offer.to };
}
