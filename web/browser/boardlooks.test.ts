// How the board looks: axe and widths in every state, installing, sound and notification.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { until } from '../live/tests/server.js';
import { Stage, action, live, over, overflow, row, signIn, violations } from './boardstage';

let stage: Stage;
before(async () => {
  stage = await Stage.open();
  for (const description of ['A hole', 'A deeper hole']) await stage.server.submit(description);
});
after(async () => {
  await stage.close();
});

test('the keyboard alone is enough', async () => {
  const page = await stage.board();
  const id = await stage.server.submit('By keyboard', { severity: 'critical' });
  await row(page, id).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('By keyboard');
  await until(5000, async () => (await page.locator('.complaint').count()) === 1, 'found');
  // Past the filters and the selection.
  for (const _ of [1, 2, 3]) await page.keyboard.press('Tab');
  await until(2000, () => page.evaluate(() => document.activeElement?.id === 'list'), 'the list has the focus');
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await action(page, 'Take').waitFor();
  await until(2000, () => page.evaluate(() => document.activeElement?.id === 'detail-heading'), 'the heading has the focus');
  for (const _ of [1, 2]) await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Take');
  await page.keyboard.press('Enter');
  await action(page, 'Let go').waitFor();
  await page.keyboard.press('Tab');
  await until(2000, () => page.evaluate(() => document.activeElement?.closest('.actions') !== null), 'the focus is kept');
  await byKeyboard(page, 'Move');
  await until(2000, () => page.evaluate(() => document.activeElement?.id === 'move-to'), 'the question has the focus');
  await page.keyboard.press('Escape');
  await until(2000, () => page.evaluate(() => document.activeElement?.classList.contains('more') ?? false), 'back at the buttons');
  await byKeyboard(page, 'Correct');
  await until(2000, () => page.evaluate(() => document.activeElement?.id === 'correct-category'), 'the question has the focus');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowUp');
  await byKeyboard(page, 'Save');
  await page.locator('.history li', { hasText: 'Severity: Critical → High' }).waitFor();
  await until(2000, () => page.evaluate(() => document.activeElement?.classList.contains('more') ?? false), 'back at the buttons again');
  await page.keyboard.press('Escape');
  await until(2000, () => page.evaluate(() => document.activeElement?.id === 'list'), 'back in the list');
  await over(page);
});

/** Goes on with Tab until the button of that name has the focus, and presses it. */
async function byKeyboard(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.textContent)) === name) return page.keyboard.press('Enter');
  }
  assert.fail(`${name} is not reached`);
}

test('the board can be installed, and says by sound and notification what came when it was asked to', async () => {
  const page = await stage.page({ permissions: ['notifications'] });
  await page.addInitScript(() => {
    const told = ((window as unknown as { told: string[] }).told = []) as string[];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when) {
      told.push('sound');
      start.call(this, when);
    };
    ServiceWorkerRegistration.prototype.showNotification = async (title, more) => void told.push(`${title}: ${more?.body}`);
    Object.defineProperty(Document.prototype, 'hidden', { get: () => true });
  });
  const told = (): Promise<string[]> => page.evaluate(() => (window as unknown as { told: string[] }).told);
  await page.goto(`${stage.server.url}/board`);
  await signIn(page, stage.server);
  await live(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = (await session.send('Page.getInstallabilityErrors')) as { installabilityErrors: { errorId: string }[] };
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId).filter((error) => error !== 'in-incognito'), []);
  await stage.server.submit('Unheard');
  await page.locator('.complaint', { hasText: 'Unheard' }).first().waitFor();
  assert.deepEqual(await told(), [], 'nothing that nobody asked for');
  await page.getByRole('button', { name: /Account and settings/ }).click();
  assert.deepEqual(await violations(page), []);
  await page.getByLabel('Sound for new complaints').check();
  await page.getByLabel('Notification while this page is hidden').check();
  await page.keyboard.press('Escape');
  // One sound in three seconds, however many come.
  await until(20_000, async () => {
    await stage.server.submit('Heard <b>');
    await new Promise((resolve) => setTimeout(resolve, 500));
    return (await told()).some((line) => line === 'Pothole · Medium: Heard <b>');
  }, 'told');
  assert.ok((await told()).filter((line) => line === 'sound').length >= 4);
  await over(page);
});

