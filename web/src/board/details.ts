// The complaint that is looked at: photos, comments, history and rules, read anew when an event says that there is more,
// and kept so that it can be looked at again without a network.
import type { Complaint, LiveEvent } from '../../live/src/index.js';
import { concerns, type Deed } from '../deed';
import { asProblem, Problem } from '../problem';
import type { Desk } from './desk';
import * as rest from './rest';
import type { Comment, Happening, Hold, Photo, Reporter, Step } from './rest';

export interface Detail {
  complaint: Complaint;
  reporter: Reporter | undefined;
  comments: Comment[];
  photos: Photo[];
  history: Happening[];
  steps: Step[];
  /** The legal hold that it is under. */
  hold: Hold | undefined;
  /** When it was read; ms since 1970. */
  at: number;
}

const AGAIN_AFTER_MS = 150;

export class Details {
  /** The complaint that is looked at. */
  id: string | undefined;
  detail: Detail | undefined;
  problem: Problem | undefined;
  isLoading = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(private readonly desk: Desk) {}

  /** The complaint that is looked at, if it is that one: it may be open no more. */
  complaint(id: string): Complaint | undefined {
    return this.id === id ? this.detail?.complaint : undefined;
  }

  show(id: string | undefined): void {
    if (this.id === id) return;
    this.id = id;
    this.detail = undefined;
    this.problem = undefined;
    this.#turn += 1;
    if (id !== undefined) {
      void this.#kept(id);
      void this.#load(id);
    }
    this.desk.changed();
  }

  /** Reads it anew, a moment later: several events together are one reason. */
  refresh(): void {
    const { id } = this;
    if (id === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.id === id && void this.#load(id), AGAIN_AFTER_MS);
  }

  event(event: LiveEvent): void {
    if (event.kind === 'complaint.erased') this.#erased(event.complaint.id);
    if (event.complaint.id !== this.id) return;
    if (this.detail && event.kind !== 'complaint.erased') this.detail = { ...this.detail, complaint: event.complaint };
    this.refresh();
  }

  /** It is gone here too, with what was kept of it. */
  #erased(id: string): void {
    void this.desk.kept.dropDetail(id);
    if (id !== this.id) return;
    this.detail = undefined;
    this.problem = new Problem(404, 'not_found');
  }

  agreed(complaint: Complaint): void {
    if (this.detail && complaint.id === this.id && complaint.version >= this.detail.complaint.version) {
      this.detail = { ...this.detail, complaint };
    }
  }

  /** Something of ours was done: what a comment or photo adds is to be seen, event or not. */
  acted(deed: Deed): void {
    if (this.id !== undefined && concerns(deed, this.id)) this.refresh();
  }

  async #kept(id: string): Promise<void> {
    const turn = this.#turn;
    const kept = await this.desk.kept.detail<Detail>(id);
    if (kept && turn === this.#turn && !this.detail) {
      this.detail = kept;
      this.desk.changed();
    }
  }

  async #load(id: string): Promise<void> {
    const turn = this.#turn;
    this.isLoading = true;
    try {
      const { reporter, legal_hold: hold, claim: _claim, ...complaint } = await rest.complaint(id);
      const [comments, photos, history, steps] = await Promise.all([
        rest.comments(id),
        rest.photos(id),
        rest.history(id),
        rest.steps(complaint.region, complaint.category),
      ]);
      if (turn !== this.#turn) return;
      this.detail = { complaint, reporter, comments, photos, history, steps, hold, at: Date.now() };
      this.problem = undefined;
      // Who reported it is read anew each time and never kept on a device.
      void this.desk.kept.keepDetail(id, { ...this.detail, reporter: undefined });
      this.#learnNames(complaint.region);
    } catch (error) {
      const problem = asProblem(error);
      // What may not be read any more, or is no more, is not kept either.
      if (problem.status === 404 || problem.status === 403) void this.desk.kept.dropDetail(id);
      if (turn === this.#turn) this.problem = problem;
    } finally {
      if (turn === this.#turn) {
        this.isLoading = false;
        this.desk.changed();
      }
    }
  }

  /** Names of officers who are not online, for the history; asked for where one is missing. */
  #learnNames(region: string): void {
    const { detail, desk } = this;
    const ids = [detail?.complaint.assignee, ...(detail?.history ?? []).filter(({ by }) => by.kind === 'officer').map(({ by }) => by.id)];
    if (!ids.some((id) => id && !desk.people.names.has(id))) return;
    rest.officers(region).then(
      (officers) => {
        for (const { id, name } of officers) desk.people.names.set(id, name);
        for (const id of ids) if (id && !desk.people.names.has(id)) desk.people.names.set(id, '');
        desk.changed();
      },
      () => undefined,
    );
  }
}
