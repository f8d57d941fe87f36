// The whole story, on all pages at once and without a reload: reported, taken, resolved, contested, closed, removed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { Stage, action, openDetail, row, signIn } from './boardstage';
import { age } from './database';
import { paint } from './photo';
import { number } from '../src/number';

/** Fills the report page for a pothole a little beside the middle of the northern region. */
async function fillReport(page: Page, url: string, words: string): Promise<void> {
  await page.goto(url);
  await page.getByText('Pothole', { exact: true }).click();
  await page.locator('#description').fill(words);
  const map = page.locator('.leaflet-container');
  await map.scrollIntoViewIfNeeded();
  await map.locator('path.region').first().waitFor();
  const box = await map.boundingBox();
  await map.click({ position: { x: (box?.width ?? 0) / 2 + 5, y: (box?.height ?? 0) * 0.3 } });
  await page.getByText('Chosen: North Side').waitFor();
}

async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(globalThis, { isTheSame: true }));
}

/** No officer: the administrator signs in. */
const NOBODY = -1;

test('from a report to its end, seen by resident and officer at once', async (context) => {
  const stage = await Stage.open();
  try {
    const board = await stage.board();
    await mark(board);
    const resident = await stage.page({ locale: 'en-GB' });
    await fillReport(resident, stage.server.url, 'The hole of the story');
    await resident.locator('#photos').setInputFiles([{ name: 'hole.jpg', mimeType: 'image/jpeg', buffer: await paint(resident, false) }]);
    await resident.locator('.preview img').first().waitFor();
    const answered = resident.waitForResponse((answer) => answer.url().endsWith('/complaints') && answer.status() === 201);
    await resident.getByRole('button', { name: 'Send the report' }).click();
    const { id } = (await (await answered).json()) as { id: string };
    const begin = Date.now();
    await row(board, id).waitFor();
    context.diagnostic(`on the board ${Date.now() - begin} ms after the answer`);

    await openDetail(board, id);
    await board.locator('.photos img').waitFor({ timeout: 20_000 });
    await resident.getByRole('link', { name: 'Follow your report' }).click();
    await resident.getByText('The hole of the story').waitFor();
    await mark(resident);

    // A neighbour is about to report the same, and leaves the list of what is close by open.
    const neighbour = await stage.page({ locale: 'en-GB' });
    await fillReport(neighbour, stage.server.url, 'The hole of the neighbour');
    await neighbour.getByRole('button', { name: 'Send the report' }).click();
    const meToo = neighbour.locator('.near li', { hasText: number(id) });
    await meToo.waitFor();
    await mark(neighbour);

    await action(board, 'Take & Start').click();
    await resident.locator('.status.in_progress').waitFor();
    await board.fill('#comment', 'A crew is on its way');
    await board.locator('.detail label.check').click();
    await board.getByRole('button', { name: 'Send' }).click();
    await resident.getByText('A crew is on its way').waitFor();
    await board.selectOption('#photo-kind', 'after');
    await board.setInputFiles('.detail input[type=file]', { name: 'mended.jpg', mimeType: 'image/jpeg', buffer: await paint(board, true) });
    await board.locator('.photos img').nth(1).waitFor({ timeout: 20_000 });
    await action(board, 'Resolve').click();
    await board.fill('#why', 'Filled');
    await board.locator('.why button[type=submit]').click();
    await resident.locator('.gallery img').nth(1).waitFor({ timeout: 20_000 });

    await resident.getByRole('button', { name: 'No, it is not' }).click();
    await resident.locator('#contest').fill('It is back');
    await resident.getByRole('button', { name: 'Reopen the report' }).click();
    await row(board, id).waitFor();
    await board.locator('.detail .status.in_progress').waitFor();
    await board.locator('.history', { hasText: 'It is back' }).waitFor();
    await action(board, 'Resolve').click();
    await board.fill('#why', 'Filled for good');
    await board.locator('.why button[type=submit]').click();
    await resident.getByRole('button', { name: 'Yes, it is fixed' }).click();
    await board.locator('.detail .status.closed').waitFor();
    await resident.locator('.status.closed').waitFor();
    await meToo.waitFor({ state: 'detached' });

    // What waits for a day in real life: its end is two days ago.
    age(stage.server.folder, id, 2);
    const admin = await stage.page({ locale: 'en-GB' });
    await admin.goto(`${stage.server.url}/admin#retention`);
    await signIn(admin, stage.server, NOBODY);
    await admin.selectOption('#purge-status', 'closed');
    await admin.fill('#purge-days', '1');
    await admin.getByRole('button', { name: 'Dry run' }).click();
    await admin.locator('summary').click();
    await admin.locator(`.ids a[href="/board#${id}"]`).waitFor();
    await mark(admin);
    // One more who looks at it, from the list of the closed.
    const second = await stage.board();
    await second.goto(`${stage.server.url}/board#${id}`);
    await second.locator('.detail .status.closed').waitFor();
    await mark(second);
    await admin.getByRole('button', { name: 'Remove them for good' }).click();
    await admin.locator('dialog button[type=submit]').click();
    await admin.locator('.notice.good', { hasText: 'Done' }).waitFor();
    await admin.locator('.ids').waitFor({ state: 'detached' });
    await admin.getByRole('button', { name: 'Dry run' }).click();
    await admin.locator('.notice', { hasText: 'Nothing was touched' }).waitFor();
    assert.equal(await admin.locator(`a[href="/board#${id}"]`).count(), 0);

    await resident.getByRole('heading', { name: 'There is no report here' }).waitFor({ timeout: 30_000 });
    for (const page of [board, second]) {
      await page.getByText('The hole of the story').waitFor({ state: 'detached' });
      assert.equal(await page.locator(`#row-${id}, [data-id="${id}"]`).count(), 0);
    }
    for (const page of [board, resident, neighbour, admin, second]) {
      assert.equal(await page.evaluate(() => 'isTheSame' in globalThis), true, 'without a reload');
    }
  } finally {
    await stage.close();
  }
});
