// The board's state: what is open, who is where, what waits to be sent, and how the connection is. Everything that the
// page shows is read from here; it is drawn anew at most ten times a second, however much happens.
import { LiveClient, OpenComplaints, SignInNeeded } from '../../live/src/index.js';
import type { Claim, ClaimsMessage, Complaint, ConnectionState, LiveEvent, Person, PresenceMessage, Position } from '../../live/src/index.js';
import { Kept } from '../offline';
import { Outbox, type Deed } from '../outbox';
import { asProblem, Problem } from '../problem';
import { accessToken, refresh, signOut } from '../session';
import { t } from '../i18n';
import { Alerts } from './alerts';
import { Details } from './details';
import { NO_FILTERS, listed, type Filters } from './listing';
import * as rest from './rest';
import type { Account, Category, Region } from './rest';

export type Stage = 'opening' | 'signed_out' | 'signed_in';
export interface Toast {
  id: number;
  kind: 'info' | 'danger' | 'good';
  text: string;
}

const DRAW_EVERY_MS = 100;
const FLASH_MS = 2_500;
const TOAST_MS = 6_000;
/** Filters are kept on this device: they hold nothing of anybody. */
const FILTERS = 'redress-board-filters';

export class Desk {
  stage: Stage = 'opening';
  account: Account | undefined;
  regions: Region[] = [];
  categories: Category[] = [];
  connection: ConnectionState = { kind: 'connecting', attempt: 0 };
  readonly open = new OpenComplaints();
  readonly claims = new Map<string, Claim>();
  readonly presence = new Map<string, Map<string, Person>>();
  /** Ids of complaints that changed a moment ago, and when. */
  readonly flashes = new Map<string, { at: number; isNew: boolean }>();
  readonly names = new Map<string, string>();
  filters: Filters = { ...NO_FILTERS };
  toasts: Toast[] = [];
  /** Whether a first snapshot, kept or told, is there. */
  hasList = false;
  kept!: Kept;
  outbox!: Outbox;
  readonly details = new Details(this);
  readonly alerts = new Alerts(this);
  #live: LiveClient | undefined;
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #toasts = 0;

  /** Called after each change. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#drawnAt + DRAW_EVERY_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drawnAt = performance.now();
      for (const listener of this.#listeners) listener();
    }, wait);
  }

  get me(): string {
    return this.account?.id ?? '';
  }

  get isOffline(): boolean {
    return this.connection.kind === 'offline' || this.connection.kind === 'stopped';
  }

  categoryName = (id: string): string => this.categories.find((category) => category.id === id)?.name ?? id;
  regionName = (id: string): string => this.regions.find((region) => region.id === id)?.name ?? id;
  fullName = (id: string): string => this.names.get(id) || t('board.another_officer');
  /** Somebody's name, as far as it was told. */
  personName = (id: string): string => (id === this.me ? t('board.you') : this.fullName(id));

  /** The complaints to show, with what waits to be sent. */
  list(): Complaint[] {
    return listed(this.#shown(), this.filters, this.me, Date.now(), this.categoryName);
  }

  *#shown(): Generator<Complaint> {
    for (const complaint of this.open.all()) yield this.outbox.overlay(complaint);
  }

  /** A complaint as it is shown: open, or looked at. */
  find(id: string): Complaint | undefined {
    const complaint = this.open.find(id) ?? this.details.complaint(id);
    return complaint && this.outbox.overlay(complaint);
  }

  /** Opens the board: with whoever is signed in, or, without a network, with what was kept. */
  async begin(): Promise<void> {
    this.filters = { ...NO_FILTERS, ...(JSON.parse(localStorage.getItem(FILTERS) ?? '{}') as Partial<Filters>) };
    this.kept = await Kept.open();
    void this.kept.prune(Date.now());
    this.outbox = new Outbox({
      kept: this.kept,
      me: () => this.me,
      token: accessToken,
      changed: () => this.changed(),
      done: (deed, answer) => this.#done(deed, answer),
      refused: (deed, problem) => this.#refused(deed, problem),
    });
    addEventListener('online', () => this.#live?.wake());
    addEventListener('offline', () => this.#live?.lost(t('board.no_network')));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.#live?.wake();
      else void this.kept.flush();
    });
    try {
      await refresh();
      await this.enter();
    } catch (error) {
      const kept = await this.kept.fact<Account>('account');
      if (asProblem(error).status === 401 || !kept) this.#leave(error);
      else await this.#follow(kept);
    }
  }

