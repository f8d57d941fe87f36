// What the board does beside the workflow's steps: corrections, giving, moving, merging, holds, and many complaints at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../live/tests/server.js';
import { Stage, action, further, live, openDetail, over, row, violations } from './boardstage';

let stage: Stage;
before(async () => {
  stage = await Stage.open('--ping-interval-ms', '2000');
});
after(async () => {
  await stage.close();
});

async function admin(): Promise<string> {
  const { email, password } = stage.server.demo.admin;
  return stage.server.login(email, password);
}

async function offline(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await page.locator('.connection[data-state=offline]').waitFor();
}

function form(page: Page, name: string): ReturnType<Page['locator']> {
  return page.getByRole('form', { name, exact: true });
}

/** The button that does what a form asks about. */
function go(page: Page): ReturnType<Page['locator']> {
  return page.locator('.why button[type=submit]');
}

test('a complaint is corrected: only what was changed is sent, and its place is picked on the map', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('A hole at the corner', { address: 'Quay 1' });
  await openDetail(page, id);
  await further(page, 'Correct').click();
  assert.equal(await go(page).isDisabled(), true, 'nothing was changed yet');
  await page.selectOption('#correct-severity', 'critical');
  await page.fill('#correct-description', 'A deep hole at the corner');
  assert.deepEqual(await violations(page), []);
  const sent: unknown[] = [];
  page.on('request', (request) => request.method() === 'PATCH' && sent.push(request.postDataJSON()));
  await go(page).click();
  await page.locator('.detail .severity.critical').waitFor();
  await until(10_000, async () => (await stage.stored(id)).severity === 'critical', 'corrected');
  assert.deepEqual(sent, [{ severity: 'critical', description: 'A deep hole at the corner', version: 1 }]);
  await page.locator('.history li', { hasText: 'Corrected: Severity, What is wrong' }).waitFor();
  await further(page, 'Correct').click();
  await page.getByRole('button', { name: 'Choose on the map' }).click();
  const box = await page.locator('.map').boundingBox();
  assert.ok(box);
  await page.mouse.click(box.x + 120, box.y + box.height / 2 + 60);
  await until(5000, async () => (await page.inputValue('#correct-latitude')) !== '54.129', 'picked');
  const picked = Number(await page.inputValue('#correct-latitude'));
  await page.fill('#correct-address', '');
  await go(page).click();
  await until(10_000, async () => Math.abs(((await stage.stored(id)).latitude ?? 0) - picked) < 1e-6, 'moved on the map');
  assert.equal((await stage.stored(id)).address, null, 'a place is replaced as a whole');
  await over(page);
});

test('a place that is none is said, and nothing is sent', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Nowhere');
  await openDetail(page, id);
  await further(page, 'Correct').click();
  for (const latitude of ['', 'north', '91']) {
    await page.fill('#correct-latitude', latitude);
    await go(page).click();
    await page.locator('.why .notice', { hasText: 'Give an address' }).waitFor();
  }
  await page.keyboard.press('Escape');
  await form(page, 'Correct').waitFor({ state: 'detached' });
  assert.equal((await stage.stored(id)).version, 1);
  await over(page);
});

test('a correction of what another one changed meanwhile is taken back, and can be made all the same', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Corrected twice');
  await openDetail(page, id);
  await offline(page);
  await further(page, 'Correct').click();
  await page.selectOption('#correct-severity', 'critical');
  await go(page).click();
  await page.locator('.detail .severity.critical').waitFor();
  await row(page, id).locator('.mark.pending').waitFor();
  await stage.server.ask('PATCH', `/complaints/${id}`, { severity: 'low' }, await stage.server.officer());
  await page.context().setOffline(false);
  const told = page.locator('.detail .stuck-deed');
  await told.waitFor({ timeout: 20_000 });
  await page.locator('.detail .severity.low').waitFor();
  await told.getByRole('button', { name: 'Do it all the same' }).click();
  await until(10_000, async () => (await stage.stored(id)).severity === 'critical', 'made');
  await over(page);
});

