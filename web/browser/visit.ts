// A tab in a test: what goes wrong in it fails the test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Server } from './server';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What a browser says of an answer that a page expects, such as 409. */
const EXPECTED = /Failed to load resource/;

export class Visit {
  readonly page: Page;
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) this.complaints.push(message.text());
    });
    page.on('dialog', (dialog) => {
      this.complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(browser: Browser, server: Server, path: string, options: BrowserContextOptions = {}, withoutScript?: (page: Page) => Promise<unknown>): Promise<Visit> {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', viewport: { width: 1100, height: 900 }, ...options });
    const visit = new Visit(await context.newPage());
    await withoutScript?.(visit.page);
    await visit.page.goto(server.url + path);
    if (withoutScript) {
      await visit.page.evaluate(() => {
        document.body.innerHTML = document.querySelector('noscript')!.textContent;
      });
    }
    await visit.page.locator('h1').first().waitFor();
    return visit;
  }

  /** Nothing went wrong in it, a violation of the content security policy among other things. */
  async close(): Promise<void> {
    await this.page.context().close();
    assert.deepEqual(this.complaints, []);
  }

  /** No rule of axe is violated. */
  async isAccessible(what: string): Promise<void> {
    // As the debugger evaluates: the page itself may run no text as code.
    await this.page.evaluate(AXE);
    const found = await this.page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`);
    });
    assert.deepEqual(found, [], what);
  }

  /** Nothing is wider than the window. */
  async fits(what: string): Promise<void> {
    const [wide, window, out] = await this.page.evaluate(() => {
      const beyond = [...document.querySelectorAll('body *')].filter((it) => {
        const { left, right } = it.getBoundingClientRect();
        return right > innerWidth || left < 0;
      });
      return [document.documentElement.scrollWidth, innerWidth, beyond.slice(0, 8).map((it) => it.outerHTML.slice(0, 120)).join('\n')] as const;
    });
    assert.ok(wide <= window, `${what}: ${wide} of ${window} px; beyond it:\n${out}`);
  }
}
