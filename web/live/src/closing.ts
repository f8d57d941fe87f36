/** What a close code asks of a client: docs/PROTOCOL.md, 'Close codes'. */

export type Closing =
  /** Come back after a back-off, `factor` times as long. */
  | { then: 'again'; factor: number }
  /** Come back with another token. */
  | { then: 'new_token' }
  /** Do not come back until a person has done something. */
  | { then: 'stop' };

export function closing(code: number): Closing {
  if (code === 4006) return { then: 'again', factor: 4 };
  if (code === 4004 || code === 4007 || code === 4501) return { then: 'new_token' };
  if (code >= 4500 && code <= 4999) return { then: 'stop' };
  return { then: 'again', factor: 1 };
}
