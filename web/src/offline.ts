// What a browser keeps so that the board can be read without a network: complaints with the position that they show,
// rules and names, details that were looked at, and the outbox. It is wiped when somebody signs out or another signs in.
import type { Complaint, Position } from '../live/src/index.js';

const NAME = 'redress-board';
const VERSION = 1;
const LOCK = 'redress-kept';
const STORES = ['facts', 'complaints', 'positions', 'details', 'outbox'] as const;
type Store = (typeof STORES)[number];
/** Complaints of one transaction, so that a large snapshot does not hold the page up. */
const AT_ONCE = 200;
const FLUSH_AFTER_MS = 500;
/** For so long a detail that was looked at can be looked at without a network. */
const KEPT_MS = 7 * 86_400_000;

function done(request: IDBRequest | IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    if (request instanceof IDBTransaction) {
      request.oncomplete = () => resolve();
      request.onabort = () => reject(request.error ?? new Error('aborted'));
    } else {
      request.onsuccess = () => resolve();
    }
    request.onerror = () => reject(request.error ?? new Error('failed'));
  });
}

async function result<T>(request: IDBRequest<T>): Promise<T> {
  await done(request);
  return request.result;
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store);
  };
  return result(request);
}

/** All that was kept of the followed regions. */
export interface KeptRegions {
  positions: Record<string, Position>;
  complaints: Map<string, Complaint[]>;
}

/** Storage of this browser. Without any (a private window, a full disk) it keeps nothing and everything else works. */
export class Kept {
  /** What waits to be written: the last state by key; undefined: to be removed. */
  readonly #waiting = new Map<string, Complaint | undefined>();
  readonly #moved = new Map<string, Position>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #snapshots: Promise<void> = Promise.resolve();
  /** Regions whose snapshots are being written: their events wait. */
  readonly #replacing = new Map<string, number>();
  /** Whether this tab keeps the regions. */
  #isOwner = false;

  private constructor(private readonly database: IDBDatabase | undefined) {}

  static async open(): Promise<Kept> {
    return new Kept(await open().catch(() => undefined));
  }

  async fact<T>(key: string): Promise<T | undefined> {
    return this.#get<T>('facts', key);
  }

  async keepFact(key: string, value: unknown): Promise<void> {
    await this.#write(['facts'], (stores) => stores('facts').put(value, key));
  }

  async detail<T>(complaint: string): Promise<T | undefined> {
    return this.#get<T>('details', complaint);
  }

  async keepDetail<T extends { at: number }>(complaint: string, value: T): Promise<void> {
    await this.#write(['details'], (stores) => stores('details').put(value, complaint));
  }

  async dropDetail(complaint: string): Promise<void> {
    await this.#write(['details'], (stores) => stores('details').delete(complaint));
  }

