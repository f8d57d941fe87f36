// Actions and reports that were made here: shown at once, kept in the browser, sent in their order when there is a
// network, taken back when the server refuses them. Nothing that may have arrived is sent a second time unseen.
import type { Complaint } from '../live/src/index.js';
import { concerns, currentOf, isAs, single, type Deed, type OneOfMany, type Result } from './deed';
import type { Kept } from './offline';
import { asProblem, type Problem, problemOf } from './problem';

export interface OutboxSurroundings {
  kept: Kept;
  me(): string;
  /** A token; another one where the last was refused. */
  token(isRefused?: boolean): Promise<string>;
  changed(): void;
  /** The server agrees: its answer. */
  done(deed: Deed, answer: unknown): void;
  /** The server refuses: the deed is taken back. */
  refused(deed: Deed, problem: Problem, isOfBulk: boolean): void;
}

const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
/** Two clocks may differ by so much. */
const SKEW_MS = 300_000;

export class Outbox {
  deeds: Deed[] = [];
  /** The version that the last change of ours gave a complaint: what is shown may be a moment older. */
  readonly #mine = new Map<string, number>();
  #isSending = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly around: OutboxSurroundings) {}

  async load(): Promise<void> {
    const kept = await this.around.kept.outbox<Deed>();
    this.deeds = kept.sort((a, b) => a.at - b.at);
    for (const deed of this.deeds) {
      if (deed.state !== 'sending') continue;
      deed.state = 'waiting';
      deed.wasSent = true;
    }
  }

  /** What waits or is on its way, oldest first. */
  get pending(): Deed[] {
    return this.deeds.filter(({ state }) => state === 'waiting' || state === 'sending');
  }

  /** What a person has to look at. */
  get stuck(): Deed[] {
    return this.deeds.filter(({ state }) => state !== 'waiting' && state !== 'sending');
  }

