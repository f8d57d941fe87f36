/** Client of the live protocol `redress.v1` (docs/PROTOCOL.md). No dependencies. */
export { Backoff } from './backoff.js';
export { LiveClient } from './client.js';
export { closing } from './closing.js';
export { Follower } from './follower.js';
export type * from './messages.js';
export { OPEN, OpenComplaints } from './open.js';
export { SignInNeeded } from './options.js';
export type { ConnectionState, LiveHandlers, LiveOptions, SocketLike, Surroundings, TokenNeed } from './options.js';
