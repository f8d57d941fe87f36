// The board's state: what is open, who is where, what waits to be sent, and how the connection is. Everything that the
// page shows is read from here; it is drawn anew at most ten times a second, however much happens.
import { LiveClient, OpenComplaints, SignInNeeded } from '../../live/src/index.js';
import type { Complaint, ConnectionState, LiveEvent, Position } from '../../live/src/index.js';
import { Kept } from '../offline';
import { Outbox } from '../outbox';
import { asProblem, type Problem } from '../problem';
import { accessToken, refresh, signOut } from '../session';
import { t } from '../i18n';
import { Alerts } from './alerts';
import { Details } from './details';
import { Flashes } from './flashes';
import { NO_FILTERS, listed, type Filters } from './listing';
import { Messages } from './messages';
import { Outcomes } from './outcomes';
import { People } from './people';
import * as rest from './rest';
import type { Account, Category, Region } from './rest';
import { Rules } from './rules';
import { Selection } from './selection';

export type Stage = 'opening' | 'signed_out' | 'signed_in';
const DRAW_EVERY_MS = 100;
/** While more than a few things happen between two drawings, fewer are made: none could be followed by eye. */
const DRAW_EVERY_BUSY_MS = 250;
const BUSY = 4;
/** Filters are kept on this device: they hold nothing of anybody. */
const FILTERS = 'redress-board-filters';

export class Desk {
  stage: Stage = 'opening';
  account: Account | undefined;
  regions: Region[] = [];
  categories: Category[] = [];
  connection: ConnectionState = { kind: 'connecting', attempt: 0 };
  readonly open = new OpenComplaints();
  readonly people = new People();
  readonly messages = new Messages(() => this.changed());
  readonly flashes = new Flashes(() => this.changed());
  readonly selection = new Selection(() => this.changed());
  readonly rules = new Rules(this);
  /** Who waits for a place to be shown on the map. */
  pointing: ((latitude: number, longitude: number) => void) | undefined;
  filters: Filters = { ...NO_FILTERS };
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
  #events = 0;
  #isBusy = false;

  /** Called after each change. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#timer !== undefined) return;
    const every = this.#isBusy ? DRAW_EVERY_BUSY_MS : DRAW_EVERY_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#drawnAt = performance.now();
      this.#isBusy = this.#events > BUSY;
      this.#events = 0;
      for (const listener of this.#listeners) listener();
    }, Math.max(0, this.#drawnAt + every - performance.now()));
  }

  get me(): string {
    return this.account?.id ?? '';
  }

  /** Whether this person works in a region. */
  isOwn = (region: string): boolean => this.account?.role === 'admin' || (this.account?.regions.includes(region) ?? false);

  get ownRegions(): Region[] {
    return this.regions.filter(({ id }) => this.isOwn(id));
  }

  get isOffline(): boolean {
    return ['offline', 'stopped'].includes(this.connection.kind);
  }

  categoryName = (id: string): string => this.categories.find((category) => category.id === id)?.name ?? id;
  regionName = (id: string): string => this.regions.find((region) => region.id === id)?.name ?? id;
  fullName = (id: string): string => this.people.names.get(id) || t('board.another_officer');
  /** Somebody's name, as far as it was told. */
  personName = (id: string): string => (id === this.me ? t('board.you') : this.fullName(id));

  /** The complaints to show, with what waits to be sent. */
  list(): Complaint[] {
    return listed(this.outbox.overlaid(this.open.all()), this.filters, this.me, Date.now(), this.categoryName);
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
    await this.kept.own(() => this.#keepAll());
    const outcomes = new Outcomes(this);
    this.outbox = new Outbox({
      kept: this.kept,
      me: () => this.me,
      token: (isRefused) => (isRefused ? refresh() : accessToken()),
      changed: () => this.changed(),
      done: (deed, answer) => outcomes.done(deed, answer),
      refused: (deed, problem, isOfBulk) => outcomes.refused(deed, problem, isOfBulk),
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
      const problem = asProblem(error);
      if (problem.status === 401 || !kept) this.#leave(problem);
      else await this.#follow(kept);
    }
  }

  #leave(problem: Problem): void {
    this.stage = 'signed_out';
    if (problem.status !== 401) this.messages.add('danger', problem.text);
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
    this.people.names.set(account.id, account.name);
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

  /** Keeps all that this tab knows: another tab did so until now. */
  #keepAll(): void {
    for (const [region, position] of Object.entries(this.#live?.positions ?? {})) {
      void this.kept.snapshot(region, [...this.open.all(region)], position);
    }
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
        presence: (message) => (this.people.present(message), this.changed()),
        claims: (message) => (this.people.claimed(message), this.changed()),
        lost: (region) => this.#lost(region),
        granted: (regions) => {
          if (this.account) this.account.regions = regions;
          this.hasList ||= regions.length === 0;
          this.changed();
        },
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
      this.rules.expire();
      if (this.categories.length === 0) void this.#catalogue();
    }
    if (state.kind === 'stopped' && state.signIn) this.stage = 'signed_out';
    else if (state.kind === 'offline') this.people.presence.clear();
    this.changed();
  }

  #snapshot(region: string, complaints: Complaint[], position: Position): void {
    this.open.replace(region, complaints);
    this.hasList = true;
    void this.kept.snapshot(region, complaints, position);
    this.changed();
  }

  #event(event: LiveEvent, position: Position): void {
    // Of two regions either may tell of a move first: it is shown in one of them.
    const { from } = (event.change['region'] ?? {}) as { from?: string };
    if (event.kind === 'complaint.moved_in' && from) this.open.apply({ ...event, region: from });
    const effect = this.open.apply(event);
    const { complaint } = event;
    const isOpenHere = effect === 'added' || effect === 'changed';
    this.kept.event(event.region, complaint.id, isOpenHere ? complaint : undefined, position);
    this.hasList = true;
    if (isOpenHere) this.flashes.add(complaint.id, effect === 'added');
    if (effect === 'added' && this.connection.kind === 'live') this.alerts.arrived(complaint);
    this.details.event(event);
    this.#events += 1;
    this.changed();
  }

  #lost(region: string): void {
    this.open.forget(region);
    this.people.presence.delete(region);
    void this.kept.forget(region);
    this.changed();
  }

  /** The next tap on the map is a place for this; or no longer. */
  point(to: Desk['pointing']): void {
    this.pointing = to;
    this.changed();
  }

  setFilters(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change };
    localStorage.setItem(FILTERS, JSON.stringify({ ...this.filters, words: '' }));
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
