// The administrators' page in a browser: every tab, what it does, and that it can be used by everybody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { AdminStage, open, TABS } from './adminstage';
import { eventually } from './server';
import { Visit } from './visit';

let stage: AdminStage;
before(async () => {
  stage = await AdminStage.open(['--dashboards', 'https://grafana.example.org/dashboards']);
});
after(async () => stage?.close());

const admin = (options: BrowserContextOptions = {}): Promise<Visit> => stage.admin(options);

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
  const visit = await Visit.open(stage.browser, stage.server, '/admin');
  await stage.signIn(visit.page, stage.server.demo.officers[0]!);
  await visit.page.locator('a[href="/board"].button').waitFor();
  await visit.isAccessible('refused');
  await visit.close();
});

test('numbers follow a new complaint without reload', async () => {
  const visit = await admin();
  await open(visit.page, 'overview');
  const figure = visit.page.locator('.figures dd').first();
  const before = Number(await figure.innerText());
  const [region] = stage.server.demo.regions;
  await stage.server.ask('POST', '/api/v1/complaints', { category: 'pothole', description: 'For the numbers', latitude: region!.latitude, longitude: region!.longitude });
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
  assert.equal(await page.locator('.region-name').count(), drawn + 1);
  await page.locator('.region-name', { hasText: 'New island' }).waitFor();
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

test('a session is seen, and ended after a question', async () => {
  const officer = await Visit.open(stage.browser, stage.server, '/board');
  await stage.signIn(officer.page, stage.server.demo.officers[0]!);
  await officer.page.locator('.list-pane').waitFor();
  const asAdmin = await stage.token();
  await eventually('the officer is connected', async () => (await stage.server.ask<{ connections: number }>('GET', '/api/v1/websocket/stats', undefined, asAdmin)).connections > 0);
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

test('a category\'s questions are set line by line, and asked of who reports', async () => {
  const visit = await admin();
  const { page } = visit;
  await open(page, 'categories');
  await page.getByRole('button', { name: 'Change Noise' }).click();
  await page.fill('#category-hint', 'From when to when?\nIs it there now?');
  await page.fill('#category-radius', '120');
  await visit.isAccessible('category');
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('td', { hasText: 'Is it there now?' }).waitFor();
  const { categories } = await stage.server.ask<{ categories: { id: string; duplicate_radius_m: number }[] }>('GET', '/api/v1/categories');
  assert.equal(categories.find(({ id }) => id === 'noise')?.duplicate_radius_m, 120);
  const resident = await Visit.open(stage.browser, stage.server, '/');
  await resident.page.getByText('Noise', { exact: true }).click();
  assert.equal(await resident.page.locator('#description-hint').innerText(), 'From when to when?\nIs it there now?');
  await resident.close();
  await visit.close();
});

test('the audit trail is narrowed by who, what, when and to what', async () => {
  const id = await stage.reported('Audited');
  const asAdmin = await stage.token();
  await stage.server.ask('PUT', `/api/v1/complaints/${id}/hold`, { reason: 'Audited reason' }, asAdmin);
  const visit = await admin();
  const { page } = visit;
  await open(page, 'audit');
  const search = async (): Promise<void> => {
    const answered = page.waitForResponse((answer) => answer.url().includes('/admin/audit?'));
    await page.getByRole('button', { name: 'Search' }).click();
    assert.equal((await answered).status(), 200);
  };
  const rows = page.locator('main tbody tr');
  await page.fill('#audit-subject', id);
  await search();
  await eventually('the hold alone', async () => (await rows.count()) > 0 && (await rows.allInnerTexts()).every((text) => text.includes('/hold')));
  assert.equal(await rows.locator(`a[href="/board#${id}"]`).count(), await rows.count());
  await page.fill('#audit-action', 'DELETE');
  await search();
  await page.getByText('Nothing fits.').waitFor();
  await visit.isAccessible('nothing found');
  await page.getByRole('button', { name: 'Show all' }).click();
  await rows.nth(3).waitFor();
  await page.selectOption('#audit-by', { index: 1 });
  await page.fill('#audit-from', '2020-01-01T00:00');
  await page.fill('#audit-until', '2020-01-02T00:00');
  await search();
  await page.getByText('Nothing fits.').waitFor();
  await visit.close();
});

test('the system tab leads to the documentation, the metrics and the operator\'s dashboards', async () => {
  const visit = await admin();
  await open(visit.page, 'system');
  for (const path of ['/docs/', '/metrics', 'https://grafana.example.org/dashboards']) await visit.page.locator(`main a[href="${path}"]`).waitFor();
  await visit.close();
});

test('what people write is text in every tab', async () => {
  const hostile = '<img src=x onerror=alert(1)>"><script>alert(2)</script>';
  const asAdmin = await stage.token();
  const id = await stage.reported(hostile);
  const { server } = stage;
  await server.ask('POST', '/api/v1/admin/categories', { id: 'hostile', name: hostile, hint: hostile }, asAdmin);
  await server.ask('PATCH', '/api/v1/admin/regions/north', { name: hostile }, asAdmin);
  await server.ask('POST', '/api/v1/admin/accounts', { name: hostile, email: 'hostile@redress.example', password: 'a long enough passphrase', role: 'admin' }, asAdmin);
  await server.ask('PUT', `/api/v1/complaints/${id}/hold`, { reason: hostile }, { ...asAdmin, 'X-Reason': hostile });
  const visit = await admin();
  for (const tab of TABS) await open(visit.page, tab);
  await open(visit.page, 'retention');
  await visit.page.locator('td', { hasText: hostile }).last().waitFor();
  await open(visit.page, 'regions');
  await visit.page.locator('.region-name', { hasText: hostile }).waitFor();
  assert.equal(await visit.page.locator('img[src=x], main script').count(), 0);
  // A dialogue of a script, or a violation of the policy, fails here.
  await visit.close();
});