  #leave(error: unknown): void {
    this.stage = 'signed_out';
    const problem = asProblem(error);
    if (problem.status !== 401) this.toast('danger', problem.text);
    this.changed();
  }

  /** After somebody signed in. */
  async enter(): Promise<void> {
    await this.kept.flush();
    const account = await rest.account();
    const before = await this.kept.fact<Account>('account');
    // What another person left is theirs: it is neither shown nor sent in this one's name.
    if (before && before.id !== account.id) await this.kept.wipe();
    await this.kept.keepFact('account', account);
    await this.#follow(account);
  }

  async #follow(account: Account): Promise<void> {
    this.account = account;
    this.names.set(account.id, account.name);
    await this.outbox.load();
    const [kept, regions, categories] = await Promise.all([
      this.kept.regions(),
      this.kept.fact<Region[]>('regions'),
      this.kept.fact<Category[]>('categories'),
    ]);
    this.regions = regions ?? [];
    this.categories = categories ?? [];
    for (const [region, complaints] of kept.complaints) this.open.replace(region, complaints);
    this.hasList = kept.complaints.size > 0;
    this.stage = 'signed_in';
    this.changed();
    void this.#catalogue();
    this.#connect(kept.positions);
  }

  async #catalogue(): Promise<void> {
    try {
      [this.regions, this.categories] = await Promise.all([rest.regions(), rest.categories()]);
      await this.kept.keepFact('regions', this.regions);
      await this.kept.keepFact('categories', this.categories);
    } catch {
      // What was kept is shown until there is a network.
    }
    this.changed();
  }

  #connect(positions: Record<string, Position>): void {
    this.#live?.stop();
    this.#live = new LiveClient({
      url: `${location.origin.replace(/^http/, 'ws')}/api/v1/ws`,
      client: 'redress-board/1',
      presence: true,
      positions,
      token: async (need) => {
        try {
          return need === 'first' ? await accessToken() : await refresh();
        } catch (error) {
          const problem = asProblem(error);
          throw problem.status === 401 ? new SignInNeeded(problem.text) : problem;
        }
      },
      on: {
        state: (state) => this.#connected(state),
        snapshot: (region, complaints, position) => this.#snapshot(region, complaints, position),
        event: (event, position) => this.#event(event, position),
        position: (region, position) => this.kept.moved(region, position),
        presence: (message) => this.#present(message),
        claims: (message) => this.#claimed(message),
        lost: (region) => this.#lost(region),
        granted: (regions) => this.#granted(regions),
        trouble: (message) => console.warn('live:', message),
      },
    });
    this.#live.start();
  }

  #connected(state: ConnectionState): void {
    const was = this.connection.kind;
    this.connection = state;
    if (state.kind === 'live' && was !== 'live') {
      void this.outbox.send();
      this.details.refresh();
      if (this.categories.length === 0) void this.#catalogue();
    }
    if (state.kind === 'stopped' && state.signIn) this.stage = 'signed_out';
    if (state.kind === 'offline') this.presence.clear();
    this.changed();
  }

  #snapshot(region: string, complaints: Complaint[], position: Position): void {
    this.open.replace(region, complaints);
    this.hasList = true;
    void this.kept.snapshot(region, complaints, position);
    this.changed();
  }

  #event(event: LiveEvent, position: Position): void {
    const effect = this.open.apply(event);
    const { complaint } = event;
    const isOpenHere = effect === 'added' || effect === 'changed';
    this.kept.event(event.region, complaint.id, isOpenHere ? complaint : undefined, position);
    this.hasList = true;
    if (isOpenHere) this.flashes.set(complaint.id, { at: Date.now(), isNew: effect === 'added' });
    if (effect === 'added' && this.connection.kind === 'live') this.alerts.arrived(complaint);
    this.details.event(event);
    this.changed();
    setTimeout(() => this.#fade(), FLASH_MS + 50);
  }

  #fade(): void {
    const end = Date.now() - FLASH_MS;
    for (const [id, { at }] of this.flashes) if (at <= end) this.flashes.delete(id);
    this.changed();
  }

  #present(message: PresenceMessage): void {
    if (message.officers) this.presence.set(message.region, new Map());
    const here = this.presence.get(message.region) ?? new Map<string, Person>();
    this.presence.set(message.region, here);
    for (const person of [...(message.officers ?? []), ...(message.joined ?? [])]) {
      here.set(person.id, person);
      this.names.set(person.id, person.name);
    }
    for (const { id } of message.left ?? []) here.delete(id);
    this.changed();
  }

  #claimed(message: ClaimsMessage): void {
    if (message.claims) {
      for (const [id, claim] of this.claims) if (claim.region === message.region) this.claims.delete(id);
    }
    for (const claim of [...(message.claims ?? []), ...(message.claimed ?? [])]) this.keepClaim(claim);
    for (const { complaint } of message.released ?? []) this.claims.delete(complaint);
    this.changed();
  }

  keepClaim(claim: Claim): void {
    this.claims.set(claim.complaint, claim);
    this.names.set(claim.holder.id, claim.holder.name);
  }

  #lost(region: string): void {
    this.open.forget(region);
    this.presence.delete(region);
    void this.kept.forget(region);
    this.changed();
  }

  #granted(regions: string[]): void {
    if (this.account) this.account.regions = regions;
    this.hasList ||= regions.length === 0;
    this.changed();
  }

  #done(deed: Deed, answer: unknown): void {
    const told = answer as (Partial<Complaint> & Partial<Claim>) | undefined;
    // The answer to a change is the complaint; the event says the same, before or after.
    if (told?.version !== undefined) this.#agreed(told as Complaint);
    if (deed.kind === 'claim' && told?.holder) this.keepClaim(told as Claim);
    if (deed.kind === 'release') this.claims.delete(deed.complaint);
    if (deed.kind === 'report') this.toast('good', t('board.reported'));
    this.details.acted(deed);
    this.changed();
  }

  /** Shows a complaint as the server answered it, unless something newer was told. */
  #agreed(complaint: Complaint): void {
    const known = this.open.find(complaint.id);
    if (known && known.version < complaint.version) {
      this.open.apply({ type: 'event', region: complaint.region, complaint } as LiveEvent);
    }
    this.details.agreed(complaint);
  }

  #refused(deed: Deed, problem: Problem): void {
    if (deed.current) this.#agreed(deed.current);
    const claim = problem.body.current as Partial<Claim> | undefined;
    if (claim?.holder && claim.complaint) this.keepClaim(claim as Claim);
    this.flashes.set(deed.complaint, { at: Date.now(), isNew: false });
    this.details.refresh();
  }

  setFilters(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    const { words: _, ...kept } = this.filters;
    localStorage.setItem(FILTERS, JSON.stringify(kept));
    this.changed();
  }

  toast(kind: Toast['kind'], text: string): void {
    const id = (this.#toasts += 1);
    this.toasts = [...this.toasts.slice(-3), { id, kind, text }];
    setTimeout(() => {
      this.toasts = this.toasts.filter((toast) => toast.id !== id);
      this.changed();
    }, TOAST_MS);
    this.changed();
  }

  /** Ends the login and forgets everything that was kept here. */
  async leave(): Promise<void> {
    this.#live?.stop();
    await this.kept.wipe();
    await signOut().catch(() => undefined);
    location.reload();
  }
}
