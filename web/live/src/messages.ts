/**
 * The messages of `redress.v1`, as far as a client needs to know them (docs/PROTOCOL.md). Members that are not
 * named here are kept and ignored: there will be more.
 */

/** A place in the history of a region: all events up to and including `seq` are applied. */
export interface Position {
  epoch: string;
  seq: number;
}

export type Status =
  | 'reported'
  | 'acknowledged'
  | 'in_progress'
  | 'on_hold'
  | 'resolved'
  | 'closed'
  | 'rejected';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** A complaint as staff see it. Times are RFC 3339 in UTC, coordinates WGS84 degrees. */
export interface Complaint {
  id: string;
  region: string;
  category: string;
  status: Status;
  severity: Severity;
  description: string;
  address: string | null;
  latitude: number | null;
  longitude: number | null;
  assignee: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  status_since: string;
  supporters: number;
  due_at?: string;
  hold_until?: string;
  escalation?: number;
  duplicate_of?: string;
  acknowledged_at?: string;
  resolved_at?: string;
}

/** Who did something: an account or key with its `id`, a resident, or nobody (`system`). */
export interface Author {
  kind: string;
  id?: string;
}

/** One change of one complaint. `complaint` is as it is after the change. */
export interface LiveEvent {
  type: 'event';
  region: string;
  seq: number;
  event_id: string;
  kind: string;
  at: string;
  complaint: Complaint;
  by: Author;
  change: Record<string, unknown>;
}

export interface Snapshot {
  type: 'snapshot';
  region: string;
  epoch: string;
  seq: number;
  last: boolean;
  complaints: Complaint[];
}

/** An officer or admin who is online in a region. */
export interface Person {
  id: string;
  name: string;
  role?: string;
  online_since?: string;
}

/** An officer is on the way to a complaint, until `until`. */
export interface Claim {
  complaint: string;
  region: string;
  holder: { id: string; name: string };
  claimed_at: string;
  until: string;
}

/** A claim that ended, and why. */
export interface Released {
  complaint: string;
  holder: { id: string; name: string };
  reason: string;
}

export interface PresenceMessage {
  type: 'presence';
  region: string;
  officers?: Person[];
  joined?: Person[];
  left?: Person[];
  more?: number;
}

export interface ClaimsMessage {
  type: 'claims';
  region: string;
  claims?: Claim[];
  claimed?: Claim[];
  released?: Released[];
  more?: number;
}

/** What narrows a subscription. */
export interface Filter {
  categories?: string[];
  min_severity?: Severity;
  assigned_to_me?: boolean;
}

export interface Connected {
  type: 'connected';
  session: string;
  role: string;
  regions: string[];
  ping_ms: number;
  token_ttl_ms: number;
  max_regions: number;
}

export interface ErrorMessage {
  type: 'error';
  id?: number;
  code: string;
  message: string;
  retryable: boolean;
}

/** Every message of the server that this client acts on. */
export type ServerMessage =
  | Connected
  | { type: 'subscribed'; id?: number; region: string; epoch: string; mode: 'resumed' | 'snapshot' | 'live'; head: number }
  | { type: 'live'; region: string; seq: number }
  | { type: 'skipped_to'; region: string; seq: number }
  | LiveEvent
  | Snapshot
  | PresenceMessage
  | ClaimsMessage
  | { type: 'ping'; t: number; heads: Record<string, number> }
  | { type: 'token_expiring'; in_ms: number }
  | { type: 'refreshed'; id?: number; token_ttl_ms: number }
  | { type: 'granted'; regions: string[] }
  | { type: 'unsubscribed'; id?: number; region: string; code: string }
  | { type: 'reconnect'; after_ms: number; reason: string }
  | ErrorMessage;

/** The messages of one frame, which holds one or more JSON objects, one a line. */
export function messagesOf(frame: string): ServerMessage[] {
  const lines = frame.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => JSON.parse(line) as ServerMessage);
}
