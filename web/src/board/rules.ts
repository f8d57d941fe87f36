// The workflows' steps by region and category, asked for when they are needed, and kept for when there is no network.
import type { Desk } from './desk';
import * as rest from './rest';
import type { Step } from './rest';

export class Rules {
  readonly #known = new Map<string, Step[]>();
  readonly #asked = new Set<string>();

  constructor(private readonly desk: Desk) {}

  /** The steps, or undefined until they are known; the board is drawn again then. */
  of(region: string, category: string): Step[] | undefined {
    const key = `steps/${region}/${category}`;
    if (!this.#asked.has(key)) {
      this.#asked.add(key);
      void this.#ask(key, region, category);
    }
    return this.#known.get(key);
  }

  /** What is known may be out of date: it is asked for anew when it is needed. */
  expire(): void {
    this.#asked.clear();
  }

  async #ask(key: string, region: string, category: string): Promise<void> {
    try {
      const steps = await rest.steps(region, category);
      this.#known.set(key, steps);
      await this.desk.kept.keepFact(key, steps);
    } catch {
      const kept = await this.desk.kept.fact<Step[]>(key);
      if (kept && !this.#known.has(key)) this.#known.set(key, kept);
    }
    this.desk.changed();
  }
}
