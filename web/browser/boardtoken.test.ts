// Tokens that end while somebody works on the board.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../live/tests/server.js';
import { Stage, action, live, openDetail, signIn } from './boardstage';

test('a token ends during work, and nobody notices', async () => {
  const stage = await Stage.open('--access-token-ttl', '12', '--token-grace', '3', '--ping-interval-ms', '2000');
  try {
    const page = await stage.board();
    const states: string[] = [];
    await page.exposeFunction('noted', (state: string) => states.push(state));
    await page.evaluate(() => {
      const noted = (window as unknown as { noted(state: string): void }).noted;
      const mark = document.querySelector('.connection');
      if (mark) new MutationObserver(() => noted(mark.getAttribute('data-state') ?? '')).observe(mark, { attributes: true });
    });
    const begin = Date.now();
    await until(60_000, () => Date.now() - begin > 28_000);
    const id = await stage.server.submit('After two tokens');
    await openDetail(page, id);
    await action(page, 'Acknowledge').click();
    await page.locator('.detail .status.acknowledged').waitFor();
    await until(5000, async () => (await page.locator('.mark.pending').count()) === 0, 'sent');
    assert.deepEqual(states, [], 'live all the time');
  } finally {
    await stage.close();
  }
});

test('who is logged out elsewhere is asked to sign in, and what waits is sent then', async () => {
  const stage = await Stage.open('--access-token-ttl', '12', '--token-grace', '3', '--ping-interval-ms', '2000');
  try {
    const page = await stage.board();
    const id = await stage.server.submit('Signed out');
    await openDetail(page, id);
    await page.context().setOffline(true);
    await page.locator('.connection[data-state=offline]').waitFor();
    await action(page, 'Acknowledge').click();
    await page.getByRole('button', { name: '1 waiting' }).waitFor();
    await page.context().clearCookies();
    await page.context().setOffline(false);
    await page.locator('#email').waitFor({ timeout: 30_000 });
    await page.getByText('1 action waits to be sent until you sign in.').waitFor();
    await signIn(page, stage.server);
    await live(page);
    const token = await stage.server.officer();
    const status = async (): Promise<string> => (await stage.server.ask<{ status: string }>('GET', `/complaints/${id}`, undefined, token)).status;
    await until(15_000, async () => (await status()) === 'acknowledged', 'sent');
  } finally {
    await stage.close();
  }
});
