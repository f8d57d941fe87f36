// The report page without a connection: what is reported waits on the device.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { paint } from './photo';
import { arrived, fillIn, ReportStage, send, waits } from './reportstage';
import { eventually } from './server';

let stage: ReportStage;
before(async () => {
  stage = await ReportStage.open();
});
after(() => stage?.close());

test('the page opens without a connection, and what is reported then is sent when it is back', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await page.locator('.tile').first().waitFor();
  await eventually('the page is kept', () => page.evaluate(async () => (await caches.match('/')) !== undefined));
  // As a proxy answers whose server is away.
  await page.route('**/api/v1/categories', (route) => route.fulfill({ status: 502 }));
  await page.reload();
  await page.locator('.tile').first().waitFor();
  await page.unroute('**/api/v1/categories');
  await page.context().setOffline(true);
  await page.reload();
  await fillIn(page, 'Tunnelling echo', 'Tunnel 1');
  await visit.isAccessible('opened without a connection');
  await send(page);
  await waits(page).waitFor();
  await page.reload();
  await page.locator('.words', { hasText: 'Tunnelling echo' }).waitFor();
  await page.context().setOffline(false);
  await arrived(page).waitFor();
  assert.equal((await stage.found('Tunnelling')).length, 1);
  await visit.close();
});

test('without a connection nothing is lost, and sent again it is one complaint', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await fillIn(page, 'Offlineness at night', 'Mill Lane');
  // The request arrives and its answer does not.
  await page.route('**/api/v1/complaints', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  const failed = page.waitForEvent('requestfailed', { predicate: (request) => request.method() === 'POST' });
  await send(page);
  await failed;
  await page.context().setOffline(true);
  await waits(page).waitFor();
  await page.locator('.queued-state', { hasText: 'Offline' }).waitFor();
  await visit.isAccessible('waiting');
  await visit.fits('waiting');
  // By itself.
  await page.context().setOffline(false);
  await arrived(page).waitFor();
  assert.equal((await stage.found('Offlineness')).length, 1);
  await visit.close();
});

test('a report during a restart of the server is sent by itself when it is back', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await fillIn(page, 'Restarted organ', 'Church');
  await stage.server.kill();
  await send(page);
  await waits(page).waitFor();
  await stage.server.run();
  // By itself, after a while.
  await arrived(page).waitFor();
  assert.equal((await stage.found('Restarted')).length, 1);
  await visit.close();
});

test('a report that waits outlives its tab, with its photos, and is sent when the page is opened again', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await fillIn(page, 'Outliving hum', 'Church');
  await page.locator('#photos').setInputFiles([{ name: 'hum.jpg', mimeType: 'image/jpeg', buffer: await paint(page, false) }]);
  await page.locator('.preview img').waitFor();
  await stage.server.kill();
  await send(page);
  await waits(page).waitFor();
  await page.getByText('1 photo goes with it').waitFor();
  await page.getByRole('button', { name: 'Report something else' }).click();
  await page.locator('.queue-bar', { hasText: 'Outliving hum' }).waitFor();
  assert.equal(await page.locator('#description').inputValue(), '');
  await visit.isAccessible('the form above which one waits');
  // What is begun meanwhile is not lost by a look at the one that waits.
  await page.locator('#description').fill('Begun meanwhile');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('button', { name: 'Change it' }).click();
  await page.getByText('What you have begun in the form is replaced').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Report something else' }).click();
  assert.equal(await page.locator('#description').inputValue(), 'Begun meanwhile');
  const later = await page.context().newPage();
  await page.close();
  await stage.server.run();
  await later.goto(stage.server.url);
  await arrived(later).waitFor();
  await later.locator('.uploads .sent').waitFor();
  const [complaint, ...more] = await stage.found('Outliving');
  assert.equal(more.length, 0);
  const { items } = await stage.server.ask<{ items: unknown[] }>('GET', `/api/v1/complaints/${complaint!.id}/photos`, undefined, await stage.server.officer());
  assert.equal(items.length, 1);
  // Until somebody has taken it, the way to the report is kept.
  await later.reload();
  await arrived(later).waitFor();
  await later.getByRole('button', { name: 'Report something else' }).click();
  await eventually('it is forgotten', async () => (await later.locator('.queue-bar').count()) === 0);
  await later.reload();
  await later.locator('.tile').first().waitFor();
  assert.equal(await later.locator('.queue-bar').count(), 0);
  await visit.close();
});

test('a report that waits can be changed or discarded, and what the server has against it is shown', async () => {
  const { latitude, longitude } = stage.server.demo.regions.find((it) => it.id === 'north')!;
  const visit = await stage.visit({ permissions: ['geolocation'], geolocation: { latitude, longitude } });
  const { page } = visit;
  const fill = async (words: string) => {
    await page.getByText('Graffiti', { exact: true }).click();
    await page.locator('#description').fill(words);
    await page.getByRole('button', { name: 'Use my location' }).click();
    await page.getByText('Chosen: North Side').waitFor();
  };
  await fill('Changed mind');
  await page.context().setOffline(true);
  await send(page);
  await page.getByRole('button', { name: 'Change it' }).click();
  assert.equal(await page.locator('#description').inputValue(), 'Changed mind');
  await page.locator('#description').fill('Changed paint');
  await send(page);
  // Meanwhile somebody else reports it.
  await stage.server.ask('POST', '/api/v1/complaints', { category: 'graffiti', description: 'The same paint', latitude, longitude });
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: 'Is it one of these?' }).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: /None of these/ }).click();
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await visit.isAccessible('discard?');
  await page.getByRole('button', { name: 'Yes, discard it' }).click();
  await page.locator('.tile').first().waitFor();
  assert.equal(await page.locator('#description').inputValue(), '');
  await page.context().setOffline(false);
  assert.equal((await stage.found('Changed')).length, 0);
  await visit.close();
});
