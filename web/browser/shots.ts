// Pictures of every page and state of the residents' pages: `npm run screenshots`, into screenshots/.
import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './chromium';
import { paint } from './photo';
import { Server } from './server';

const FOLDER = 'screenshots';
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };

interface Sent {
  id: string;
  tracking_token: string;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: true, animations: 'disabled' });
  console.log(name);
}

async function open(browser: Browser, options: BrowserContextOptions, path: string, server: Server): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`error on ${path}: ${error.message}`));
  page.on('console', (message) => message.type() === 'error' && console.error(`console on ${path}: ${message.text()}`));
  // A stream of events keeps the network busy: wait for the page itself.
  await page.goto(server.url + path);
  if (options.javaScriptEnabled !== false) await page.locator('h1').waitFor();
  return page;
}

async function fill(page: Page): Promise<void> {
  await page.locator('.tile input[value=pothole]').check({ force: true });
  await page.locator('#description').fill('Deep hole in front of the bakery. A cyclist fell this morning.');
  await page.locator('.leaflet-container').scrollIntoViewIfNeeded();
  await page.locator('.leaflet-container svg').waitFor();
  // Somewhere in the northern region, which is above the middle.
  const { width, height } = (await page.locator('.leaflet-container').boundingBox())!;
  await page.locator('.leaflet-container').click({ position: { x: width / 2 + 12, y: height * 0.3 } });
  await page.locator('#address').fill('Quay 1, beside the bakery');
}

async function report(browser: Browser, server: Server): Promise<void> {
  for (const [name, options] of [
    ['report', DESK],
    ['report-phone', PHONE],
    ['report-dark', { ...DESK, colorScheme: 'dark' }],
    ['report-german', { ...PHONE, locale: 'de-DE' }],
    ['report-arabic', { ...DESK, locale: 'ar-EG' }],
    ['report-arabic-phone', { ...PHONE, locale: 'ar-EG' }],
    ['report-narrow', { viewport: { width: 320, height: 640 } }],
    ['report-wide', { viewport: { width: 2560, height: 1200 } }],
    ['report-plain', { ...PHONE, javaScriptEnabled: false }],
    ['report-plain-arabic', { ...PHONE, locale: 'ar-EG', javaScriptEnabled: false }],
  ] as [string, BrowserContextOptions][]) {
    const page = await open(browser, options, '/', server);
    if (options.javaScriptEnabled !== false) {
      await page.locator('.tile').first().waitFor();
      await page.locator('.leaflet-container, .map').first().scrollIntoViewIfNeeded();
      await page.locator('.leaflet-container svg').waitFor();
      await page.evaluate(() => scrollTo(0, 0));
    }
    await shoot(page, name);
    await page.context().close();
  }
}

async function story(browser: Browser, server: Server, options: BrowserContextOptions, suffix: string): Promise<void> {
  const page = await open(browser, options, '/', server);
  await page.locator('.tile').first().waitFor();
  await page.getByRole('button', { name: 'Send the report' }).click();
  await page.locator('.fault').first().waitFor();
  await shoot(page, `report-faults${suffix}`);
  await fill(page);
  await page.locator('#photos').setInputFiles([
    { name: 'hole.jpg', mimeType: 'image/jpeg', buffer: await paint(page, false) },
    { name: 'street.jpg', mimeType: 'image/jpeg', buffer: await paint(page, true) },
  ]);
  await page.locator('.preview img').nth(1).waitFor();
  await shoot(page, `report-filled${suffix}`);
  await page.getByRole('button', { name: 'Send the report' }).click();
  const near = page.getByRole('heading', { name: 'Is it one of these?' });
  const done = page.getByRole('heading', { name: 'Your report has arrived' });
  await near.or(done).waitFor();
  if (await near.isVisible()) {
    await shoot(page, `report-near${suffix}`);
    await page.getByRole('button', { name: 'None of these' }).click();
    await done.waitFor();
  }
  await page.locator('.sent').nth(1).waitFor();
  await shoot(page, `report-done${suffix}`);
  await page.context().close();
}

/** A report that waits for the network, and the form above which one waits. */
async function queued(browser: Browser, server: Server, options: BrowserContextOptions, suffix: string): Promise<void> {
  const page = await open(browser, options, '/', server);
  await page.locator('.tile').first().waitFor();
  await fill(page);
  await page.locator('#photos').setInputFiles([{ name: 'hole.jpg', mimeType: 'image/jpeg', buffer: await paint(page, false) }]);
  await page.locator('.preview img').waitFor();
  await page.context().setOffline(true);
  await page.locator('.send button').click();
  await page.locator('.queued-state').waitFor();
  await shoot(page, `report-queued${suffix}`);
  await page.locator('main > button.plain').click();
  await page.locator('.queue-bar').waitFor();
  await shoot(page, `report-beside-queued${suffix}`);
  await page.context().close();
}

