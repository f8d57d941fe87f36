/**
 * Follows regions over `redress.v1` for as long as it is wanted: connects, says who it is, subscribes from where
 * the application is, and comes back by itself, whatever is cut. Owns the socket and the positions, never
 * complaints: those are the application's, which hears each event once and in order.
 */
import { Backoff } from './backoff.js';
import { closing } from './closing.js';
import { messagesOf } from './messages.js';
import type { Connected, Position, ServerMessage } from './messages.js';
import { SignInNeeded, ordinary } from './options.js';
import type { ConnectionState, LiveOptions, SocketLike, Surroundings, TokenNeed } from './options.js';
import { Subscriptions } from './subscriptions.js';

const CONNECT_WITHIN_MS = 15_000;
const PING_MS = 25_000;
/** A new token is asked for again after so long, if that failed for another reason than being signed out. */
const TOKEN_AGAIN_MS = 5_000;

export class LiveClient {
  readonly #options: LiveOptions;
  readonly #around: Surroundings;
  readonly #backoff: Backoff;
  readonly #subscriptions: Subscriptions;
  #socket: SocketLike | undefined;
  #isConnected = false;
  #isWanted = false;
  #state: ConnectionState = { kind: 'connecting', attempt: 0 };
  #offlineSince: number | undefined;
  #need: TokenNeed = 'first';
  #refusals = 0;
  #pingMs = PING_MS;
  #lastId = 0;
  #stopSilence = (): void => {};
  #stopRetry = (): void => {};
  #returnAt: number | undefined;
  /** Grows with each attempt, so that what belongs to an earlier one is known. */
  #turn = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#around = { ...ordinary, ...options.surroundings };
    this.#backoff = new Backoff(() => this.#around.random());
    this.#subscriptions = new Subscriptions(options, (message) => this.#say(message), this.#around);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Where each followed region is. */
  get positions(): Record<string, Position> {
    return this.#subscriptions.positions();
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    void this.#connect();
  }

  /** Ends the connection; `start` begins anew from the same positions. */
  stop(): void {
    this.#isWanted = false;
    this.#drop();
    this.#enter({ kind: 'stopped', code: undefined, reason: 'stopped', signIn: false });
  }

  /** Tries now instead of after the back-off: the network is back, or somebody looks. */
  wake(): void {
    if (this.#isWanted && this.#socket === undefined && this.#state.kind === 'offline') {
      this.#stopRetry();
      void this.#connect();
    }
  }

