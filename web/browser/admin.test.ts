// The administrators' page in a browser: every tab, what it does, and that it can be used by everybody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './chromium';
import { eventually, Server } from './server';
import { Visit } from './visit';

const TABS = ['overview', 'sessions', 'people', 'regions', 'categories', 'workflow', 'retention', 'audit', 'system'];

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

async function signIn(page: Page, { email, password } = server.demo.admin): Promise<void> {
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.locator('button[type=submit]').click();
}

async function admin(options: BrowserContextOptions = {}): Promise<Visit> {
  const visit = await Visit.open(browser, server, '/admin', options);
  await signIn(visit.page);
  await visit.page.locator('nav.tabs').waitFor();
  return visit;
}

/** Opens a tab and waits until nothing of it loads. */
async function open(page: Page, tab: string): Promise<void> {
  await page.locator(`nav.tabs a[href="/admin#${tab}"]`).click();
  await page.locator(`nav.tabs a[href="/admin#${tab}"][aria-current=page]`).waitFor();
  await eventually(`${tab} is loaded`, async () => (await page.locator('main .spinner').count()) === 0 && (await page.locator('main > *').count()) > 1);
}

async function token(): Promise<Record<string, string>> {
  const { email, password } = server.demo.admin;
  const { access_token } = await server.ask<{ access_token: string }>('POST', '/api/v1/auth/login', { email, password });
  return { Authorization: `Bearer ${access_token}` };
}

const schemes: [string, BrowserContextOptions][] = [
  ['wide and light', { viewport: { width: 2560, height: 1200 } }],
  ['narrow and dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' }],
  ['from right to left', { locale: 'ar' }],
];
for (const [name, options] of schemes) {
  test(`every tab is accessible and fits: ${name}`, async () => {
    const visit = await admin(options);
    for (const tab of TABS) {
      await open(visit.page, tab);
      await visit.isAccessible(tab);
      await visit.fits(tab);
      assert.equal(await visit.page.locator('main .notice.danger').count(), 0, `${tab} has a fault`);
    }
    await visit.close();
  });
}

test('an officer is told where to go instead', async () => {
  const visit = await Visit.open(browser, server, '/admin');
  await signIn(visit.page, server.demo.officers[0]!);
  await visit.page.locator('a[href="/board"].button').waitFor();
  await visit.isAccessible('refused');
  await visit.close();
});

test('numbers follow a new complaint without reload', async () => {
  const visit = await admin();
  await open(visit.page, 'overview');
  const figure = visit.page.locator('.figures dd').first();
  const before = Number(await figure.innerText());
  const [region] = server.demo.regions;
  await server.ask('POST', '/api/v1/complaints', { category: 'pothole', description: 'For the numbers', latitude: region!.latitude, longitude: region!.longitude });
  await eventually('one more is open', async () => Number(await figure.innerText()) === before + 1);
  await visit.close();
});

