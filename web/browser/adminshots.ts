// Pictures of the administrators' tabs, into web/screenshots: to be looked at.
import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { AdminStage, open, TABS } from './adminstage';
import { age } from './database';

const FOLDER = 'screenshots';
const LOOKS: [string, BrowserContextOptions][] = [
  ['wide', { viewport: { width: 1280, height: 900 } }],
  ['phone-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ['arabic', { viewport: { width: 1280, height: 900 }, locale: 'ar' }],
];

mkdirSync(FOLDER, { recursive: true });
const stage = await AdminStage.open();
try {
  const due = [await stage.closed('Long over'), await stage.closed('Over for long'), await stage.closed('Kept for a court')];
  for (const id of due) age(stage.server.folder, id, 500);
  await stage.server.ask('PUT', `/api/v1/complaints/${due[2]}/hold`, { reason: 'Claim 17/26 at the district court', until: '2099-12-31T00:00:00Z' }, await stage.token());
  for (const [look, options] of LOOKS) {
    const page = await (await stage.browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })).newPage();
    const shoot = async (name: string, fullPage = true): Promise<void> => {
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: `${FOLDER}/admin-${name}-${look}.png`, fullPage });
    };
    await page.goto(`${stage.server.url}/admin`);
    await page.locator('#email').waitFor();
    await shoot('sign-in', false);
    await stage.signIn(page);
    for (const tab of TABS) {
      await open(page, tab);
      if (tab === 'regions') await page.locator('.region-name').first().waitFor();
      await shoot(tab);
    }
    await states(page, shoot);
    await page.context().close();
  }
} finally {
  await stage.close();
}

/** What tabs look like while something is done, and when something is wrong. */
async function states(page: Page, shoot: (name: string, fullPage?: boolean) => Promise<void>): Promise<void> {
  await open(page, 'categories');
  await page.locator('main button.primary').click();
  await page.locator('dialog button[type=submit]').click();
  await page.locator('dialog .notice.danger').waitFor();
  await shoot('category-faults', false);
  await page.keyboard.press('Escape');
  await open(page, 'retention');
  await page.locator('form.fields button[type=submit]').click();
  await page.locator('summary').click();
  await page.locator('.ids a').first().waitFor();
  await shoot('dry-run');
  await page.locator('section > button:not(.danger)').last().click();
  await page.locator('#hold-until').waitFor();
  await shoot('hold', false);
  await page.keyboard.press('Escape');
  await open(page, 'audit');
  await page.fill('#audit-subject', 'nobody');
  await page.locator('form button[type=submit]').click();
  await page.locator('main p.soft').waitFor();
  await shoot('audit-nothing', false);
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.locator('nav.tabs a[href="/admin#people"]').click();
  await page.locator('main .notice.danger').first().waitFor();
  await shoot('away', false);
}
