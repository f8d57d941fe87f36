// What is done on the board, as it waits to be sent and as it is kept.
import type { Complaint } from '../live/src/index.js';
import type { Problem, ProblemBody } from './problem';

export type DeedKind = 'status' | 'assignee' | 'comment' | 'claim' | 'release' | 'edit' | 'move' | 'merge' | 'photo' | 'report' | 'bulk';

/** What a bulk does, as the deed on a single complaint: that is what is left of it where the server refuses. */
export interface OneOfMany {
  kind: DeedKind;
  method: Deed['method'];
  /** Below /api/v1/complaints/{id}. */
  verb: string;
  body: Record<string, unknown>;
  isVersioned: boolean;
}

/** Something that was done here and that the server does not know yet, or has refused. */
export interface Deed {
  /** Random; also the idempotency key. */
  id: string;
  at: number;
  kind: DeedKind;
  /** What was done with one tap goes together, and is given up together. */
  tap: string;
  /** The complaint; empty for a report, and for a bulk. */
  complaint: string;
  /** What it says to a person: the action, and the complaint's description. */
  what: string;
  about: string;
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below /api/v1. */
  path: string;
  body: Record<string, unknown> | undefined;
  file?: Blob;
  /** Whether the body carries the version that was seen, so that nobody's change is overwritten. */
  isVersioned: boolean;
  /** What the complaint looks like if the server agrees. */
  patch: Partial<Complaint>;
  /** Of a bulk: what each of its complaints looks like then, and the deed on one of them. */
  each?: Record<string, Partial<Complaint>>;
  one?: OneOfMany;
  state: 'waiting' | 'sending' | 'conflict' | 'refused' | 'unsure';
  /** Whether it was sent once without an answer. */
  wasSent: boolean;
  /** Why the server refused it, for people, and the complaint as it is. */
  reason?: string;
  problem?: string;
  current?: Complaint | undefined;
}

/** What became of one complaint of a bulk. */
export interface Result {
  id: string;
  complaint?: Complaint;
  problem?: Partial<ProblemBody>;
}

/** Whether a deed changes a complaint. */
export function concerns(deed: Deed, complaint: string): boolean {
  return deed.each ? complaint in deed.each : deed.complaint === complaint;
}

/** Whether a complaint is what a deed wanted to make of it. */
export function isAs(complaint: Complaint, wanted: Partial<Complaint>): boolean {
  return Object.entries(wanted).every(([key, value]) => complaint[key as keyof Complaint] === value);
}

/** The complaint as it is, of a refusal that tells it. */
export function currentOf(problem: Problem): Complaint | undefined {
  const current = problem.body.current as Partial<Complaint> | null | undefined;
  return current && typeof current.version === 'number' && typeof current.id === 'string' ? (current as Complaint) : undefined;
}

/** What is left of a bulk for one complaint: the same, as a deed of its own. */
export function single(bulk: Deed, one: OneOfMany, id: string, now: Complaint | undefined): Deed {
  const { each, one: _one, ...alike } = bulk;
  return {
    ...alike,
    kind: one.kind,
    method: one.method,
    path: `/complaints/${id}${one.verb}`,
    body: { ...one.body },
    isVersioned: one.isVersioned,
    id: crypto.randomUUID(),
    tap: crypto.randomUUID(),
    complaint: id,
    about: now?.description.slice(0, 120) ?? bulk.about,
    patch: each?.[id] ?? {},
    wasSent: false,
  };
}
