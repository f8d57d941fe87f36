// The board in a browser: what officers see and do, and what happens when something breaks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../live/tests/server.js';
import { Stage, action, kept, live, openDetail, over, row, violations } from './boardstage';

/** A red pixel, as a GIF. */
const PIXEL = Buffer.from('R0lGODdhAQABAIAAAP8AAP///ywAAAAAAQABAAACAkQBADs=', 'base64');

let stage: Stage;
before(async () => {
  stage = await Stage.open('--ping-interval-ms', '2000');
});
after(async () => {
  await stage.close();
});

test('a complaint is on the board at once, and moves to its end there', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Story: a hole');
  await row(page, id).waitFor({ timeout: 5000 });
  await openDetail(page, id);
  await action(page, 'Take').click();
  await action(page, 'Let go').waitFor();
  await action(page, 'Start').click();
  await page.locator('.detail .status.in_progress').waitFor();
  await page.fill('#comment', 'A crew is on its way');
  await page.locator('.detail label.check').click();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.comments li.public', { hasText: 'A crew is on its way' }).waitFor();
  await page.setInputFiles('.detail input[type=file]', { name: 'after.gif', mimeType: 'image/gif', buffer: PIXEL });
  await page.locator('.photos img').waitFor({ timeout: 20_000 });
  await until(5000, () => page.locator('.photos img').evaluate((image) => (image as HTMLImageElement).naturalWidth > 0), 'the picture');
  await action(page, 'Resolve').click();
  await page.fill('#why', 'Filled');
  await page.locator('.why button[type=submit]').click();
  await page.locator('.detail .status.resolved').waitFor();
  await row(page, id).waitFor({ state: 'detached' });
  assert.equal((await stage.stored(id)).status, 'resolved');
  await page.locator('.history li', { hasText: 'In progress → Resolved' }).waitFor();
  await over(page);
});

test('a contested resolution comes back to the board', async () => {
  const page = await stage.board();
  const submitted = await stage.server.ask<{ id: string; tracking_token: string }>('POST', '/complaints', {
    category: 'pothole', description: 'Contested hole', latitude: 54.129, longitude: 7.602,
  });
  const token = await stage.server.officer();
  await stage.server.ask('PATCH', `/complaints/${submitted.id}/status`, { action: 'resolve', comment: 'done' }, token);
  await row(page, submitted.id).waitFor({ state: 'detached' });
  const answer = await fetch(`${stage.server.url}/api/v1/complaints/${submitted.id}/status`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', 'X-Tracking-Token': submitted.tracking_token },
    body: JSON.stringify({ action: 'contest', comment: 'It still drips' }),
  });
  assert.equal(answer.status, 200);
  await row(page, submitted.id).waitFor();
  await over(page);
});

test('of two officers the slower one is told, sees how it is now, and can go on', async () => {
  const [olga, otto] = [await stage.board(0), await stage.board(1)];
  const id = await stage.server.submit('Two officers', { latitude: 54.099, longitude: 7.585 });
  await openDetail(olga, id);
  await openDetail(otto, id);
  // Otto's browser hears of nothing while Olga takes it.
  await otto.route('**/complaints/*/assignee', async (route) => {
    await olga.evaluate(() => document.querySelector<HTMLElement>('.actions button.primary')?.click());
    await until(10_000, async () => (await stage.stored(id)).assignee !== null, 'taken by Olga');
    await route.continue();
  });
  await action(otto, 'Take').click();
  const told = otto.locator('.detail .stuck-deed');
  await told.waitFor();
  assert.match((await told.textContent()) ?? '', /“Take” was not done/);
  await otto.locator('.facts', { hasText: 'Olga Officer' }).waitFor();
  await otto.unroute('**/complaints/*/assignee');
  assert.deepEqual(await violations(otto), []);
  await told.getByRole('button', { name: 'Do it all the same' }).click();
  await action(otto, 'Let go').waitFor();
  await told.waitFor({ state: 'detached' });
  await olga.locator('.facts', { hasText: 'Otto Officer' }).waitFor();
  await over(olga);
  await over(otto);
});

