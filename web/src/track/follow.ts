// Follows one complaint: its public part now and after each change, through cuts and restarts of the server.
import { api, ask, type Schemas } from '../client';
import { asProblem, type Problem } from '../problem';

export type View = Schemas['PublicView'];
/** How the page stands to the server. */
export type Link = { is: 'live' } | { is: 'resuming' } | { is: 'offline'; since: Date };

export interface Listener {
  onView: (view: View) => void;
  onLink: (link: Link) => void;
  /** It is not there, or not any more; nothing follows. */
  onGone: () => void;
  /** Nothing was shown yet, and nothing came. */
  onProblem: (problem: Problem) => void;
}

/** After so many seconds without a connection a page says since when. */
const PATIENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;

export class Follower {
  readonly #token: string;
  readonly #listener: Listener;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #cutAt: Date | undefined;
  #tries = 0;
  #isEnded = false;
  readonly #online = () => this.#again(0);

  constructor(token: string, listener: Listener) {
    this.#token = token;
    this.#listener = listener;
    addEventListener('online', this.#online);
    this.#connect();
  }

  /** Reads the view once: after a change of one's own, or when links to photos ran out. */
  async look(): Promise<void> {
    try {
      this.#listener.onView(await ask(api.GET('/api/v1/tracking/{token}', { params: { path: { token: this.#token } } })));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 404) this.#gone();
      else this.#listener.onProblem(problem);
    }
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#source?.close();
    removeEventListener('online', this.#online);
  }

  #connect(): void {
    this.#source?.close();
    const source = new EventSource(`/api/v1/tracking/${encodeURIComponent(this.#token)}/events`);
    this.#source = source;
    source.onopen = () => {
      this.#tries = 0;
      this.#cutAt = undefined;
      this.#listener.onLink({ is: 'live' });
    };
    source.addEventListener('complaint', (event: MessageEvent<string>) => this.#listener.onView(JSON.parse(event.data) as View));
    source.addEventListener('reconnect', (event: MessageEvent<string>) => {
      const { after_ms } = JSON.parse(event.data) as { after_ms: number };
      source.close();
      this.#cut();
      this.#again(after_ms);
    });
    source.onerror = () => {
      this.#cut();
      // A cut is mended by the browser itself, a refusal is not: there it asks why.
      if (source.readyState === EventSource.CLOSED) void this.#refused();
    };
  }

  async #refused(): Promise<void> {
    await this.look();
    if (!this.#isEnded) this.#again(Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** this.#tries++) * (0.5 + Math.random() / 2));
  }

  #cut(): void {
    this.#cutAt ??= new Date();
    const since = this.#cutAt;
    const isLong = Date.now() - since.getTime() > PATIENCE_MS || !navigator.onLine;
    this.#listener.onLink(isLong ? { is: 'offline', since } : { is: 'resuming' });
  }

  #again(after: number): void {
    if (this.#isEnded) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), after);
  }

  #gone(): void {
    this.end();
    this.#listener.onGone();
  }
}