/** How far the regions' middle is from the middle of what can be seen of the map, from side to side; pixels. */
async function offCentre(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll('path.region')].map((path) => path.getBoundingClientRect());
    const middle = (Math.min(...all.map(({ left }) => left)) + Math.max(...all.map(({ right }) => right))) / 2;
    const map = document.querySelector('.map')!.getBoundingClientRect();
    const detail = document.querySelector('.detail')?.getBoundingClientRect();
    const [left, right] = [detail && detail.left <= map.left ? detail.right : map.left, detail && detail.right >= map.right ? detail.left : map.right];
    return Math.abs(middle - (Math.max(left, map.left) + Math.min(right, map.right)) / 2);
  });
}

for (const [locale, width] of [['en', 1024], ['ar', 1024], ['en', 1600]] as const) {
  test(`the regions are in the middle of what is to be seen of the map, at ${width} px in ${locale}`, async () => {
    const page = await stage.page({ viewport: { width, height: 768 }, locale, reducedMotion: 'reduce' });
    await page.goto(`${stage.server.url}/board`);
    await signIn(page, stage.server);
    await live(page);
    await page.locator('path.region').first().waitFor({ state: 'attached' });
    await until(5000, async () => (await offCentre(page)) < 12, 'in the middle');
    await page.locator('.complaint').first().click();
    await page.locator('.detail').waitFor();
    await until(5000, async () => (await offCentre(page)) < 12, 'in the middle of what the detail leaves');
    await page.keyboard.press('Escape');
    await page.locator('.detail').waitFor({ state: 'detached' });
    await until(5000, async () => (await offCentre(page)) < 12, 'in the middle again');
    await over(page);
  });
}

for (const [width, height] of [[320, 640], [360, 740], [768, 1024], [1366, 768], [2560, 1440]] as const) {
  test(`nothing is cut off or wrong for axe at ${width} px, in both schemes and both directions`, async () => {
    for (const [locale, colorScheme] of [['en', 'light'], ['ar', 'dark'], ['de', 'dark']] as const) {
      const page = await stage.page({ viewport: { width, height }, locale, colorScheme });
      await page.goto(`${stage.server.url}/board`);
      await page.locator('#email').waitFor();
      assert.deepEqual(await violations(page), [], 'signing in');
      await signIn(page, stage.server);
      await live(page);
      await page.locator('.complaint').first().waitFor();
      assert.deepEqual([await overflow(page), await violations(page)], [0, []], `list, ${locale}`);
      await page.locator('.filters button').first().click();
      assert.deepEqual([await overflow(page), await violations(page)], [0, []], `filters, ${locale}`);
      await page.locator('.filters button').first().click();
      await page.locator('.complaint').first().click();
      await page.locator('.detail .history li').first().waitFor();
      assert.deepEqual([await overflow(page), await violations(page)], [0, []], `detail, ${locale}`);
      const further = page.locator('.more button');
      for (let index = 0; index < (await further.count()); index += 1) {
        await further.nth(index).click();
        await page.locator('.why').waitFor();
        assert.deepEqual([await overflow(page), await violations(page)], [0, []], `question ${index}, ${locale}`);
      }
      await page.keyboard.press('Escape');
      await page.locator('.detail-head button').click();
      await page.locator('button.pick').click();
      for (const nth of [0, 1]) await page.locator('.complaint').nth(nth).click();
      await page.locator('.bulk .choices button[aria-expanded]').first().click();
      await page.locator('.why').waitFor();
      assert.deepEqual([await overflow(page), await violations(page)], [0, []], `many, ${locale}`);
      await over(page);
    }
  });
}
