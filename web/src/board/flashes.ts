// Which complaints changed a moment ago. When very many do, none flashes: it would say nothing, and cost much.

const FLASH_MS = 2_500;
/** More within a flash's time are a storm. */
const STORM = 50;

export class Flashes {
  /** By id, in the order of time: when, and whether it is new. */
  readonly #since = new Map<string, { at: number; isNew: boolean }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `faded` is called when one is over. */
  constructor(private readonly faded: () => void) {}

  add(id: string, isNew: boolean): void {
    this.#since.delete(id);
    this.#since.set(id, { at: Date.now(), isNew });
    this.#timer ??= setTimeout(() => this.#fade(), FLASH_MS + 50);
  }

  /** How a complaint flashes, if it does. */
  of(id: string): 'new' | 'changed' | undefined {
    if (this.#since.size > STORM) return undefined;
    const found = this.#since.get(id);
    return found && (found.isNew ? 'new' : 'changed');
  }

  #fade(): void {
    const end = Date.now() - FLASH_MS;
    for (const [id, { at }] of this.#since) {
      if (at > end) break;
      this.#since.delete(id);
    }
    const [next] = this.#since.values();
    this.#timer = next && setTimeout(() => this.#fade(), next.at - end + 50);
    this.faded();
  }
}
