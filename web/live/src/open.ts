/** The open complaints of all followed regions, kept by snapshots and events: docs/PROTOCOL.md, 'What is open'. */
import type { Complaint, LiveEvent, Status } from './messages.js';

/** The statuses in which a complaint still needs somebody. */
export const OPEN: readonly Status[] = ['reported', 'acknowledged', 'in_progress', 'on_hold'];

/** What an event did to the open complaints. */
export type Effect = 'added' | 'changed' | 'removed' | 'none';

export class OpenComplaints {
  readonly #regions = new Map<string, Map<string, Complaint>>();

  replace(region: string, complaints: Iterable<Complaint>): void {
    const kept = new Map<string, Complaint>();
    for (const complaint of complaints) kept.set(complaint.id, complaint);
    this.#regions.set(region, kept);
  }

  apply(event: LiveEvent): Effect {
    const region = this.#regions.get(event.region) ?? new Map<string, Complaint>();
    this.#regions.set(event.region, region);
    const { complaint } = event;
    // Of what was erased nothing but the id is told. Another region's complaint, as in `moved_out`, is dropped from the
    // event's region only.
    if (event.kind === 'complaint.erased' || complaint.region !== event.region || !OPEN.includes(complaint.status)) {
      return region.delete(complaint.id) ? 'removed' : 'none';
    }
    const effect = region.has(complaint.id) ? 'changed' : 'added';
    region.set(complaint.id, complaint);
    return effect;
  }

  forget(region: string): void {
    this.#regions.delete(region);
  }

  find(id: string): Complaint | undefined {
    for (const region of this.#regions.values()) {
      const complaint = region.get(id);
      if (complaint) return complaint;
    }
    return undefined;
  }

  /** How many are open, in all regions or in one. */
  count(region?: string): number {
    if (region !== undefined) return this.#regions.get(region)?.size ?? 0;
    return [...this.#regions.values()].reduce((sum, kept) => sum + kept.size, 0);
  }

  *all(): Generator<Complaint> {
    for (const region of this.#regions.values()) yield* region.values();
  }
}
