// What the server refuses, and what does not reach it, as one kind of error with a text for people.
import type { components } from './api';
import { has, t } from './i18n';

export type ProblemBody = components['schemas']['ProblemBody'];

/** A refused or failed request. `status` 0: it did not reach the server. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    readonly body: Partial<ProblemBody> = {},
    /** Seconds after which trying again is right. */
    readonly retryAfter: number = 0,
  ) {
    super(body.detail ?? kind);
  }

  /** Whether the same request may well succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.status === 408;
  }

  /** For people, in their language: by kind where there is a text, else what the server said. */
  get text(): string {
    const key = `problem.${this.kind}`;
    return has(key) ? t(key, { seconds: Math.max(1, this.retryAfter) }) : (this.body.detail ?? t('problem.internal'));
  }
}

/** The problem that an answer tells. */
export function problemOf(status: number, body: unknown, headers?: Headers): Problem {
  const told = (typeof body === 'object' && body !== null ? body : {}) as Partial<ProblemBody>;
  const kind = (told.type ?? '').replace('urn:redress:problem:', '') || (status >= 500 ? 'unavailable' : 'refused');
  return new Problem(status, kind, told, Number(headers?.get('Retry-After') ?? 0));
}

/** Whatever was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DOMException && error.name === 'AbortError') return new Problem(0, 'aborted');
  return new Problem(0, 'offline');
}
