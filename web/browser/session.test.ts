// How a page is signed in, as a browser keeps it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch } from './chromium';
import { Server } from './server';

let server: Server;
let browser: Browser;

before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Asks from within a page; the status, or 0 when the browser does not let it. */
function ask(page: Page, method: string, url: string, body?: object, headers: Record<string, string> = {}): Promise<number> {
  return page.evaluate(
    async ([method, url, body, headers]) => {
      const asked = { method, headers, credentials: 'include' as const, ...(body ? { body } : {}) };
      return fetch(url, asked).then(
        (answer) => answer.status,
        () => 0,
      );
    },
    [method, url, body && JSON.stringify(body), headers] as const,
  );
}

const PAGE = { 'X-Redress-Page': '1' };
const JSON_PAGE = { ...PAGE, 'Content-Type': 'application/json' };
const SESSION = '/api/v1/auth/session';

test('a browser keeps a login over reloads and new tabs, and no script reads it', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  const { email, password } = server.demo.officers[0]!;
  assert.equal(await ask(page, 'POST', `${SESSION}/refresh`, undefined, PAGE), 401);
  assert.equal(await ask(page, 'POST', SESSION, { email, password }, JSON_PAGE), 200);
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie?.httpOnly, cookie?.secure, cookie?.sameSite], [true, true, 'Strict']);
  assert.equal(await page.evaluate(() => document.cookie), '');
  await page.reload();
  assert.equal(await ask(page, 'POST', `${SESSION}/refresh`, undefined, PAGE), 200);
  const other = await context.newPage();
  await other.goto(server.url);
  assert.equal(await ask(other, 'POST', `${SESSION}/refresh`, undefined, PAGE), 200);
  await context.close();
});

test('a page of another site gets nothing of a login, and ends none', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  const { email, password } = server.demo.officers[0]!;
  assert.equal(await ask(page, 'POST', SESSION, { email, password }, JSON_PAGE), 200);
  const elsewhere = await context.newPage();
  // Another host, whose pages have no policy of ours.
  await elsewhere.route('http://elsewhere.example/', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Elsewhere</h1>' }));
  await elsewhere.goto('http://elsewhere.example/');
  assert.equal(await ask(elsewhere, 'POST', `${server.url}${SESSION}/refresh`, undefined, PAGE), 0);
  assert.equal(await ask(elsewhere, 'POST', `${server.url}${SESSION}/refresh`), 0);
  // As a form would, which needs nobody's leave: its answer says what became of it.
  const answered = elsewhere.waitForEvent('requestfinished').catch(() => undefined);
  await elsewhere.evaluate((action) => {
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action });
    document.body.append(form);
    form.submit();
  }, `${server.url}${SESSION}/refresh`);
  const request = await answered;
  assert.equal((await request?.response())?.status(), 403);
  assert.equal(await ask(page, 'POST', `${SESSION}/refresh`, undefined, PAGE), 200);
  await context.close();
});
