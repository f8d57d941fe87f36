// Reports that could not be sent: kept in this browser with their key and photos until they are, also across a closed tab.
import type { Schemas } from '../client';
import type { Draft } from './draft';

export interface Queued {
  /** The idempotency key: however often it is sent, it is one complaint. */
  key: string;
  at: number;
  draft: Draft;
  /** What is sent, as it was sent first: another body under the same key would be refused. */
  body: Schemas['NewComplaint'];
  photos: File[];
  /** Photos for which there was no room. */
  lost: number;
  /** Whether it is kept by this page alone, because the browser keeps nothing. */
  isFleeting?: boolean;
  /** The answer, once there is one: then only photos are left to send. */
  sent?: Schemas['SubmissionView'];
}

const NAME = 'redress-report';
const STORE = 'reports';
/** Bytes of photos that are kept with one report: more than a phone's browser gives gladly helps nobody. */
const ROOM = 60 * 1024 * 1024;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('failed'));
  });
}

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= (() => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
    return done(request);
  })();
  return opened;
}

async function work<T>(mode: IDBTransactionMode, deed: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode);
  const result = await done(deed(transaction.objectStore(STORE)));
  if (mode === 'readonly') return result;
  // A full disk shows at the end of the transaction.
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
  });
}

/** What this page alone keeps, where the browser does not. */
const fleeting = new Map<string, Queued>();

/** What is kept, the oldest first. */
export async function queued(): Promise<Queued[]> {
  const all = await work<Queued[]>('readonly', (store) => store.getAll()).catch(() => []);
  return [...all, ...fleeting.values()].sort((one, other) => one.at - other.at);
}

/** Keeps a report, without the photos for which there is no room; where a browser keeps nothing, as long as the page is open. */
export async function keepQueued(report: Queued): Promise<void> {
  const bare = { ...report, photos: [], lost: report.lost + report.photos.length };
  for (const form of [{ ...report, ...roomFor(report) }, bare]) {
    if (!fleeting.has(report.key) && (await work('readwrite', (store) => store.put(form)).then(() => true, () => false))) return;
  }
  fleeting.set(report.key, { ...report, isFleeting: true });
}

export async function dropQueued(key: string): Promise<void> {
  fleeting.delete(key);
  await work('readwrite', (store) => store.delete(key)).catch(() => undefined);
}

function roomFor({ photos, lost }: Queued): { photos: File[]; lost: number } {
  const kept: File[] = [];
  let left = ROOM;
  for (const photo of photos) {
    if (photo.size > left) continue;
    left -= photo.size;
    kept.push(photo);
  }
  return { photos: kept, lost: lost + photos.length - kept.length };
}
