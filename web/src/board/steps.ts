// Which buttons a complaint has: only what the workflow allows this person now. Pure.
import type { Complaint, Status } from '../../live/src/index.js';
import type { DeedKind } from '../deed';
import { OPEN } from '../../live/src/index.js';
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

/** What can be done beside the workflow's steps, in the order in which it is shown. */
export type Further = 'correct' | 'give' | 'move' | 'merge';

/** `elsewhere`: whether there is another region; `others`: whether there is another open complaint. */
export function furthers(complaint: Complaint, account: Account, elsewhere: boolean, others: boolean): Further[] {
  const isOpen = OPEN.includes(complaint.status);
  const isHere = account.role === 'admin' || account.regions.includes(complaint.region);
  if (!isHere) return [];
  const found: [Further, boolean][] = [
    // What is open no more is corrected by admins only.
    ['correct', isOpen || account.role === 'admin'],
    ['give', isOpen],
    ['move', isOpen && elsewhere],
    ['merge', isOpen && others],
  ];
  return found.filter(([, isAllowed]) => isAllowed).map(([name]) => name);
}

/** One step or taking, for those of several complaints that allow it. */
export interface OfferOfMany {
  kind: Offer['kind'];
  action: string;
  needsComment: boolean;
  on: { complaint: Complaint; offer: Offer }[];
}

/** What can be done with several at once. `stepsOf`: the rules of a complaint, as far as they are known. */
export function offersOfMany(complaints: Complaint[], account: Account, stepsOf: (complaint: Complaint) => Step[] | undefined): OfferOfMany[] {
  const found = new Map<string, OfferOfMany>();
  for (const complaint of complaints) {
    for (const offer of offers(complaint, account, stepsOf(complaint) ?? [], [])) {
      // One request does one thing, without asking who else has it, and photos are looked at one by one.
      const isTaken = offer.action === 'take' && complaint.assignee !== null;
      if (offer.takesFirst || offer.lacksPhoto || isTaken) continue;
      const { kind, action } = offer;
      const many = found.get(action) ?? { kind, action, needsComment: false, on: [] };
      found.set(action, many);
      many.needsComment ||= offer.needsComment;
      many.on.push({ complaint, offer });
    }
  }
  return [...found.values()].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
}

/** What the complaint looks like when it has gone to another region: nobody has it there. */
export function movedTo(region: string, complaint: Complaint): Partial<Complaint> {
  return { region, assignee: null, ...(complaint.status === 'in_progress' && { status: 'acknowledged' as const }) };
}

/** What the complaint looks like when the server agrees. */
export function patchOf(offer: Offer, complaint: Complaint, account: Account): Partial<Complaint> {
  if (offer.action === 'take') return { assignee: account.id };
  if (offer.action === 'release') {
    return { assignee: null, ...(complaint.status === 'in_progress' && { status: 'acknowledged' as const }) };
  }
  return offer.to === undefined ? {} : { status: offer.to };
}