  /** A complaint as it is here: with what waits to be sent. */
  overlay(complaint: Complaint): Complaint {
    const mine = this.pending.filter((deed) => concerns(deed, complaint.id) && !this.#isBlocked(deed));
    return mine.length === 0 ? complaint : Object.assign({}, complaint, ...mine.map((deed) => deed.each?.[complaint.id] ?? deed.patch));
  }

  /** Many complaints as they are here. */
  *overlaid(complaints: Iterable<Complaint>): Generator<Complaint> {
    const changed = new Set(this.pending.flatMap(({ complaint, each }) => (each ? Object.keys(each) : [complaint])));
    for (const complaint of complaints) yield changed.has(complaint.id) ? this.overlay(complaint) : complaint;
  }

  isPending(complaint: string): boolean {
    return this.pending.some((deed) => concerns(deed, complaint) && !this.#isBlocked(deed));
  }

  async add(deed: Deed): Promise<void> {
    // What follows another deed of ours gets its version when that one is done.
    if (deed.isVersioned && deed.body) {
      const seen = Number(deed.body['version'] ?? 0);
      deed.body['version'] = Math.max(seen, this.#mine.get(deed.complaint) ?? 0);
      if (this.isPending(deed.complaint)) delete deed.body['version'];
    }
    this.deeds.push(deed);
    this.around.changed();
    await this.around.kept.keepDeed(deed.id, deed);
    void this.send();
  }

  /** Gives a deed up, with what follows it by the same tap; what they had changed is taken back. */
  async discard(id: string): Promise<void> {
    const tap = this.deeds.find((deed) => deed.id === id)?.tap;
    const dropped = this.deeds.filter((deed) => deed.tap === tap && deed.state !== 'sending');
    this.deeds = this.deeds.filter((deed) => !dropped.includes(deed));
    this.around.changed();
    for (const deed of dropped) await this.around.kept.dropDeed(deed.id);
    void this.send();
  }

  /** Sends a refused deed again, to the complaint as it is now. */
  async again(id: string, version: number | undefined): Promise<void> {
    const deed = this.deeds.find((other) => other.id === id);
    if (!deed) return;
    deed.state = 'waiting';
    deed.wasSent = false;
    if (deed.isVersioned && deed.body && version !== undefined) deed.body['version'] = version;
    delete deed.current;
    this.around.changed();
    await this.around.kept.keepDeed(deed.id, deed);
    void this.send();
  }

  /** Sends what waits, in its order, as long as the server answers. */
  async send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    clearTimeout(this.#timer);
    try {
      for (let deed = this.#next(); deed; deed = this.#next()) {
        if (!(await this.#alone(deed))) break;
        this.#failures = 0;
      }
    } finally {
      this.#isSending = false;
    }
  }

  #next(): Deed | undefined {
    return this.deeds.find((deed) => deed.state === 'waiting' && !this.#isBlocked(deed));
  }

  /** A step does not go past one of the same complaint that is stuck. */
  #isBlocked(deed: Deed): boolean {
    return deed.isVersioned && deed.state === 'waiting' && this.stuck.some((other) => other.isVersioned && other.complaint === deed.complaint);
  }

  /** In one tab at a time, and not what another tab has sent meanwhile. Whether to go on. */
  async #alone(deed: Deed): Promise<boolean> {
    const work = async (): Promise<boolean> => {
      if (await this.around.kept.hasDeed(deed.id)) return this.#deliver(deed);
      this.deeds = this.deeds.filter((other) => other !== deed);
      this.around.changed();
      return true;
    };
    return 'locks' in navigator ? await navigator.locks.request('redress-outbox', work) : await work();
  }

  async #deliver(deed: Deed): Promise<boolean> {
    deed.state = 'sending';
    try {
      if (deed.wasSent && (await this.#hasArrived(deed))) {
        await this.#finish(deed, undefined);
        return true;
      }
      if (deed.state !== 'sending') return true;
      await this.around.kept.keepDeed(deed.id, deed);
      await this.#finish(deed, await this.#request(deed));
      return true;
    } catch (error) {
      return this.#failed(deed, asProblem(error));
    }
  }

  async #request(deed: Deed, isRefused = false): Promise<unknown> {
    const headers: Record<string, string> = { Authorization: `Bearer ${await this.around.token(isRefused)}` };
    if (deed.method === 'POST') headers['Idempotency-Key'] = deed.id;
    const init: RequestInit = { method: deed.method, headers };
    if (deed.file) {
      const form = new FormData();
      form.append('kind', String(deed.body?.['kind'] ?? 'evidence'));
      form.append('photo', deed.file);
      init.body = form;
    } else if (deed.body) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(deed.body);
    }
    const answer = await fetch(`/api/v1${deed.path}`, init);
    const text = await answer.text();
    const told: unknown = text === '' ? undefined : JSON.parse(text);
    if (answer.status === 401 && !isRefused) return this.#request(deed, true);
    if (!answer.ok) throw problemOf(answer.status, told, answer.headers);
    return told;
  }

  /** Whether a deed whose answer was lost is there already. Steps carry a version, claims and reports may be repeated. */
  async #hasArrived(deed: Deed): Promise<boolean> {
    if (deed.kind === 'photo' || deed.one?.kind === 'comment') {
      deed.state = 'unsure';
      await this.around.kept.keepDeed(deed.id, deed);
      this.around.changed();
      return false;
    }
    if (deed.kind !== 'comment') return false;
    const headers = { Authorization: `Bearer ${await this.around.token()}` };
    const answer = await fetch(`/api/v1${deed.path}?limit=50`, { headers });
    if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => undefined), answer.headers);
    const { items } = (await answer.json()) as { items: { at: string; text: string; account?: string }[] };
    const isIt = (comment: { at: string; text: string; account?: string }): boolean =>
      comment.account === this.around.me() &&
      comment.text === deed.body?.['text'] &&
      new Date(comment.at).getTime() >= deed.at - SKEW_MS;
    return items.some(isIt);
  }

  async #finish(deed: Deed, answer: unknown): Promise<void> {
    if (deed.one && answer) await this.#finishEach(deed, deed.one, (answer as { results: Result[] }).results);
    this.deeds = this.deeds.filter((other) => other !== deed);
    if (!deed.one) this.#agreed(deed, answer);
    else this.around.done(deed, answer);
    this.around.changed();
    await this.around.kept.dropDeed(deed.id);
  }

  /** What was done of a bulk is done; what was refused becomes a deed of its own, for a person to look at. */
  async #finishEach(bulk: Deed, one: OneOfMany, results: Result[]): Promise<void> {
    for (const { id, complaint, problem } of results) {
      const refusal = problem && problemOf(problem.status ?? 0, problem);
      const now = refusal ? currentOf(refusal) : complaint;
      const left = single(bulk, one, id, now);
      // A bulk whose answer was lost is sent again: what it did the first time it cannot do once more.
      const wasDone = bulk.wasSent && now !== undefined && isAs(now, left.patch);
      if (!refusal || wasDone) {
        this.#agreed(left, now);
        continue;
      }
      this.#stick(left, refusal, true);
      this.deeds.push(left);
      await this.around.kept.keepDeed(left.id, left);
    }
  }

  /** The server agrees. What follows on the complaint goes on from the version that it has now. */
  #agreed(deed: Deed, answer: unknown): void {
    const version = (answer as { version?: number } | undefined)?.version;
    if (version !== undefined) this.#mine.set(deed.complaint, version);
    for (const later of this.deeds) {
      if (later.complaint !== deed.complaint || !later.isVersioned || !later.body || version === undefined) continue;
      later.body['version'] = version;
      void this.around.kept.keepDeed(later.id, later);
    }
    this.around.done(deed, answer);
  }

  async #failed(deed: Deed, problem: Problem): Promise<boolean> {
    const isPassing = problem.isPassing || problem.status === 401;
    if (isPassing) {
      deed.state = 'waiting';
      // A refusal by 429 or 401 is an answer: it did not arrive.
      deed.wasSent ||= problem.status === 0 || problem.status >= 500;
      // Who has to sign in first sends it then.
      if (problem.status !== 401) this.#later(problem.retryAfter * 1000);
    } else if (this.#wasMine(deed, problem)) {
      await this.#finish(deed, problem.body.current);
      return true;
    } else {
      this.#stick(deed, problem);
    }
    this.around.changed();
    await this.around.kept.keepDeed(deed.id, deed);
    return !isPassing;
  }

  /** The server refuses: a person has to look at it. */
  #stick(deed: Deed, problem: Problem, isOfBulk = false): void {
    deed.state = problem.status === 409 ? 'conflict' : 'refused';
    deed.reason = problem.text;
    deed.problem = problem.kind;
    deed.current = currentOf(problem);
    this.around.refused(deed, problem, isOfBulk);
  }

  /** A step whose answer was lost and that is refused as stale, because it was made: by this very deed. */
  #wasMine(deed: Deed, problem: Problem): boolean {
    const current = currentOf(problem);
    const seen = deed.body?.['version'];
    if (!deed.wasSent || problem.status !== 409 || !current || typeof seen !== 'number') return false;
    return current.version === seen + 1 && isAs(current, deed.patch);
  }

  #later(atLeastMs: number): void {
    const wait = AGAIN_MS[Math.min(this.#failures, AGAIN_MS.length - 1)] ?? 15_000;
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.send(), Math.max(atLeastMs, wait * (0.5 + Math.random())));
  }
}
