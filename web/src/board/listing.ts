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

export function listed(all: Iterable<Complaint>, filters: Filters, me: string, now: number, names: (id: string) => string): Complaint[] {
  const words = filters.words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const soon = now + SOON_MS;
  const found: Complaint[] = [];
  for (const complaint of all) {
    if (filters.region && complaint.region !== filters.region) continue;
    if (filters.status && complaint.status !== filters.status) continue;
    if (filters.category && complaint.category !== filters.category) continue;
    if (filters.severity && SEVERITIES.indexOf(complaint.severity) < SEVERITIES.indexOf(filters.severity)) continue;
    if (filters.whose === 'mine' && complaint.assignee !== me) continue;
    if (filters.whose === 'nobody' && complaint.assignee !== null) continue;
    if (filters.due === 'overdue' && !isOverdue(complaint, now)) continue;
    if (filters.due === 'soon' && !(complaint.due_at && Date.parse(complaint.due_at) > now && Date.parse(complaint.due_at) <= soon)) continue;
    if (words.length > 0 && !has(complaint, words, names)) continue;
    found.push(complaint);
  }
  return sorted(found, filters.order, now);
}

function has(complaint: Complaint, words: string[], names: (id: string) => string): boolean {
  const { description, address, category, id } = complaint;
  const text = `${description} ${address ?? ''} ${names(category)} ${number(id)}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

/** UUIDv7 ids are in the order of submission, so that they stand for the time. */
const byId = (a: Complaint, b: Complaint): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function sorted(complaints: Complaint[], order: Order, now: number): Complaint[] {
  if (order === 'oldest') return complaints.sort(byId);
  if (order === 'newest') return complaints.sort((a, b) => byId(b, a));
  const keyed = complaints.map((complaint) => ({ complaint, key: urgency(complaint, now) }));
  keyed.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1] || byId(b.complaint, a.complaint));
  return keyed.map(({ complaint }) => complaint);
}

/** Overdue first, the longest first; then what matters most; then what is due soonest; then the newest. */
function urgency(complaint: Complaint, now: number): [number, number] {
  const due = complaint.due_at === undefined ? Infinity : Date.parse(complaint.due_at);
  if (due <= now) return [-1, due];
  return [SEVERITIES.length - SEVERITIES.indexOf(complaint.severity), due === Infinity ? Number.MAX_VALUE : due];
}