test('others see who is online and on the way', async () => {
  const [olga, otto] = [await stage.board(0), await stage.board(1)];
  const id = await stage.server.submit('On the way', { latitude: 54.099, longitude: 7.585 });
  await olga.locator('.people', { hasText: 'Otto Officer' }).waitFor();
  await openDetail(olga, id);
  await openDetail(otto, id);
  await action(olga, 'On my way').click();
  await otto.locator('.detail', { hasText: 'Olga Officer is on the way until' }).waitFor();
  await row(otto, id).locator('.mark.way').waitFor();
  await olga.locator('.actions button[aria-pressed=true]').click();
  await action(otto, 'On my way').waitFor();
  await over(olga);
  await over(otto);
});

test('actions made without a network wait, are shown, and are sent when it is back', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Offline');
  await openDetail(page, id);
  await page.context().setOffline(true);
  await page.locator('.connection[data-state=offline]').waitFor();
  await action(page, 'Acknowledge').click();
  await page.locator('.detail .status.acknowledged').waitFor();
  await row(page, id).locator('.mark.pending').waitFor();
  await page.fill('#comment', 'Written in a tunnel');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('button', { name: '2 waiting' }).waitFor();
  assert.equal((await stage.stored(id)).status, 'reported');
  assert.deepEqual(await violations(page), []);
  await page.context().setOffline(false);
  await live(page);
  await until(20_000, async () => (await stage.stored(id)).status === 'acknowledged', 'sent');
  await page.locator('.comments li:not(.waiting)', { hasText: 'Written in a tunnel' }).waitFor();
  assert.equal(await page.locator('.comments li').count(), 1, 'once');
  await over(page);
});

test('of two steps of one tap neither is shown as done when the first is refused', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Taken back');
  await openDetail(page, id);
  await page.context().setOffline(true);
  await page.locator('.connection[data-state=offline]').waitFor();
  await action(page, 'Take & Start').click();
  await page.locator('.detail .status.in_progress').waitFor();
  await stage.server.ask('PATCH', `/complaints/${id}`, { severity: 'high' }, await stage.server.officer());
  await page.context().setOffline(false);
  const told = page.locator('.detail .stuck-deed');
  await told.waitFor({ timeout: 20_000 });
  await page.locator('.detail .status.reported').waitFor();
  assert.match((await told.textContent()) ?? '', /It is now: Reported, with: Nobody/);
  await told.getByRole('button', { name: 'Do it all the same' }).click();
  await until(15_000, async () => (await stage.stored(id)).status === 'in_progress', 'both were done');
  await page.locator('.stuck-deed').waitFor({ state: 'detached' });
  await over(page);
});

test('an answer that is lost on the way is not taken for a refusal, and nothing is done twice', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Cut in the middle');
  await openDetail(page, id);
  for (const path of ['comments', 'status']) {
    let isFirst = true;
    await page.route(`**/complaints/*/${path}`, async (route) => {
      if (!isFirst || route.request().method() === 'GET') return route.continue();
      isFirst = false;
      await route.fetch();
      await route.abort('connectionreset');
    });
  }
  await action(page, 'Acknowledge').click();
  await page.fill('#comment', 'Only once');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.comments li:not(.waiting)', { hasText: 'Only once' }).waitFor({ timeout: 20_000 });
  await until(20_000, async () => (await page.getByRole('button', { name: / waiting$/ }).count()) === 0, 'all sent');
  assert.equal(await page.locator('.stuck-deed').count(), 0);
  assert.equal((await stage.stored(id)).status, 'acknowledged');
  const token = await stage.server.officer();
  const { items } = await stage.server.ask<{ items: unknown[] }>('GET', `/complaints/${id}/comments`, undefined, token);
  assert.equal(items.length, 1);
  await over(page);
});