  /** Forgets details that were not looked at for a week: a device is no archive. */
  async prune(now: number): Promise<void> {
    await this.#write(['details'], (stores) => {
      const reading = stores('details').openCursor();
      reading.onsuccess = () => {
        const cursor = reading.result;
        if (!cursor) return;
        if ((cursor.value as { at: number }).at < now - KEPT_MS) cursor.delete();
        cursor.continue();
      };
    });
  }

  async regions(): Promise<KeptRegions> {
    const kept: KeptRegions = { positions: {}, complaints: new Map() };
    const { database } = this;
    if (!database) return kept;
    const reading = database.transaction(['positions', 'complaints']);
    const positions = reading.objectStore('positions');
    const [names, places, complaints] = await Promise.all([
      result(positions.getAllKeys()),
      result<Position[]>(positions.getAll()),
      result<Complaint[]>(reading.objectStore('complaints').getAll()),
    ]);
    names.forEach((name, index) => {
      const place = places[index];
      if (place) kept.positions[String(name)] = place;
      kept.complaints.set(String(name), []);
    });
    // A region whose snapshot was not wholly written has no position, and is told anew.
    for (const complaint of complaints) kept.complaints.get(complaint.region)?.push(complaint);
    return kept;
  }

  /**
   * Becomes the one tab that keeps the regions: two that are at different events would mix what they know. `later` is
   * called when another tab was first and is gone: what is in the store is that one's.
   */
  async own(later: () => void): Promise<void> {
    if (!('locks' in navigator)) {
      this.#isOwner = true;
      return;
    }
    const forEver = (): Promise<never> => new Promise(() => undefined);
    await new Promise<void>((known) => {
      const taken = navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
        this.#isOwner = lock !== null;
        known();
        return lock === null ? Promise.resolve() : forEver();
      });
      void taken.then(() =>
        navigator.locks.request(LOCK, () => {
          this.#isOwner = true;
          later();
          return forEver();
        }),
      );
    });
  }

  /** Replaces a region. The position is written last: half of a snapshot is none, and no event is written before it. */
  async snapshot(region: string, complaints: Complaint[], position: Position): Promise<void> {
    if (!this.#isOwner) return;
    this.#forgetWaiting(region);
    this.#replacing.set(region, (this.#replacing.get(region) ?? 0) + 1);
    const before = this.#snapshots;
    this.#snapshots = before.then(async () => {
      await this.#clear(region);
      for (let from = 0; from < complaints.length; from += AT_ONCE) {
        await this.#write(['complaints'], (stores) => {
          const store = stores('complaints');
          for (const complaint of complaints.slice(from, from + AT_ONCE)) store.put(complaint, `${region}/${complaint.id}`);
        });
      }
      await this.#write(['positions'], (stores) => stores('positions').put(position, region));
      this.#replacing.set(region, (this.#replacing.get(region) ?? 1) - 1);
      await this.flush();
    });
    await this.#snapshots;
  }

  /** One event: what it left of its complaint in the region, and the new position; written together, a little later. */
  event(region: string, id: string, complaint: Complaint | undefined, position: Position): void {
    if (!this.#isOwner) return;
    this.#waiting.set(`${region}/${id}`, complaint);
    this.moved(region, position);
  }

  moved(region: string, position: Position): void {
    if (!this.#isOwner) return;
    this.#moved.set(region, position);
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const isFree = (region: string): boolean => (this.#replacing.get(region) ?? 0) === 0;
    const complaints = [...this.#waiting].filter(([key]) => isFree(key.slice(0, key.indexOf('/'))));
    const positions = [...this.#moved].filter(([region]) => isFree(region));
    if (complaints.length + positions.length === 0) return;
    for (const [key] of complaints) this.#waiting.delete(key);
    for (const [region] of positions) this.#moved.delete(region);
    await this.#write(['complaints', 'positions'], (stores) => {
      for (const [key, complaint] of complaints) {
        if (complaint) stores('complaints').put(complaint, key);
        else stores('complaints').delete(key);
      }
      for (const [region, position] of positions) stores('positions').put(position, region);
    });
  }

  async forget(region: string): Promise<void> {
    if (!this.#isOwner) return;
    this.#forgetWaiting(region);
    await this.#clear(region);
  }

  #forgetWaiting(region: string): void {
    for (const key of [...this.#waiting.keys()]) if (key.startsWith(`${region}/`)) this.#waiting.delete(key);
    this.#moved.delete(region);
  }

  #clear(region: string): Promise<void> {
    return this.#write(['complaints', 'positions'], (stores) => {
      stores('positions').delete(region);
      stores('complaints').delete(IDBKeyRange.bound(`${region}/`, `${region}/\uffff`));
    });
  }

  async outbox<T>(): Promise<T[]> {
    if (!this.database) return [];
    return result<T[]>(this.database.transaction('outbox').objectStore('outbox').getAll());
  }

  async hasDeed(id: string): Promise<boolean> {
    return this.database === undefined || (await this.#get('outbox', id)) !== undefined;
  }

  async keepDeed(id: string, deed: unknown): Promise<void> {
    await this.#write(['outbox'], (stores) => stores('outbox').put(deed, id));
  }

  async dropDeed(id: string): Promise<void> {
    await this.#write(['outbox'], (stores) => stores('outbox').delete(id));
  }

  /** Forgets everything. */
  async wipe(): Promise<void> {
    this.#waiting.clear();
    this.#moved.clear();
    await this.#write(STORES, (stores) => {
      for (const store of STORES) stores(store).clear();
    });
  }

  async #get<T>(store: Store, key: string): Promise<T | undefined> {
    if (!this.database) return undefined;
    return result<T | undefined>(this.database.transaction(store).objectStore(store).get(key)).catch(() => undefined);
  }

  /** One after the other, in the order of calls; what cannot be written is not kept. */
  #write(names: readonly Store[], work: (stores: (name: Store) => IDBObjectStore) => unknown): Promise<void> {
    const { database } = this;
    if (!database) return Promise.resolve();
    this.#writing = this.#writing.then(async () => {
      try {
        const transaction = database.transaction(names, 'readwrite');
        work((name) => transaction.objectStore(name));
        await done(transaction);
      } catch (error) {
        console.warn('not kept for offline use', error);
      }
    });
    return this.#writing;
  }
}
