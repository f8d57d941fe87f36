// Retention on the administrators' page: what would go, holds with an end, and a run that takes what is due.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { AdminStage, open } from './adminstage';
import { age } from './database';
import { eventually } from './server';

let stage: AdminStage;
before(async () => {
  stage = await AdminStage.open();
});
after(async () => stage?.close());

async function dryRun(page: Page, days: string): Promise<void> {
  await page.selectOption('#purge-status', 'closed');
  await page.fill('#purge-days', days);
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.locator('.notice', { hasText: 'Nothing was touched' }).waitFor();
}

test('a dry run names what would go, each opens on the board, and the run takes them and no other', async () => {
  const ids = [await stage.closed('Long over'), await stage.closed('Over for long')];
  const held = await stage.closed('Held for a court');
  const young = await stage.closed('Just over');
  const asAdmin = await stage.token();
  await stage.server.ask('PUT', `/api/v1/complaints/${held}/hold`, { reason: 'Court' }, asAdmin);
  for (const id of [...ids, held]) age(stage.server.folder, id, 500);
  const visit = await stage.admin();
  const { page } = visit;
  await open(page, 'retention');
  await dryRun(page, '400');
  await page.getByText('Would go now: 2. Due: 3. Held: 1.').waitFor();
  const columns = (): Promise<string[]> => page.getByRole('region', { name: 'Counts' }).locator('th').allTextContents();
  assert.deepEqual(await columns(), ['Status', 'Due', 'Held'], 'what a dry run knows');
  await page.locator('summary').click();
  for (const id of ids) await page.locator(`.ids a[href="/board#${id}"]`).waitFor();
  assert.equal(await page.locator(`.ids a[href="/board#${young}"]`).count(), 0);
  await visit.isAccessible('dry run');
  const opened = page.context().waitForEvent('page');
  await page.locator(`.ids a[href="/board#${ids[0]}"]`).click();
  const board = await opened;
  await board.locator('.detail', { hasText: 'Long over' }).waitFor();
  await board.close();

  await page.getByRole('button', { name: 'Remove them for good' }).click();
  await page.locator('dialog[open]').waitFor();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('.notice.good', { hasText: 'Done' }).waitFor();
  await visit.isAccessible('run over');
  assert.deepEqual(await columns(), ['Status', 'Due', 'Erased', 'Anonymised', 'Held', 'Failed']);
  const past = page.locator('section', { hasText: 'Past runs' }).locator('tbody tr');
  await eventually('it is among the runs', async () => /Administrator[\s\S]*Done[\s\S]*2/.test(await past.first().innerText()));
  const there = async (id: string) => (await fetch(`${stage.server.url}/api/v1/complaints/${id}`, { headers: asAdmin })).status;
  assert.deepEqual(await Promise.all([...ids, held, young].map(there)), [404, 404, 200, 200]);
  await visit.close();
});

test('a run that is under way is shown with its progress, also to who asks for another one', async () => {
  const id = await stage.closed('Due at the same time');
  age(stage.server.folder, id, 500);
  const visit = await stage.admin();
  const { page } = visit;
  // The run of somebody else, told as the server tells it, a step at a time.
  const run = (stage_: string, erased: number) => ({
    id: '00000000-0000-7000-8000-000000000001', stage: stage_, origin: 'schedule', asked_at: new Date().toISOString(), bytes_freed: 0, cut_offs: [],
    counts: { closed: { due: 4, erased, anonymised: 0, held: 0, spared: 0, failed: 0 } },
  });
  let step = 0;
  await page.route('**/retention/runs/*/events', (route) => {
    step += 1;
    const told = run(step < 3 ? 'running' : 'done', Math.min(4, step * 2));
    return route.fulfill({ contentType: 'text/event-stream', body: `event: run\ndata: ${JSON.stringify(told)}\n\n` });
  });
  await page.route('**/admin/purge?*', (route) => {
    if (route.request().url().includes('dry_run')) return route.continue();
    const body = { type: 'urn:redress:problem:run_under_way', title: 'x', status: 409, detail: 'another run', current: { run_id: run('running', 0).id } };
    return route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(body) });
  });
  await open(page, 'retention');
  await dryRun(page, '400');
  await page.getByRole('button', { name: 'Remove them for good' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('Another run is under way').waitFor();
  const progress = page.getByRole('progressbar', { name: 'Progress of the run' });
  await eventually('half of it is done', async () => (await progress.getAttribute('value')) === '2' && (await progress.getAttribute('max')) === '4');
  await visit.isAccessible('progress');
  await page.locator('.notice.good', { hasText: 'Done' }).waitFor();
  await progress.waitFor({ state: 'detached' });
  await visit.close();
});

test('a hold is placed with an end, changed to none, and released', async () => {
  const id = await stage.reported('To be held');
  const visit = await stage.admin();
  const { page } = visit;
  await open(page, 'retention');
  await page.getByRole('button', { name: 'Place a hold' }).click();
  await page.fill('#hold-complaint', id);
  await page.fill('#hold-reason', 'Claim 17/26');
  await page.fill('#hold-until', '2099-12-31');
  await visit.isAccessible('hold');
  await page.locator('dialog button[type=submit]').click();
  const row = page.locator('tr', { hasText: 'Claim 17/26' });
  await row.getByText(/31 Dec 2099/).waitFor();
  await row.getByText('In force').waitFor();
  await row.getByRole('button', { name: /Change the hold/ }).click();
  assert.equal(await page.inputValue('#hold-until'), '2099-12-31');
  await page.fill('#hold-until', '');
  await page.locator('dialog button[type=submit]').click();
  await row.getByText('until released').waitFor();
  await row.getByRole('button', { name: /Release the hold/ }).click();
  await page.locator('dialog button[type=submit]').click();
  await row.waitFor({ state: 'detached' });
  await visit.close();
});

test('the policy is set as a whole, and keeps what was not touched', async () => {
  const visit = await stage.admin();
  const { page } = visit;
  await open(page, 'retention');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.locator('select[aria-label="Region 4"]').selectOption('north');
  await page.locator('input[aria-label="Days 4"]').fill('365');
  await page.locator('select[aria-label="What happens 4"]').selectOption('anonymise');
  await page.fill('#policy-replay_days', '31');
  await page.getByRole('button', { name: 'Set the policy' }).click();
  await page.locator('dialog button[type=submit]').click();
  await page.getByText('The policy is set.').waitFor();
  type Policy = { rules: { region?: string; days: number; action: string }[]; replay_days: number; orphaned_photo_days: number };
  const policy = await stage.server.ask<Policy>('GET', '/api/v1/admin/retention', undefined, await stage.token());
  assert.deepEqual([policy.rules.length, policy.replay_days, policy.orphaned_photo_days], [4, 31, 7]);
  assert.deepEqual(policy.rules.filter(({ region }) => region === 'north').map(({ days, action }) => [days, action]), [[365, 'anonymise']]);
  await visit.close();
});
