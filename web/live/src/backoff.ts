/** How long to wait before the next attempt to connect. */

const BASE_MS = 500;
const LONGEST_MS = 30_000;
/** Only a connection that was live for so long counts as a success. */
const PROVEN_MS = 60_000;

/** `random(0, min(30 s, 0.5 s · 2ⁿ))` before attempt n; n begins anew after a minute of a live connection. */
export class Backoff {
  #attempt = 0;
  #liveSince: number | undefined;

  constructor(private readonly random: () => number = Math.random) {}

  get attempt(): number {
    return this.#attempt;
  }

  live(now: number): void {
    this.#liveSince ??= now;
  }

  /** The wait in ms before the next attempt; `factor` 4 where the server has too much to do. */
  next(now: number, factor = 1): number {
    if (this.#liveSince !== undefined && now - this.#liveSince >= PROVEN_MS) this.#attempt = 0;
    this.#liveSince = undefined;
    const ceiling = Math.min(LONGEST_MS, BASE_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    return Math.round(this.random() * ceiling * factor);
  }
}