test('a complaint is given to another officer, who sees it as theirs', async () => {
  const olga = await stage.board(0);
  const id = await stage.server.submit('For Otto', { latitude: 54.099, longitude: 7.585 });
  await openDetail(olga, id);
  await further(olga, 'Give').click();
  const ottos = (name: string): Promise<void> => olga.locator('#give-to option', { hasText: name }).waitFor({ state: 'attached' });
  await ottos('Otto Officer');
  const otto = await stage.board(1);
  await ottos('Otto Officer (online)');
  await olga.selectOption('#give-to', { label: 'Otto Officer (online)' });
  await go(olga).click();
  await olga.locator('.facts', { hasText: 'Otto Officer' }).waitFor();
  await openDetail(otto, id);
  await otto.locator('.facts', { hasText: 'You' }).waitFor();
  await action(otto, 'Let go').waitFor();
  await over(olga);
  await over(otto);
});

test('a complaint is moved: it stays for who works in both regions, and goes for who does not', async () => {
  const [olga, otto] = [await stage.board(0), await stage.board(1)];
  const id = await stage.server.submit('Moves about');
  await openDetail(olga, id);
  await further(olga, 'Move').click();
  await olga.selectOption('#move-to', 'harbour');
  await olga.fill('#move-comment', 'It lies on your side');
  assert.deepEqual(await violations(olga), []);
  await go(olga).click();
  await row(otto, id).waitFor();
  await otto.evaluate((id) => {
    const kept = window as unknown as { most: number };
    kept.most = 1;
    new MutationObserver(() => (kept.most = Math.max(kept.most, document.querySelectorAll(`[id="row-${id}"]`).length))).observe(document.body, { childList: true, subtree: true });
  }, id);
  await olga.locator('.history li', { hasText: 'It lies on your side' }).waitFor();
  assert.equal(await row(olga, id).count(), 1);
  await further(olga, 'Move').click();
  await olga.selectOption('#move-to', 'old-town');
  await olga.locator('.why', { hasText: 'This region is not yours' }).waitFor();
  await go(olga).click();
  await row(olga, id).waitFor({ state: 'detached' });
  await olga.locator('.detail', { hasText: 'This complaint is in a region that is not yours.' }).waitFor();
  assert.equal((await stage.stored(id)).region, 'old-town');
  await row(otto, id).click();
  await otto.locator('.facts', { hasText: 'Old Town' }).waitFor();
  assert.equal(await otto.evaluate(() => (window as unknown as { most: number }).most), 1, 'it is never there twice');
  await over(olga);
  await over(otto);
});

test('a duplicate is merged into the one close by, and leads to it', async () => {
  const page = await stage.board();
  const place = { latitude: 54.1301, longitude: 7.6111 };
  const first = await stage.server.submit('The same leak, first', { category: 'water-leak', ...place });
  const second = await stage.server.submit('The same leak, again', { category: 'water-leak', ...place });
  await openDetail(page, second);
  await further(page, 'Merge').click();
  const candidate = page.locator('.candidate').first();
  assert.match((await candidate.textContent()) ?? '', /0 m away.*The same leak, first/);
  await page.fill('#merge-words', 'leak, first');
  await until(5000, async () => (await page.locator('.candidate').count()) === 1, 'found by words');
  await candidate.locator('input').check();
  assert.deepEqual(await violations(page), []);
  await go(page).click();
  await row(page, second).waitFor({ state: 'detached' });
  const { status, duplicate_of } = await stage.stored(second);
  assert.deepEqual([status, duplicate_of], ['closed', first]);
  assert.equal((await stage.stored(first)).supporters, 1);
  await page.locator('.facts a').click();
  await page.locator('.detail .description', { hasText: 'The same leak, first' }).waitFor();
  await page.locator('.history li', { hasText: 'A duplicate was merged into it' }).waitFor();
  await over(page);
});

