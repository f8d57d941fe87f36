// What somebody has typed so far, kept in the tab until it is sent: a reload, or a phone that runs out of memory
// behind the camera, loses nothing but the photos.
import type { Schemas } from '../client';
import type { Point } from '../map/map';

export interface Draft {
  category: string;
  description: string;
  point: Point | null;
  address: string;
  region: string;
  name: string;
  email: string;
  phone: string;
}

export type FieldName = 'category' | 'description' | 'place' | 'region' | 'name' | 'email' | 'phone';
export type Faults = Partial<Record<FieldName, string>>;

export const DESCRIPTION_LONGEST = 4000;
const KEPT = 'redress-draft';
const EMPTY: Draft = { category: '', description: '', point: null, address: '', region: '', name: '', email: '', phone: '' };

export function kept(): Draft {
  try {
    return { ...EMPTY, ...(JSON.parse(sessionStorage.getItem(KEPT) ?? '{}') as Partial<Draft>) };
  } catch {
    return EMPTY;
  }
}

export function keep(draft: Draft): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the report can be sent all the same.
  }
}

/** It was sent: the same words once more are another report. */
export function forget(): void {
  keep(EMPTY);
  lastBody = '';
}

/** The body that the API takes; what was left empty is not said. */
export function body(draft: Draft, isRegionNeeded: boolean, onDuplicate: 'reject' | 'accept'): Schemas['NewComplaint'] {
  const said = (text: string): string | null => text.trim() || null;
  const reporter = { name: said(draft.name), email: said(draft.email), phone: said(draft.phone) };
  const isKnown = Object.values(reporter).some((value) => value !== null);
  return {
    category: draft.category,
    description: draft.description.trim(),
    latitude: draft.point?.latitude ?? null,
    longitude: draft.point?.longitude ?? null,
    address: said(draft.address),
    region: isRegionNeeded ? said(draft.region) : null,
    reporter: isKnown ? reporter : null,
    on_duplicate: onDuplicate,
  };
}

let lastBody = '';
let lastKey = '';

/** A key that stays while the body does, until it was sent, so that trying again never makes a second complaint. */
export function idempotencyKey(text: string): string {
  if (text !== lastBody) {
    lastBody = text;
    // `crypto.randomUUID` is missing on plain http.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    lastKey = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return lastKey;
}

/** A queued report is taken into the form again: sent unchanged it goes under the key that it had. */
export function resume(draft: Draft, text: string, key: string): void {
  keep(draft);
  lastBody = text;
  lastKey = key;
}
