/**
 * Which regions are followed on one connection, and how far each is: subscribes with the position, subscribes again
 * when something is missing, and takes regions as they come and go.
 */
import { Follower } from './follower.js';
import type { ErrorMessage, LiveEvent, Position, ServerMessage } from './messages.js';
import type { LiveOptions, Surroundings } from './options.js';

type Say = (message: object) => number;
const AGAIN_MS = 1_000;

interface Region {
  follower: Follower;
  /** How it stands on this connection: asked for, told, about to be asked for anew, or not at all. */
  stage: 'none' | 'asked' | 'told' | 'ending';
}

export class Subscriptions {
  readonly #regions = new Map<string, Region>();
  /** Which region a message of ours was about. */
  readonly #asked = new Map<number, string>();
  #connection = 0;

  constructor(
    private readonly options: LiveOptions,
    private readonly say: Say,
    private readonly around: Surroundings,
  ) {
    for (const [region, position] of Object.entries(options.positions ?? {})) {
      this.#regions.set(region, { follower: new Follower(position), stage: 'none' });
    }
  }

  positions(): Record<string, Position> {
    const known: Record<string, Position> = {};
    for (const [name, { follower }] of this.#regions) if (follower.position) known[name] = follower.position;
    return known;
  }

  seen(): Record<string, number> {
    const seen: Record<string, number> = {};
    for (const [name, { follower, stage }] of this.#regions) {
      if (stage === 'told' && follower.position) seen[name] = follower.position.seq;
    }
    return seen;
  }

  areLive(): boolean {
    return [...this.#regions.values()].every(({ follower, stage }) => stage === 'none' || follower.isLive);
  }

  /** A new connection that may watch these. */
  begin(granted: string[]): void {
    const isWanted = (region: string): boolean => this.options.regions?.includes(region) ?? true;
    for (const name of [...this.#regions.keys()]) {
      if (!granted.includes(name)) this.#lose(name, 'forbidden');
    }
    for (const name of granted) {
      if (!isWanted(name)) continue;
      const region = this.#regions.get(name) ?? { follower: new Follower(), stage: 'none' };
      this.#regions.set(name, region);
      if (region.stage === 'none') this.#subscribe(name, region);
    }
  }

  pause(): void {
    this.#connection += 1;
    this.#asked.clear();
    for (const region of this.#regions.values()) {
      region.stage = 'none';
      region.follower.pause();
    }
  }

  /** The heads that a ping names. */
  heads(heads: Record<string, number>): void {
    for (const [name, region] of this.#regions) {
      if (!region.follower.isBehind(heads[name])) continue;
      this.options.on.trouble?.(`${name}: events were lost without a trace; subscribing again`);
      this.#anew(name, region);
    }
  }

  /** An error that answers one of our messages about a region. Whether it did. */
  refused(error: ErrorMessage): boolean {
    const name = error.id === undefined ? undefined : this.#asked.get(error.id);
    const region = name === undefined ? undefined : this.#regions.get(name);
    if (name === undefined || region === undefined) return false;
    this.options.on.trouble?.(`${name}: ${error.code}: ${error.message}`);
    region.stage = 'none';
    if (error.code === 'forbidden' || error.code === 'unknown_region') {
      this.#lose(name, error.code);
    } else if (error.retryable) {
      region.stage = 'asked';
      const connection = this.#connection;
      this.around.after(AGAIN_MS * (1 + this.around.random()), () => {
        if (connection === this.#connection && this.#regions.get(name) === region) this.#subscribe(name, region);
      });
    }
    return true;
  }

  take(message: ServerMessage): void {
    if (message.type === 'granted') {
      this.options.on.granted?.(message.regions);
      this.begin(message.regions);
      return;
    }
    const name = 'region' in message ? message.region : undefined;
    const region = name === undefined ? undefined : this.#regions.get(name);
    if (name === undefined || region === undefined) return;
    if (message.type === 'unsubscribed') this.#unsubscribed(name, region, message.code);
    else if (region.stage !== 'ending') this.#told(name, region, message);
  }

  #told(name: string, region: Region, message: ServerMessage): void {
    const { follower } = region;
    const { on } = this.options;
    switch (message.type) {
      case 'subscribed':
        region.stage = 'told';
        follower.begin(message.epoch, message.mode, message.head);
        break;
      case 'live':
        follower.skip(message.seq);
        follower.isLive = true;
        break;
      case 'skipped_to':
        follower.skip(message.seq);
        if (follower.position) on.position?.(name, follower.position);
        break;
      case 'snapshot': {
        const complaints = follower.snapshot(message);
        if (complaints && follower.position) on.snapshot?.(name, complaints, follower.position);
        break;
      }
      case 'event':
        this.#event(name, region, message);
        break;
      case 'presence':
        on.presence?.(message);
        break;
      case 'claims':
        on.claims?.(message);
        break;
    }
  }

  #event(name: string, region: Region, event: LiveEvent): void {
    const verdict = region.follower.event(event);
    if (verdict === 'apply' && region.follower.position) this.options.on.event?.(event, region.follower.position);
    if (verdict !== 'gap') return;
    this.options.on.trouble?.(`${name}: ${event.seq} does not follow ${region.follower.position?.seq}; subscribing again`);
    this.#anew(name, region);
  }

  #subscribe(name: string, region: Region): void {
    const { filter, presence } = this.options;
    region.stage = 'asked';
    const since = region.follower.position;
    const id = this.say({
      type: 'subscribe',
      region: name,
      ...(since && { since }),
      ...(filter && { filter }),
      ...(presence && { presence }),
    });
    this.#asked.set(id, name);
  }

  /** A region is watched once a connection: it is let go first, then asked for from where we are. */
  #anew(name: string, region: Region): void {
    region.stage = 'ending';
    region.follower.pause();
    this.say({ type: 'unsubscribe', region: name });
  }

  #unsubscribed(name: string, region: Region, code: string): void {
    if (code !== 'client') this.#lose(name, code);
    else if (region.stage === 'ending') this.#subscribe(name, region);
    else region.stage = 'none';
  }

  #lose(name: string, code: string): void {
    this.#regions.delete(name);
    this.options.on.lost?.(name, code);
  }
}