test('what is put on hold may have an end', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Waits for parts');
  await stage.server.ask('PATCH', `/complaints/${id}/status`, { action: 'acknowledge' }, await stage.server.officer());
  await openDetail(page, id);
  await action(page, 'Put on hold').click();
  await page.fill('#why', 'Parts are ordered');
  const end = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 11) + '08:30';
  await page.fill('#why-end', end);
  assert.deepEqual(await violations(page), []);
  await go(page).click();
  await page.locator('.detail .status.on_hold').waitFor();
  await page.locator('.facts', { hasText: 'Wakes up' }).waitFor();
  await until(10_000, async () => (await stage.stored(id)).status === 'on_hold', 'held');
  const kept = new Date((await stage.stored(id)).hold_until ?? '').getTime();
  assert.equal(kept, await page.evaluate((text) => new Date(text).getTime(), end), 'in the zone of the viewer');
  await over(page);
});

test('a legal hold is shown as long as it is there', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('Held');
  const token = await admin();
  await openDetail(page, id);
  assert.equal(await page.locator('.mark.hold').count(), 0);
  await stage.server.ask('PUT', `/complaints/${id}/hold`, { reason: 'Claim for damages 17/26' }, token);
  await page.locator('.mark.hold', { hasText: 'Legal hold' }).waitFor();
  await page.locator('.facts', { hasText: 'Claim for damages 17/26' }).waitFor();
  await page.locator('.history li', { hasText: 'Legal hold placed' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await stage.server.ask('DELETE', `/complaints/${id}/hold`, undefined, token);
  await page.locator('.mark.hold').waitFor({ state: 'detached' });
  await over(page);
});

test('only what this person may do is offered', async () => {
  const [olga, someone] = [await stage.board(0), await stage.board(9)];
  const id = await stage.server.submit('Resolved already');
  await openDetail(olga, id);
  assert.equal(await further(olga, 'Merge').count(), 1);
  await stage.server.ask('PATCH', `/complaints/${id}/status`, { action: 'resolve', comment: 'done' }, await stage.server.officer());
  await action(olga, 'Reopen').waitFor();
  assert.equal(await olga.locator('.more').count(), 0);
  await someone.goto(`${stage.server.url}/board#${id}`);
  await further(someone, 'Correct').waitFor();
  assert.equal(await someone.locator('.more button').count(), 1, 'an admin corrects it at any time');
  await over(olga);
  await over(someone);
});

/** Narrows the list to what has these words, and waits until as many are shown. */
async function only(page: Page, words: string, count: number): Promise<void> {
  await page.fill('#search', words);
  await until(10_000, async () => (await page.locator('.complaint').count()) === count, `${count} are shown`);
}

test('several complaints are picked with the keyboard alone, and acknowledged at once', async () => {
  const page = await stage.board();
  const ids: string[] = [];
  for (const number of [1, 2, 3]) ids.push(await stage.server.submit(`Round one, number ${number}`));
  await stage.server.ask('PATCH', `/complaints/${ids[0]}/status`, { action: 'acknowledge' }, await stage.server.officer());
  await page.locator(`#row-${ids[0]} .status.acknowledged`).waitFor();
  await only(page, 'round one', 3);
  await page.locator('#list').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('x');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await page.locator('.bulk', { hasText: '2 selected' }).waitFor();
  await page.keyboard.press('Control+a');
  await page.locator('.bulk', { hasText: '3 selected' }).waitFor();
  const acknowledge = page.locator('.bulk').getByRole('button', { name: 'Acknowledge (2)' });
  await acknowledge.waitFor();
  assert.deepEqual(await violations(page), []);
  for (let step = 0; step < 10 && !(await acknowledge.evaluate((it) => it === document.activeElement)); step += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.toast', { hasText: '2 of 2 were done.' }).waitFor();
  for (const id of ids) assert.equal((await stage.stored(id)).status, 'acknowledged');
  assert.equal(await page.locator('.bulk').count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'list');
  await over(page);
});

test('of many that wait for a network those that are refused are shown one by one, and the rest is done', async () => {
  const page = await stage.board();
  const ids: string[] = [];
  for (const number of [1, 2, 3]) ids.push(await stage.server.submit(`Round two, number ${number}`));
  const [gone = '', one = '', other = ''] = ids;
  await only(page, 'round two', 3);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  for (const id of ids) await row(page, id).click();
  // The rules are known before the network goes.
  await page.locator('.bulk').getByRole('button', { name: 'Reject', exact: true }).click();
  await offline(page);
  await page.fill('#bulk-why', 'Not ours');
  await go(page).click();
  for (const id of ids) await row(page, id).locator('.mark.pending').waitFor();
  await page.getByRole('button', { name: '1 waiting' }).click();
  await page.locator('.outbox', { hasText: '3 complaints' }).waitFor();
  await page.keyboard.press('Escape');
  const token = await stage.server.officer();
  await stage.server.ask('PATCH', `/complaints/${gone}/status`, { action: 'resolve', comment: 'done' }, token);
  await page.context().setOffline(false);
  await live(page);
  await page.locator('.toast', { hasText: '2 of 3 were done.' }).waitFor({ timeout: 20_000 });
  for (const id of [one, other]) assert.equal((await stage.stored(id)).status, 'rejected');
  assert.equal((await stage.stored(gone)).status, 'resolved');
  await page.getByRole('button', { name: '1 not done' }).click();
  const told = page.locator('.outbox .stuck-deed');
  assert.match((await told.textContent()) ?? '', /“Reject” was not done/);
  await told.getByRole('button', { name: 'Leave it so' }).click();
  await until(5000, async () => (await page.locator('.stuck-deed').count()) === 0, 'left');
  await over(page);
});

test('many that were done although the answer was lost are done once', async () => {
  const page = await stage.board();
  const ids: string[] = [];
  for (const number of [1, 2]) ids.push(await stage.server.submit(`Round three, number ${number}`));
  let sent = 0;
  await page.route('**/complaints/bulk', async (route) => {
    sent += 1;
    if (sent > 1) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await only(page, 'round three', 2);
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.locator('.bulk').getByRole('button', { name: 'All' }).click();
  await page.locator('.bulk').getByRole('button', { name: 'Acknowledge', exact: true }).click();
  // Before the first is sent, nothing waits yet.
  await until(20_000, async () => sent > 1 && (await page.getByRole('button', { name: / waiting$/ }).count()) === 0, 'all sent');
  for (const id of ids) assert.deepEqual([(await stage.stored(id)).status, (await stage.stored(id)).version], ['acknowledged', 2]);
  assert.equal(await page.getByRole('button', { name: /not done/ }).count(), 0);
  await over(page);
});

test('many are moved to another region, and commented on', async () => {
  const page = await stage.board();
  const ids: string[] = [];
  for (const number of [1, 2]) ids.push(await stage.server.submit(`Round four, number ${number}`));
  const pick = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Select', exact: true }).click();
    await page.locator('.bulk').getByRole('button', { name: 'All' }).click();
  };
  await only(page, 'round four', 2);
  await pick();
  await page.locator('.bulk').getByRole('button', { name: 'Comment' }).click();
  await page.fill('#bulk-comment', 'Seen on the round');
  await go(page).click();
  await page.locator('.toast', { hasText: '2 of 2 were done.' }).waitFor();
  await pick();
  await page.locator('.bulk').getByRole('button', { name: 'Move' }).click();
  await page.selectOption('#bulk-move-to', 'harbour');
  assert.deepEqual(await violations(page), []);
  await go(page).click();
  await until(10_000, async () => (await Promise.all(ids.map((id) => stage.stored(id)))).every(({ region }) => region === 'harbour'), 'moved');
  await until(10_000, async () => (await page.locator('.complaint').count()) === 2, 'both are still listed');
  await openDetail(page, ids[0] ?? '');
  await page.locator('.comments .said', { hasText: 'Seen on the round' }).waitFor();
  await over(page);
});
