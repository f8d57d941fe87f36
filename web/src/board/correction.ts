// What a correction changes, from what was typed. Pure.
import type { Complaint, Severity } from '../../live/src/index.js';

/** What is corrected; a place is replaced as a whole. */
export type Correction = Partial<Pick<Complaint, 'category' | 'severity' | 'description'>> & { place?: Placed };
export interface Placed {
  address: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** The form as it was filled in. */
export interface Typed {
  category: string;
  severity: Severity;
  description: string;
  address: string;
  latitude: string;
  longitude: string;
}

/** The form of a complaint as it is. */
export function typedOf({ category, severity, description, address, latitude, longitude }: Complaint): Typed {
  const text = (value: number | null): string => (value === null ? '' : String(value));
  return { category, severity, description, address: address ?? '', latitude: text(latitude), longitude: text(longitude) };
}

/** What was changed, or that the place is none. */
export function changeOf(complaint: Complaint, typed: Typed): Correction | 'no_place' {
  const change: Correction = {};
  if (typed.category !== complaint.category) change.category = typed.category;
  if (typed.severity !== complaint.severity) change.severity = typed.severity;
  const description = typed.description.trim();
  if (description !== '' && description !== complaint.description) change.description = description;
  const before = typedOf(complaint);
  if ((['address', 'latitude', 'longitude'] as const).every((part) => typed[part].trim() === before[part])) return change;
  const [latitude, longitude] = [degrees(typed.latitude, 90), degrees(typed.longitude, 180)];
  const address = typed.address.trim() || null;
  const isHalf = (latitude === null) !== (longitude === null);
  if (latitude === undefined || longitude === undefined || isHalf || (latitude === null && address === null)) return 'no_place';
  return { ...change, place: { address, latitude, longitude } };
}

/** Null: nothing was typed; undefined: it is no such number. */
function degrees(text: string, most: number): number | null | undefined {
  if (text.trim() === '') return null;
  const value = Number(text.trim().replace(',', '.'));
  return Number.isFinite(value) && Math.abs(value) <= most ? value : undefined;
}
