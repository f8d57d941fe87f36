// Pictures of the administrators' tabs, into web/screenshots: to be looked at.
import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions } from 'playwright-core';
import { launch } from './chromium';
import { Server } from './server';

const FOLDER = 'screenshots';
const TABS = ['overview', 'sessions', 'people', 'regions', 'categories', 'workflow', 'retention', 'audit', 'system'];
const LOOKS: [string, BrowserContextOptions][] = [
  ['wide', { viewport: { width: 1280, height: 900 } }],
  ['phone-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ['arabic', { viewport: { width: 1280, height: 900 }, locale: 'ar' }],
];

mkdirSync(FOLDER, { recursive: true });
const server = await Server.start();
const browser = await launch();
try {
  for (const [look, options] of LOOKS) {
    const page = await (await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })).newPage();
    await page.goto(`${server.url}/admin`);
    await page.locator('#email').waitFor();
    await page.screenshot({ path: `${FOLDER}/admin-sign-in-${look}.png` });
    await page.fill('#email', server.demo.admin.email);
    await page.fill('#password', server.demo.admin.password);
    await page.locator('button[type=submit]').click();
    for (const tab of TABS) {
      await page.locator(`nav.tabs a[href="/admin#${tab}"]`).click();
      await page.locator(`nav.tabs a[href="/admin#${tab}"][aria-current=page]`).waitFor();
      await page.waitForFunction(() => document.querySelector('main h1') && document.querySelector('main > :nth-child(2)') && !document.querySelector('main .spinner'));
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: `${FOLDER}/admin-${tab}-${look}.png`, fullPage: true });
    }
    await page.context().close();
  }
} finally {
  await browser.close();
  await server.stop();
}
