// The whole story, on three pages at once and without a reload: reported, taken, resolved, contested, closed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage, action, openDetail, row } from './boardstage';
import { paint } from './photo';

test('from a report to its end, seen by resident and officer at once', async (context) => {
  const stage = await Stage.open();
  try {
    const board = await stage.board();
    const resident = await stage.page({ locale: 'en-GB' });
    await resident.goto(stage.server.url);
    await resident.getByText('Pothole', { exact: true }).click();
    await resident.locator('#description').fill('The hole of the story');
    const map = resident.locator('.leaflet-container');
    await map.scrollIntoViewIfNeeded();
    await map.locator('path.region').first().waitFor();
    const box = await map.boundingBox();
    await map.click({ position: { x: (box?.width ?? 0) / 2 + 5, y: (box?.height ?? 0) * 0.3 } });
    await resident.getByText('Chosen: North Side').waitFor();
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
    await resident.evaluate(() => Object.assign(globalThis, { isTheSame: true }));

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
    assert.equal(await resident.evaluate(() => 'isTheSame' in globalThis), true, 'without a reload');
  } finally {
    await stage.close();
  }
});
