// What the board asks the server for, beside the live feed.
import type { Complaint } from '../../live/src/index.js';
import { problemOf, asProblem } from '../problem';
import { accessToken, refresh } from '../session';

export interface Account {
  id: string;
  name: string;
  email: string;
  role: 'officer' | 'admin';
  regions: string[];
}
export interface Region {
  id: string;
  name: string;
  boundary: GeoJSON.Polygon | GeoJSON.MultiPolygon | null;
}
export interface Category {
  id: string;
  name: string;
}
export interface Step {
  from: string;
  action: string;
  to: string[];
  roles: string[];
  require: string[];
}
export interface Comment {
  id: string;
  at: string;
  text: string;
  visibility: 'public' | 'internal';
  by: string;
  account?: string;
}
export interface Photo {
  id: string;
  kind: 'evidence' | 'before' | 'after';
  status: 'pending' | 'ready' | 'failed';
  reason?: string;
  uploaded_at: string;
  by: string;
  links?: { original: string; preview: string; thumbnail: string };
}
export interface Happening {
  event_id: string;
  at: string;
  kind: string;
  by: { kind: string; id?: string };
  change: Record<string, unknown>;
}
export interface Officer {
  id: string;
  name: string;
  role: string;
  online: boolean;
}
/** Why nothing of a complaint may be erased, until when. */
export interface Hold {
  reason: string;
  /** Null: until it is released. */
  until: string | null;
}
export interface Reporter {
  name?: string | null;
  email?: string | null;
  phone?: string | null;
}

/** Asks for a path below /api/v1, as who is signed in; once more with another token where one is refused. Throws a Problem. */
export async function get<T>(path: string, signal?: AbortSignal, isRefused = false): Promise<T> {
  const token = await (isRefused ? refresh() : accessToken());
  const init: RequestInit = { headers: { Authorization: `Bearer ${token}` } };
  if (signal) init.signal = signal;
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, init);
  } catch (error) {
    throw asProblem(error);
  }
  const told: unknown = await answer.json().catch(() => undefined);
  if (answer.status === 401 && !isRefused) return get(path, signal, true);
  if (!answer.ok) throw problemOf(answer.status, told, answer.headers);
  return told as T;
}

export const account = (): Promise<Account> => get('/auth/me');
export const regions = async (): Promise<Region[]> => (await get<{ regions: Region[] }>('/regions')).regions;
export const categories = async (): Promise<Category[]> => (await get<{ categories: Category[] }>('/categories')).categories;
/** A complaint with what only a single one tells. */
export type Whole = Complaint & { reporter?: Reporter; legal_hold?: Hold; claim?: unknown };
export const complaint = (id: string): Promise<Whole> => get(`/complaints/${id}`);
export const comments = async (id: string): Promise<Comment[]> =>
  (await get<{ items: Comment[] }>(`/complaints/${id}/comments?limit=200`)).items;
export const photos = async (id: string): Promise<Photo[]> => (await get<{ items: Photo[] }>(`/complaints/${id}/photos`)).items;
export const history = async (id: string): Promise<Happening[]> =>
  (await get<{ items: Happening[] }>(`/complaints/${id}/history?limit=200`)).items;
export const steps = async (region: string, category: string): Promise<Step[]> =>
  (await get<{ steps: Step[] }>(`/regions/${region}/workflow?category=${encodeURIComponent(category)}`)).steps;
export const officers = async (region: string): Promise<Officer[]> =>
  (await get<{ officers: Officer[] }>(`/regions/${region}/officers`)).officers;
/** Complaints of any status that have these words, newest first. */
export const search = async (words: string, signal: AbortSignal): Promise<Complaint[]> =>
  (await get<{ items: Complaint[] }>(`/complaints?limit=50&q=${encodeURIComponent(words)}`, signal)).items;
