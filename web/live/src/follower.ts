/**
 * One region of one client: its position, the client rule (each number once and in order), parts of a snapshot,
 * and the heads by which a silent loss is noticed. Pure: it says what is to be done and does no I/O.
 */
import type { Complaint, LiveEvent, Position, Snapshot } from './messages.js';

/** What to do with an event: it is new, it is known, or one before it is missing. */
export type Verdict = 'apply' | 'known' | 'gap';

export class Follower {
  #position: Position | undefined;
  #epoch: string | undefined;
  #parts: Complaint[] | undefined;
  #owed: number | undefined;
  /** Whether all up to now has been told on this connection. */
  isLive = false;

  constructor(position?: Position) {
    this.#position = position;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** The server begins to tell the region in this epoch. */
  begin(epoch: string, mode: 'resumed' | 'snapshot' | 'live', head: number): void {
    this.isLive = false;
    this.#owed = undefined;
    this.#epoch = epoch;
    this.#parts = undefined;
    if (mode === 'live') this.#position = { epoch, seq: head };
  }

  /** The connection is gone; parts of a snapshot that was not finished are of no use. */
  pause(): void {
    this.isLive = false;
    this.#parts = undefined;
    this.#owed = undefined;
  }

  event(event: LiveEvent): Verdict {
    const last = this.#position;
    if (last === undefined || this.#epoch === undefined) return 'gap';
    if (event.seq <= last.seq) return 'known';
    if (event.seq !== last.seq + 1) return 'gap';
    this.#position = { epoch: this.#epoch, seq: event.seq };
    return 'apply';
  }

  /** A mark: nothing up to `seq` suits the filter. */
  skip(seq: number): void {
    const last = this.#position;
    if (last !== undefined && seq > last.seq) this.#position = { ...last, seq };
  }

  /** Takes a part; the whole list with the last one. */
  snapshot(part: Snapshot): Complaint[] | undefined {
    const parts = (this.#parts ??= []);
    for (const complaint of part.complaints) parts.push(complaint);
    if (!part.last) return undefined;
    this.#parts = undefined;
    this.#epoch = part.epoch;
    this.#position = { epoch: part.epoch, seq: part.seq };
    return parts;
  }

  /** Whether something was lost without a trace: the head of the ping before was not reached within the interval. */
  isBehind(head: number | undefined): boolean {
    const seq = this.#position?.seq ?? 0;
    const lost = this.isLive && this.#owed !== undefined && seq < this.#owed;
    this.#owed = head !== undefined && this.isLive && seq < head ? head : undefined;
    return lost;
  }
}
