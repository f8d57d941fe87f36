/** A clock that stands still and a server that says what the test tells it to. */
import type { SocketLike, Surroundings } from '../src/options.js';

export class Clock {
  now = 1_000_000;
  #timers: { at: number; run: () => void }[] = [];

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass; everything that is due runs in its order. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.now = Math.max(this.now, due.at);
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.run();
      await settled();
    }
    this.now = end;
    await settled();
  }
}

/** Until all promises that can go on have gone on. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Said = Record<string, unknown> & { id: number; type: string };

export class FakeSocket implements SocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  isClosed = false;
  readonly said: Said[] = [];

  send(data: string): void {
    if (this.isClosed) throw new Error('closed');
    this.said.push(JSON.parse(data) as Said);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The last thing that the client said of this type. */
  last(type: string): Said | undefined {
    return this.said.filter((message) => message.type === type).at(-1);
  }

  /** One frame with all of them. */
  tell(...messages: object[]): void {
    this.onmessage?.({ data: messages.map((message) => JSON.stringify(message)).join('\n') });
  }

  async cut(code = 1006, reason = ''): Promise<void> {
    this.isClosed = true;
    this.onclose?.({ code, reason });
    await settled();
  }

  /** As the server does: open, hear `connect`, say `connected`. */
  async welcome(regions: string[] = ['north']): Promise<void> {
    this.onopen?.(undefined as never);
    await settled();
    this.tell({
      type: 'connected', id: this.last('connect')?.id, session: 's', role: 'officer', regions,
      ping_ms: 25_000, token_ttl_ms: 900_000, max_regions: 64,
    });
    await settled();
  }
}

export class FakeServer {
  readonly clock = new Clock();
  readonly sockets: FakeSocket[] = [];
  /** What chance gives: 1 waits as long as the back-off may. */
  chance = 1;

  readonly surroundings: Surroundings = {
    now: () => this.clock.now,
    random: () => this.chance,
    after: (ms, run) => this.clock.after(ms, run),
    open: () => {
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return socket;
    },
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }
}

export function complaint(id: string, more: object = {}): Record<string, unknown> {
  return { id, region: 'north', status: 'reported', severity: 'medium', version: 1, ...more };
}

export function event(seq: number, more: object = {}): Record<string, unknown> {
  return {
    type: 'event', region: 'north', seq, event_id: `e${seq}`, kind: 'complaint.created', at: '2026-11-26T00:00:00Z',
    complaint: complaint(`c${seq}`), by: { kind: 'resident' }, change: {}, ...more,
  };
}
