/** What the application gives a `LiveClient`, and what it hears of it. */
import type { ClaimsMessage, Complaint, Filter, LiveEvent, Position, PresenceMessage } from './messages.js';

/** Why a token is asked for: the first one, a newer one before this one ends, or another because it was refused. */
export type TokenNeed = 'first' | 'expiring' | 'refused';

/** Thrown by `token` when a person has to sign in again: the client stops. */
export class SignInNeeded extends Error {
  override name = 'SignInNeeded';
}

/** How the connection is. Times are ms since 1970. */
export type ConnectionState =
  | { kind: 'connecting'; attempt: number }
  /** Connected; what was missed is being told. */
  | { kind: 'resuming' }
  | { kind: 'live' }
  | { kind: 'offline'; since: number; retryAt: number | undefined; reason: string }
  | { kind: 'stopped'; code: number | undefined; reason: string; signIn: boolean };

export interface LiveHandlers {
  state?(state: ConnectionState): void;
  /** All regions that may be watched now. */
  granted?(regions: string[]): void;
  /** Forget what you had of the region: these are its open complaints. */
  snapshot?(region: string, complaints: Complaint[], position: Position): void;
  /** The next event of its region: each comes once and in order. */
  event?(event: LiveEvent, position: Position): void;
  /** A mark moved the position on without an event. */
  position?(region: string, position: Position): void;
  presence?(message: PresenceMessage): void;
  claims?(message: ClaimsMessage): void;
  /** Nothing of the region follows: it was taken from the account, or does not exist. */
  lost?(region: string, code: string): void;
  /** Something that should not happen, and was mended: for a log. */
  trouble?(message: string): void;
}

/** The part of a WebSocket that is used. */
export interface SocketLike {
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: never) => void) | null;
}

/** Where time and chance come from; tests give their own. */
export interface Surroundings {
  now(): number;
  random(): number;
  after(ms: number, run: () => void): () => void;
  open(url: string, protocol: string): SocketLike;
}

export interface LiveOptions {
  /** `ws://…/api/v1/ws` or `wss://…`. */
  url: string;
  /** Gives an access token; rejects with `SignInNeeded` when there will be none without a person. */
  token(need: TokenNeed): Promise<string>;
  /** Name and version of the application, for the server's log. */
  client?: string;
  /** Where the application is, by region; absent ones begin with a snapshot. */
  positions?: Record<string, Position>;
  /** The regions to follow; absent: all that are granted. */
  regions?: string[];
  filter?: Filter;
  /** Whether to be told who is online and on the way. */
  presence?: boolean;
  on: LiveHandlers;
  surroundings?: Partial<Surroundings>;
}

/** Those of a browser, or of a Node that has `WebSocket`. */
export const ordinary: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  open: (url, protocol) => new WebSocket(url, protocol) as unknown as SocketLike,
};