  /** The network is known to be gone: gives the socket up instead of waiting for silence. */
  lost(reason: string): void {
    if (!this.#isWanted) return;
    this.#drop();
    this.#retry(this.#backoff.next(this.#around.now()), reason);
  }

  async #connect(): Promise<void> {
    const turn = (this.#turn += 1);
    this.#returnAt = undefined;
    if (this.#state.kind !== 'offline') this.#enter({ kind: 'connecting', attempt: this.#backoff.attempt });
    let token: string;
    try {
      token = await this.#options.token(this.#need);
    } catch (error) {
      if (turn === this.#turn && this.#isWanted) this.#tokenFailed(error);
      return;
    }
    if (turn !== this.#turn || !this.#isWanted) return;
    this.#need = 'first';
    this.#open(turn, token);
  }

  #open(turn: number, token: string): void {
    let socket: SocketLike;
    try {
      socket = this.#around.open(this.#options.url, 'redress.v1');
    } catch (error) {
      this.#retry(this.#backoff.next(this.#around.now()), String(error));
      return;
    }
    this.#socket = socket;
    this.#isConnected = false;
    this.#listen(CONNECT_WITHIN_MS);
    const isMine = (): boolean => turn === this.#turn && this.#socket === socket;
    socket.onopen = () => {
      if (isMine()) this.#say({ type: 'connect', token, client: this.#options.client ?? 'redress-live' });
    };
    socket.onmessage = (event) => {
      if (isMine()) this.#hear(String(event.data));
    };
    socket.onerror = () => {};
    socket.onclose = (event) => {
      if (isMine()) this.#closed(event.code, event.reason);
    };
  }

  #hear(frame: string): void {
    this.#listen(2 * this.#pingMs);
    let messages: ServerMessage[];
    try {
      messages = messagesOf(frame);
    } catch {
      this.#options.on.trouble?.('a frame was not JSON');
      this.lost('bad frame');
      return;
    }
    for (const message of messages) this.#take(message);
    this.#settle();
  }

  #take(message: ServerMessage): void {
    switch (message.type) {
      case 'connected':
        this.#connected(message);
        break;
      case 'ping':
        this.#say({ type: 'pong', t: message.t, seen: this.#subscriptions.seen() });
        this.#subscriptions.heads(message.heads);
        break;
      case 'token_expiring':
        void this.#refresh(this.#turn, 'expiring');
        break;
      case 'reconnect':
        this.#comeBack(message.after_ms, message.reason);
        break;
      case 'error':
        if (!this.#subscriptions.refused(message)) this.#refused(message.code, message.message);
        break;
      default:
        this.#subscriptions.take(message);
    }
  }

  #connected(message: Connected): void {
    this.#isConnected = true;
    this.#refusals = 0;
    this.#pingMs = message.ping_ms;
    this.#listen(2 * this.#pingMs);
    this.#enter({ kind: 'resuming' });
    this.#options.on.granted?.(message.regions);
    this.#subscriptions.begin(message.regions);
  }

  /** Says that all is live when it is. */
  #settle(): void {
    if (!this.#isConnected || this.#returnAt !== undefined) return;
    const kind = this.#subscriptions.areLive() ? 'live' : 'resuming';
    if (kind === 'live') {
      this.#backoff.live(this.#around.now());
      this.#offlineSince = undefined;
    }
    if (this.#state.kind !== kind) this.#enter({ kind });
  }

  async #refresh(turn: number, need: TokenNeed): Promise<void> {
    try {
      const token = await this.#options.token(need);
      if (turn === this.#turn && this.#isConnected) this.#say({ type: 'refresh', token });
    } catch (error) {
      if (turn !== this.#turn || !this.#isWanted) return;
      if (error instanceof SignInNeeded) this.#tokenFailed(error);
      else this.#around.after(TOKEN_AGAIN_MS, () => turn === this.#turn && void this.#refresh(turn, need));
    }
  }

  #refused(code: string, message: string): void {
    this.#options.on.trouble?.(`${code}: ${message}`);
    const isToken = code === 'token_expired' || code === 'unauthorized';
    if (isToken && this.#refusals++ < 1) void this.#refresh(this.#turn, 'refused');
  }

  #tokenFailed(error: unknown): void {
    this.#drop();
    if (error instanceof SignInNeeded) this.#end(undefined, error.message, true);
    else this.#retry(this.#backoff.next(this.#around.now()), error instanceof Error ? error.message : String(error));
  }

  /** The server stops: events go on until it closes; not sooner than `after_ms` we are back. */
  #comeBack(afterMs: number, reason: string): void {
    this.#returnAt = this.#around.now() + afterMs;
    this.#enter({ kind: 'resuming' });
    this.#stopRetry();
    this.#stopRetry = this.#around.after(afterMs, () => {
      this.#drop();
      void this.#connect();
    });
    this.#options.on.trouble?.(`asked to come back in ${afterMs} ms (${reason})`);
  }

  #closed(code: number, reason: string): void {
    const returnAt = this.#returnAt;
    const retryIsSet = returnAt !== undefined;
    this.#drop(retryIsSet);
    if (retryIsSet) {
      this.#offline(returnAt, reason || 'the server stops');
      return;
    }
    const next = closing(code);
    if (next.then === 'stop') {
      this.#end(code, reason, false);
    } else if (next.then === 'new_token' && this.#refusals < 2) {
      this.#refusals += 1;
      this.#need = 'refused';
      this.#retry(this.#refusals === 1 ? 0 : this.#backoff.next(this.#around.now()), reason);
    } else if (next.then === 'new_token') {
      this.#end(code, reason, true);
    } else {
      this.#retry(this.#backoff.next(this.#around.now(), next.factor), reason || 'the connection was cut');
    }
  }

  #retry(wait: number, reason: string): void {
    this.#offline(this.#around.now() + wait, reason);
    this.#stopRetry();
    this.#stopRetry = this.#around.after(wait, () => void this.#connect());
  }

  #offline(retryAt: number | undefined, reason: string): void {
    this.#offlineSince ??= this.#around.now();
    this.#enter({ kind: 'offline', since: this.#offlineSince, retryAt, reason });
  }

  #end(code: number | undefined, reason: string, signIn: boolean): void {
    this.#isWanted = false;
    this.#drop();
    this.#enter({ kind: 'stopped', code, reason, signIn });
  }

  /** Nothing for two intervals: the connection is as good as cut. */
  #listen(withinMs: number): void {
    this.#stopSilence();
    this.#stopSilence = this.#around.after(withinMs, () => this.lost('the server is silent'));
  }

  #drop(keepRetry = false): void {
    this.#stopSilence();
    if (!keepRetry) {
      this.#stopRetry();
      this.#turn += 1;
      this.#returnAt = undefined;
    }
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#subscriptions.pause();
    if (socket === undefined) return;
    socket.onmessage = socket.onclose = socket.onopen = null;
    socket.onerror = () => {};
    try {
      socket.close();
    } catch {
      // It was not open yet, or is closed: as good.
    }
  }

  #say(message: object): number {
    const id = (this.#lastId += 1);
    try {
      this.#socket?.send(JSON.stringify({ id, ...message }));
    } catch {
      // A socket that is closing refuses; its close is heard next.
    }
    return id;
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#options.on.state?.(state);
  }
}
