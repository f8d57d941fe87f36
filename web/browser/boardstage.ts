// A server and a browser for the board's tests: officers sign in on pages of their own.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './chromium';
import { Server } from '../live/tests/server.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What a browser says of a network that a test has cut. */
const EXPECTED = /Failed to load resource|WebSocket connection to|ERR_INTERNET_DISCONNECTED|not kept for offline/;

/** A complaint, as far as tests ask. */
export interface Stored {
  status: string;
  region: string;
  category: string;
  severity: string;
  description: string;
  address: string | null;
  latitude: number | null;
  assignee: string | null;
  version: number;
  supporters: number;
  hold_until?: string;
  duplicate_of?: string;
}

export class Stage {
  /** Errors of pages, violations of their policy among them. */
  readonly troubles: string[] = [];

  private constructor(
    readonly server: Server,
    readonly browser: Browser,
  ) {}

  static async open(...settings: string[]): Promise<Stage> {
    const server = await Server.start(...settings);
    const browser = await launch();
    return new Stage(server, browser);
  }

  /** A complaint as the server has it, read by an admin. */
  async stored(id: string): Promise<Stored> {
    const { email, password } = this.server.demo.admin;
    return this.server.ask<Stored>('GET', `/complaints/${id}`, undefined, await this.server.login(email, password));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    assert.deepEqual(this.troubles, []);
  }

  /** A page that lists the newest first, so that what a test makes is in view. */
  async page(options: BrowserContextOptions = {}, order = 'newest'): Promise<Page> {
    const context: BrowserContext = await this.browser.newContext({ viewport: { width: 1366, height: 800 }, ...options });
    await context.addInitScript((first) => {
      if (!localStorage.getItem('redress-board-filters')) localStorage.setItem('redress-board-filters', JSON.stringify({ order: first }));
    }, order);
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => this.troubles.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) this.troubles.push(message.text());
    });
    return page;
  }

  /** The board as the demo's first (Olga) or second (Otto) officer. */
  async board(officer = 0, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.page(options);
    await page.goto(`${this.server.url}/board`);
    await signIn(page, this.server, officer);
    await live(page);
    return page;
  }
}

export async function signIn(page: Page, server: Server, officer = 0): Promise<void> {
  const { email, password } = server.demo.officers[officer] ?? server.demo.admin;
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('button[type=submit]');
}

export async function live(page: Page, withinMs = 45_000): Promise<void> {
  await page.locator('.connection[data-state=live]').waitFor({ timeout: withinMs });
}

/** The row of a complaint. */
export function row(page: Page, id: string): ReturnType<Page['locator']> {
  return page.locator(`#row-${id}`);
}

/** What a page was opened for is over. */
export async function over(page: Page): Promise<void> {
  await page.context().close();
}

export async function openDetail(page: Page, id: string): Promise<void> {
  await row(page, id).click();
  await page.locator('.detail .actions button').first().waitFor();
}

export function action(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator('.actions [role=group]').getByRole('button', { name, exact: true });
}

/** A button for what goes beside the workflow's steps. */
export function further(page: Page, name: string): ReturnType<Page['locator']> {
  return page.locator('.more').getByRole('button', { name, exact: true });
}

/** What axe finds wrong with the page as it is, one line each. Run beside the page's policy, which allows no foreign script. */
export async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate(`(async () => { ${AXE}; const { violations } = await axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary)); })()`);
  return found as string[];
}

/** Pixels by which the page is wider than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** The complaints that the browser has kept, when it has had time to write. */
export async function kept(page: Page): Promise<{ id: string }[]> {
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('redress-board');
      request.onsuccess = () => resolve(request.result);
    });
    const read = database.transaction('complaints').objectStore('complaints').getAll();
    return new Promise<{ id: string }[]>((resolve) => (read.onsuccess = () => resolve(read.result as { id: string }[])));
  });
}