test('what was kept is shown when the page is opened without a network, and a report waits', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Kept for later');
  await openDetail(page, id);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await until(15_000, () => page.evaluate(async () => (await caches.match('/board')) !== undefined), 'the page is kept');
  await page.waitForFunction(
    async (wanted) => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('redress-board');
        request.onsuccess = () => resolve(request.result);
      });
      const read = database.transaction('details').objectStore('details').getKey(wanted);
      return new Promise((resolve) => (read.onsuccess = () => resolve(read.result !== undefined)));
    },
    id,
  );
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await until(5000, async () => (await page.locator('.complaint').count()) > 0);
  await page.context().setOffline(true);
  await page.reload();
  await page.locator('.connection[data-state=offline]').waitFor();
  await page.locator('.detail .description', { hasText: 'Kept for later' }).waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  await page.fill('#report-description', 'Reported in a tunnel');
  await page.fill('#report-address', 'Tunnel 1');
  assert.deepEqual(await violations(page), []);
  await page.locator('dialog button[type=submit]').click();
  await page.getByRole('button', { name: '1 waiting' }).waitFor();
  await page.context().setOffline(false);
  await live(page);
  await page.locator('.complaint', { hasText: 'Reported in a tunnel' }).waitFor();
  await over(page);
});

test('the server is killed and started again while the board is open', async () => {
  const page = await stage.board();
  const before = await stage.server.submit('Before the kill');
  await row(page, before).waitFor();
  await page.evaluate(() => ((window as unknown as { mark: number }).mark = 1));
  await stage.server.kill();
  await page.locator('.connection[data-state=offline]').waitFor();
  assert.match((await page.locator('.connection').textContent()) ?? '', /Offline since/);
  await stage.server.begin();
  const later = await stage.server.submit('After the kill');
  await live(page);
  await row(page, later).waitFor();
  await row(page, before).waitFor();
  assert.equal(await page.evaluate(() => (window as unknown as { mark: number }).mark), 1, 'without a reload');
  await over(page);
});

test('what people write is text wherever it is shown', async () => {
  const payloads = ['<img src=x onerror="window.hacked=1">', '"><script>window.hacked=1</script>', 'javascript:window.hacked=1', '{{constructor.constructor("window.hacked=1")()}}'];
  const page = await stage.board();
  const said: string[] = [];
  page.on('dialog', (dialog) => (said.push(dialog.message()), void dialog.dismiss()));
  const token = await stage.server.officer();
  for (const payload of payloads) {
    const id = await stage.server.submit(payload, { address: payload });
    await stage.server.ask('POST', `/complaints/${id}/comments`, { text: payload, visibility: 'public' }, token);
    await openDetail(page, id);
    await page.locator('.comments .said', { hasText: payload }).waitFor();
    assert.equal(await page.locator('.detail .description').textContent(), payload);
  }
  await page.setInputFiles('.detail input[type=file]', { name: `${payloads[0]}.gif`, mimeType: 'image/gif', buffer: PIXEL });
  await page.locator('.photos img').waitFor({ timeout: 20_000 });
  assert.equal(await page.evaluate(() => 'hacked' in window), false);
  assert.deepEqual(said, []);
  await over(page);
});

test('of two tabs one keeps what is open, and the other one goes on when it is closed', async () => {
  const first = await stage.board();
  const second = await first.context().newPage();
  await second.goto(`${stage.server.url}/board`);
  await live(second);
  const both = await stage.server.submit('For both tabs');
  await row(second, both).waitFor();
  await first.close();
  const late = await stage.server.submit('For the second tab');
  await row(second, late).waitFor();
  const token = await stage.server.officer();
  const regions = ['north', 'harbour'].map((region) => stage.server.ask<{ complaints: { id: string }[] }>('GET', `/regions/${region}/snapshot`, undefined, token));
  const open = (await Promise.all(regions)).flatMap(({ complaints }) => complaints);
  const sorted = (all: { id: string }[]): string[] => all.map((one) => JSON.stringify(one)).sort();
  assert.deepEqual(sorted(await kept(second)), sorted(open));
  await over(second);
});

test('an admin sees all regions and takes nothing; signing out leaves nothing behind', async () => {
  const page = await stage.board(9);
  const id = await stage.server.submit('For the admin', { latitude: 54.099, longitude: 7.61783 });
  await openDetail(page, id);
  assert.equal(await action(page, 'Take').count(), 0);
  await action(page, 'Acknowledge').click();
  await until(10_000, async () => (await page.locator('.mark.pending').count()) === 0 && (await page.locator('.detail .status.acknowledged').count()) === 1);
  await page.getByRole('button', { name: /Account and settings/ }).click();
  await page.getByRole('button', { name: /Sign out/ }).click();
  await page.locator('#email').waitFor();
  assert.deepEqual(await kept(page), []);
  await over(page);
});