test('an uploaded region is drawn at once, and a broken file is refused with words', async () => {
  const visit = await admin();
  const { page } = visit;
  await open(page, 'regions');
  await page.locator('path.region').first().waitFor();
  const drawn = await page.locator('path.region').count();
  await page.setInputFiles('#geojson', { name: 'broken.geojson', mimeType: 'application/geo+json', buffer: Buffer.from('{"type":') });
  await page.locator('.notice.danger').waitFor();
  const ring = [[7.6, 54.2], [7.61, 54.2], [7.61, 54.21], [7.6, 54.21], [7.6, 54.2]];
  const shape = { type: 'FeatureCollection', features: [{ type: 'Feature', id: 'new-island', properties: { id: 'new-island', name: 'New island' }, geometry: { type: 'Polygon', coordinates: [ring] } }] };
  await page.setInputFiles('#geojson', { name: 'island.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify(shape)) });
  await page.locator('.notice.good').waitFor();
  await eventually('it is on the map', async () => (await page.locator('path.region').count()) === drawn + 1);
  await visit.close();
});

test('an account is made, and deactivated after a question', async () => {
  const visit = await admin();
  const { page } = visit;
  await open(page, 'people');
  await page.getByRole('button', { name: 'New account' }).click();
  await page.fill('#person-name', '<b>Pia</b>');
  await page.fill('#person-email', 'pia@redress.example');
  await page.fill('#person-password', 'a long enough passphrase');
  await page.locator('dialog input[type=checkbox]').first().check();
  await visit.isAccessible('new account');
  await page.locator('dialog button[type=submit]').click();
  const row = page.locator('tr', { hasText: 'pia@redress.example' });
  await row.waitFor();
  await row.getByRole('button', { name: 'Deactivate' }).click();
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.match(await row.innerText(), /<b>Pia<\/b>[\s\S]*Active/);
  await row.getByRole('button', { name: 'Deactivate' }).click();
  await page.locator('dialog button[type=submit]').click();
  await row.getByText('Inactive').waitFor();
  await visit.close();
});

test('a faulty workflow is refused and changes nothing', async () => {
  const visit = await admin();
  const { page } = visit;
  await open(page, 'workflow');
  assert.ok((await page.locator('.graph .step').count()) > 5);
  await page.fill('#document', '{"nonsense": 1}');
  await page.locator('form button[type=submit]').click();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.notice.danger').waitFor();
  assert.equal(await page.inputValue('#document'), '{"nonsense": 1}');
  await visit.close();
});

test('a dry run counts and touches nothing', async () => {
  const visit = await admin();
  const { page } = visit;
  await open(page, 'retention');
  await page.locator('form.fields button[type=submit]').click();
  await page.locator('.notice', { hasText: 'Nothing was touched' }).waitFor();
  await visit.isAccessible('dry run');
  await visit.close();
});

test('a hold is placed and released', async () => {
  const [region] = server.demo.regions;
  const { id } = await server.ask<{ id: string }>('POST', '/api/v1/complaints', { category: 'pothole', description: 'To be held', latitude: region!.latitude, longitude: region!.longitude });
  const visit = await admin();
  const { page } = visit;
  await open(page, 'retention');
  await page.getByRole('button', { name: 'Place a hold' }).click();
  await page.fill('#hold-complaint', id);
  await page.fill('#hold-reason', 'Claim 17/26');
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('Claim 17/26').waitFor();
  const held = await server.ask<{ items: { complaint: string }[] }>('GET', '/api/v1/admin/holds', undefined, await token());
  assert.ok(held.items.some(({ complaint }) => complaint === id));
  await page.getByRole('button', { name: /Release the hold/ }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('Claim 17/26').waitFor({ state: 'detached' });
  await visit.close();
});

test('a session is seen, and ended after a question', async () => {
  const officer = await Visit.open(browser, server, '/board');
  await signIn(officer.page, server.demo.officers[0]!);
  await officer.page.locator('.list-pane').waitFor();
  const asAdmin = await token();
  await eventually('the officer is connected', async () => (await server.ask<{ connections: number }>('GET', '/api/v1/websocket/stats', undefined, asAdmin)).connections > 0);
  const visit = await admin();
  const { page } = visit;
  await open(page, 'sessions');
  const kick = page.getByRole('button', { name: /End the session of/ }).first();
  await kick.click();
  const ended = page.waitForResponse((answer) => answer.request().method() === 'DELETE' && answer.url().includes('/websocket/sessions/'));
  await page.locator('dialog button[type=submit]').click();
  assert.equal((await ended).status(), 204);
  await page.locator('dialog').waitFor({ state: 'detached' });
  await visit.close();
  await officer.page.context().close();
});

test('the tabs are gone through with the keyboard', async () => {
  const visit = await admin();
  const { page } = visit;
  await page.locator('nav.tabs a').first().focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('h1', { hasText: 'Sessions' }).waitFor();
  await visit.close();
});
