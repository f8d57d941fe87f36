// What every page keeps in every state: rules of accessibility, width, what people write is text.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launch } from './chromium';
import { paint } from './photo';
import { Server } from './server';
import { Visit } from './visit';

const PAYLOADS = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  "'-alert(3)-'",
  '</noscript><script>alert(4)</script>',
  '{{constructor.constructor("alert(5)")()}} <!--redress:plain--> <svg onload=alert(6)>',
];

let server: Server;
let browser: Browser;
let tracking: string;

before(async () => {
  server = await Server.start();
  browser = await launch();
  tracking = await worked();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A complaint with everything that a page may show, all of it hostile; its tracking address. */
async function worked(): Promise<string> {
  const { latitude, longitude } = server.demo.regions.find((it) => it.id === 'north')!;
  const description = PAYLOADS.join('\n');
  const body = { category: 'noise', description, latitude, longitude, address: PAYLOADS[0], reporter: { name: PAYLOADS[1] } };
  const sent = await server.ask<{ id: string; tracking_token: string }>('POST', '/api/v1/complaints', body);
  const officer = await server.officer();
  const context = await browser.newContext();
  const photo = await paint(await context.newPage(), false);
  await context.close();
  const form = new FormData();
  form.append('photo', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), PAYLOADS[0]);
  await fetch(`${server.url}/api/v1/complaints/${sent.id}/photos?kind=before`, { method: 'POST', headers: officer, body: form });
  await server.ask('POST', `/api/v1/complaints/${sent.id}/comments`, { text: PAYLOADS.join(' '), visibility: 'public' }, officer);
  await server.ask('PATCH', `/api/v1/complaints/${sent.id}/status`, { action: 'acknowledge' }, officer);
  await server.ask('PATCH', `/api/v1/complaints/${sent.id}/status`, { action: 'resolve', comment: 'Done' }, officer);
  return `/t/${sent.tracking_token}`;
}

const MODES: [string, BrowserContextOptions][] = [
  ['light', {}],
  ['dark', { colorScheme: 'dark' }],
  ['arabic', { locale: 'ar-EG' }],
  ['german phone', { locale: 'de-DE', viewport: { width: 390, height: 800 } }],
];

for (const [name, options] of MODES) {
  test(`the report page breaks no rule of accessibility: ${name}`, async () => {
    const visit = await Visit.open(browser, server, '/', options);
    const { page } = visit;
    await page.locator('.tile').first().waitFor();
    await page.locator('.map').scrollIntoViewIfNeeded();
    await page.locator('.leaflet-container path.region').first().waitFor();
    await visit.isAccessible('empty');
    await page.locator('.tile').first().click();
    await page.locator('#photos').setInputFiles([{ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await paint(page, false) }]);
    await page.locator('.send button').click();
    await page.locator('.fault').first().waitFor();
    await visit.isAccessible('with faults');
    await page.locator('#description').fill('x');
    await page.locator('#address').fill('y');
    await page.locator('#region').selectOption('north');
    await page.locator('.send button').click();
    await page.locator('.uploads .sent').waitFor();
    await page.locator('.qr path').waitFor();
    await visit.isAccessible('done');
    await visit.close();
  });

  test(`the tracking page breaks no rule of accessibility: ${name}`, async () => {
    const visit = await Visit.open(browser, server, tracking, options);
    const { page } = visit;
    await page.locator('.gallery img').waitFor();
    await page.locator('.leaflet-container path.point').waitFor();
    await page.locator('.answer button').nth(1).click();
    await page.locator('.answer form button').click();
    await page.locator('.fault').waitFor();
    await visit.isAccessible('resolved');
    await page.locator('.gallery button').first().click();
    await page.locator('dialog img').waitFor();
    await visit.isAccessible('a photo');
    await visit.close();
  });

  test(`plain pages break no rule of accessibility: ${name}`, async () => {
    for (const path of ['/', tracking]) {
      // The rules are a script: the page's own are kept away instead, and what stands in for them is shown.
      const visit = await Visit.open(browser, server, path, options, (page) => page.route('**/assets/*.js', (route) => route.abort()));
      await visit.isAccessible(path);
      await visit.close();
    }
  });
}

test('an unknown address breaks no rule of accessibility', async () => {
  const visit = await Visit.open(browser, server, '/t/AAAA');
  await visit.page.getByRole('heading', { name: 'There is no report here' }).waitFor();
  await visit.isAccessible('unknown');
  await visit.close();
});

test('from 320 to 2560 pixels nothing is wider than the window, in every language', async () => {
  for (const locale of ['en-GB', 'de-DE', 'ar-EG']) {
    for (const path of ['/', tracking]) {
      const visit = await Visit.open(browser, server, path, { locale });
      await visit.page.locator('.leaflet-container, .map').first().scrollIntoViewIfNeeded();
      await visit.page.locator('.leaflet-container path').first().waitFor();
      for (const width of [320, 360, 480, 768, 1024, 1440, 2560]) {
        await visit.page.setViewportSize({ width, height: 800 });
        await visit.fits(`${path} ${locale} ${width}`);
      }
      await visit.close();
    }
  }
});

test('text twice as large still fits a small window', async () => {
  for (const path of ['/', tracking]) {
    const visit = await Visit.open(browser, server, path, { viewport: { width: 640, height: 800 } });
    await visit.page.evaluate(() => {
      document.documentElement.style.fontSize = '200%';
    });
    await visit.fits(path);
    await visit.close();
  }
});

test('what people write is text on every page, with and without a script', async () => {
  const visit = await Visit.open(browser, server, tracking);
  for (const payload of PAYLOADS) await visit.page.getByText(payload).first().waitFor();
  await visit.page.locator('.gallery button').first().click();
  assert.equal(await visit.page.locator('img[src="x"], svg[onload], script:not([src])').count(), 0);
  await visit.close();
  const plain = await Visit.open(browser, server, tracking, { javaScriptEnabled: false });
  assert.equal(await plain.page.locator('img[src="x"], svg[onload], script:not([src])').count(), 0);
  assert.equal(await plain.page.locator('main h2 + p').innerText(), PAYLOADS.join(' '));
  await plain.close();
});

test('what people type into the report is text wherever it comes back', async () => {
  const visit = await Visit.open(browser, server, '/');
  const { page } = visit;
  await page.getByText('Noise', { exact: true }).click();
  for (const [i, field] of ['#description', '#address', '#name', '#email', '#phone'].entries()) {
    await page.locator(field).fill(PAYLOADS[i]!.replace(/\n/g, ' '));
  }
  await page.locator('#region').selectOption('north');
  await page.locator('#photos').setInputFiles([{ name: `${PAYLOADS[0]!.replace('/', '')}.jpg`, mimeType: 'image/jpeg', buffer: await paint(page, false) }]);
  await page.locator('.send button').click();
  await page.locator('#email-fault').waitFor();
  await page.locator('#email').fill('');
  await page.locator('#phone').fill('');
  await page.locator('.send button').click();
  await page.locator('.uploads .sent').waitFor();
  assert.equal(await page.locator('img[src="x"], svg[onload], script:not([src])').count(), 0);
  await visit.close();
});

test('a script that gets into a page does not run', async () => {
  const visit = await Visit.open(browser, server, '/');
  const ran = await visit.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.ranInline = true';
    document.head.append(script);
    return 'ranInline' in globalThis;
  });
  assert.equal(ran, false);
  assert.ok(visit.complaints.some((it) => it.includes('Content Security Policy')), visit.complaints.join('\n'));
  visit.complaints.length = 0;
  await visit.close();
});
