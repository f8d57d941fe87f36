// Which open complaints one may be a duplicate of: those close by and alike first. Pure.
import type { Complaint } from '../../live/src/index.js';
import { NO_FILTERS, listed } from './listing';

export interface Candidate {
  complaint: Complaint;
  /** Undefined where one of both has no point. */
  metres: number | undefined;
}

const MOST = 6;
/** Further away it is another thing, unless somebody looks for it by its words. */
const NEAR_METRES = 1_000;
/** One of another category has to be so much closer. */
const UNLIKE_METRES = 300;
const EARTH_METRES = 6_371_000;

/** At most six: those that have the words, or, without words, those that are near or have no point. */
export function candidates(complaint: Complaint, open: Iterable<Complaint>, words: string, names: (id: string) => string): Candidate[] {
  const found = listed(open, { ...NO_FILTERS, words, order: 'newest' }, '', Date.now(), names)
    .filter(({ id, duplicate_of }) => id !== complaint.id && duplicate_of === undefined)
    .map((other) => ({ complaint: other, metres: metresBetween(complaint, other) }))
    .filter(({ metres }) => words.trim() !== '' || (metres ?? 0) <= NEAR_METRES);
  const far = ({ complaint: other, metres }: Candidate): number => (metres ?? NEAR_METRES) + (other.category === complaint.category ? 0 : UNLIKE_METRES);
  return found.sort((a, b) => far(a) - far(b)).slice(0, MOST);
}

/** On a globe; exact enough for a town. */
export function metresBetween(one: Complaint, other: Complaint): number | undefined {
  if (one.latitude === null || one.longitude === null || other.latitude === null || other.longitude === null) return undefined;
  const radians = Math.PI / 180;
  const north = (other.latitude - one.latitude) * radians;
  const east = (other.longitude - one.longitude) * radians * Math.cos(one.latitude * radians);
  return Math.round(EARTH_METRES * Math.hypot(north, east));
}