async function thanks(browser: Browser, server: Server): Promise<void> {
  const page = await open(browser, PHONE, '/', server);
  await page.locator('.tile').first().waitFor();
  await fill(page);
  await page.getByRole('button', { name: 'Send the report' }).click();
  await page.getByRole('button', { name: /Me too/ }).first().click();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  await shoot(page, 'report-thanks');
  await page.context().close();
}

async function track(browser: Browser, server: Server): Promise<void> {
  const { latitude, longitude } = server.demo.regions.find((it) => it.id === 'north')!;
  const body = { category: 'street-light', description: 'The lamp at the corner has been dark for a week.\nIt is pole 117.', latitude, longitude, address: 'Mill Lane 4' };
  const sent = await server.ask<Sent>('POST', '/api/v1/complaints', body);
  const officer = await server.officer();
  const path = `/t/${sent.tracking_token}`;
  const complaint = `/api/v1/complaints/${sent.id}`;
  const page = await open(browser, DESK, path, server);
  await page.locator('.link.live').waitFor();
  await shoot(page, 'track-reported');
  for (const isMended of [false, true]) {
    const form = new FormData();
    form.append('photo', new Blob([new Uint8Array(await paint(page, isMended))], { type: 'image/jpeg' }), 'x.jpg');
    await fetch(`${server.url}${complaint}/photos?kind=${isMended ? 'after' : 'before'}`, { method: 'POST', headers: officer, body: form });
  }
  await server.ask('PATCH', `${complaint}/assignee`, { assignee: 'me' }, officer);
  await server.ask('PATCH', `${complaint}/status`, { action: 'start' }, officer);
  await server.ask('POST', `${complaint}/comments`, { text: 'A crew will bring a new lamp tomorrow morning.', visibility: 'public' }, officer);
  await server.ask('POST', `${complaint}/support`, {}, {});
  await page.getByText('A crew will bring').waitFor();
  await page.locator('.gallery img').nth(1).waitFor();
  await shoot(page, 'track-working');
  await page.locator('.gallery button').first().click();
  await page.locator('dialog img').waitFor();
  await shoot(page, 'track-photo');
  await page.keyboard.press('Escape');
  await server.ask('PATCH', `${complaint}/status`, { action: 'resolve', comment: 'New lamp' }, officer);
  await page.getByRole('button', { name: 'No, it is not' }).click();
  await page.getByRole('button', { name: 'Reopen the report' }).click();
  await shoot(page, 'track-contesting');
  for (const [name, options] of [
    ['track-resolved-phone', PHONE],
    ['track-resolved-dark', { ...PHONE, colorScheme: 'dark' }],
    ['track-resolved-german', { ...DESK, locale: 'de-DE' }],
    ['track-resolved-arabic', { ...PHONE, locale: 'ar-EG' }],
    ['track-narrow', { viewport: { width: 320, height: 640 } }],
    ['track-plain', { ...PHONE, javaScriptEnabled: false }],
  ] as [string, BrowserContextOptions][]) {
    const other = await open(browser, options, path, server);
    if (options.javaScriptEnabled !== false) await other.locator('.gallery img').nth(1).waitFor();
    await shoot(other, name);
    await other.context().close();
  }
  await page.context().setOffline(true);
  await server.kill();
  await page.locator('.link.offline, .link.resuming').waitFor();
  await shoot(page, 'track-offline');
  await server.run();
  const unknown = await open(browser, DESK, '/t/AAAA', server);
  await unknown.getByRole('heading', { name: 'There is no report here' }).waitFor();
  await shoot(unknown, 'track-unknown');
}

mkdirSync(FOLDER, { recursive: true });
const server = await Server.start();
const browser = await launch();
try {
  await report(browser, server);
  await story(browser, server, DESK, '');
  await story(browser, server, { ...PHONE, colorScheme: 'dark' }, '-phone-dark');
  await queued(browser, server, DESK, '');
  await queued(browser, server, { ...PHONE, colorScheme: 'dark' }, '-phone-dark');
  await queued(browser, server, { ...PHONE, locale: 'ar-EG' }, '-arabic');
  await thanks(browser, server);
  await track(browser, server);
} finally {
  await browser.close();
  await server.stop();
}
