// Which complaints the list and the map show, and in which order. Pure.
import type { Complaint, Severity, Status } from '../../live/src/index.js';
import { number } from '../number';

export type Order = 'urgent' | 'newest' | 'oldest';
export type Whose = 'all' | 'mine' | 'nobody';
export type Due = 'any' | 'overdue' | 'soon';

/** What narrows the list; empty lists and words narrow nothing. */
export interface Filters {
  words: string;
  region: string;
  status: '' | Status;
  category: string;
  severity: '' | Severity;
  whose: Whose;
  due: Due;
  order: Order;
}

export const NO_FILTERS: Filters = {
  words: '', region: '', status: '', category: '', severity: '', whose: 'all', due: 'any', order: 'urgent',
};

export const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];
const SOON_MS = 24 * 3_600_000;

export function isOverdue(complaint: Complaint, now: number): boolean {
  return complaint.due_at !== undefined && Date.parse(complaint.due_at) <= now;
}

/** How many filters are set, apart from the words and the order. */
export function narrowed(filters: Filters): number {
  const { region, status, category, severity, whose, due } = filters;
  return [region, status, category, severity, whose === 'all' ? '' : whose, due === 'any' ? '' : due].filter(Boolean).length;
}

/** What is reckoned once of a complaint as it is: ten thousand are filtered and sorted several times a second. */
interface Reckoned {
  complaint: Complaint;
  /** Milliseconds since 1970; Infinity without a deadline. */
  due: number;
  /** 0 is low. */
  severity: number;
  /** Where it stands in the order of urgency, at the moment of the last sorting: less is more urgent. */
  urgency: number;
  /** What words are looked for in, once they were. */
  text?: string;
}
/** A change makes another object of a complaint, so that nothing here gets old. */
const known = new WeakMap<Complaint, Reckoned>();

function reckoned(complaint: Complaint): Reckoned {
  let found = known.get(complaint);
  if (!found) {
    const due = complaint.due_at === undefined ? Infinity : Date.parse(complaint.due_at);
    found = { complaint, due, severity: SEVERITIES.indexOf(complaint.severity), urgency: 0 };
    known.set(complaint, found);
  }
  return found;
}

export function listed(all: Iterable<Complaint>, filters: Filters, me: string, now: number, names: (id: string) => string): Complaint[] {
  const words = filters.words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const soon = now + SOON_MS;
  const least = filters.severity === '' ? 0 : SEVERITIES.indexOf(filters.severity);
  const found: Reckoned[] = [];
  for (const complaint of all) {
    const one = reckoned(complaint);
    if (filters.region && complaint.region !== filters.region) continue;
    if (filters.status && complaint.status !== filters.status) continue;
    if (filters.category && complaint.category !== filters.category) continue;
    if (one.severity < least) continue;
    if (filters.whose === 'mine' && complaint.assignee !== me) continue;
    if (filters.whose === 'nobody' && complaint.assignee !== null) continue;
    if (filters.due === 'overdue' && one.due > now) continue;
    if (filters.due === 'soon' && !(one.due > now && one.due <= soon)) continue;
    if (words.length > 0 && !has(one, words, names)) continue;
    found.push(one);
  }
  return sorted(found, filters.order, now).map(({ complaint }) => complaint);
}

function has(one: Reckoned, words: string[], names: (id: string) => string): boolean {
  const { description, address, category, id } = one.complaint;
  one.text ??= `${description} ${address ?? ''} ${number(id)}`.toLocaleLowerCase();
  const { text } = one;
  return words.every((word) => text.includes(word) || names(category).toLocaleLowerCase().includes(word));
}

/** UUIDv7 ids are in the order of submission, so that they stand for the time. */
const byId = (a: Reckoned, b: Reckoned): number => (a.complaint.id < b.complaint.id ? -1 : a.complaint.id > b.complaint.id ? 1 : 0);

function sorted(found: Reckoned[], order: Order, now: number): Reckoned[] {
  if (order === 'oldest') return found.sort(byId);
  if (order === 'newest') return found.sort((a, b) => byId(b, a));
  for (const one of found) one.urgency = urgency(one, now);
  return found.sort((a, b) => a.urgency - b.urgency || byId(b, a));
}

/** Later than any deadline, in ms; four of it fit exactly into a number. */
const NEVER = 1e14;

/** Overdue first, the longest first; then what matters most; then what is due soonest; then the newest. */
function urgency({ due, severity }: Reckoned, now: number): number {
  if (due <= now) return due - NEVER;
  return (SEVERITIES.length - severity) * NEVER + Math.min(due, NEVER - 1);
}
