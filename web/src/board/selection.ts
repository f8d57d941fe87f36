// Complaints that are picked for one action on all of them.
import type { Complaint } from '../../live/src/index.js';

/** As many as the server takes at once. */
export const MOST = 200;

export class Selection {
  /** Whether rows are being picked: then a tap picks, and does not open. */
  isOn = false;
  readonly #ids = new Set<string>();

  constructor(private readonly changed: () => void) {}

  begin(): void {
    this.isOn = true;
    this.changed();
  }

  end(): void {
    this.isOn = false;
    this.#ids.clear();
    this.changed();
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Picks one, or gives it up. */
  toggle(id: string): void {
    this.isOn = true;
    if (!this.#ids.delete(id) && this.#ids.size < MOST) this.#ids.add(id);
    this.changed();
  }

  /** Picks all of these, or, where they are picked already, none. */
  all(complaints: Complaint[]): void {
    const first = complaints.slice(0, MOST);
    const isAll = first.every(({ id }) => this.#ids.has(id));
    this.#ids.clear();
    if (!isAll) for (const { id } of first) this.#ids.add(id);
    this.isOn = true;
    this.changed();
  }

  /** Of these, what is picked: what is shown no more is not acted on either. */
  of(complaints: Complaint[]): Complaint[] {
    return this.isOn ? complaints.filter(({ id }) => this.#ids.has(id)) : [];
  }
}
