// The report page, as residents use it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { paint } from './photo';
import { photo } from '../tests/photo';
import { arrived, ReportStage, send, type Complaint } from './reportstage';
import { eventually } from './server';

let stage: ReportStage;
before(async () => {
  stage = await ReportStage.open();
});
after(() => stage?.close());

/** Clicks the map in the northern region, `aside` pixels from its middle. */
async function point(page: Page, aside: number): Promise<void> {
  const map = page.locator('.leaflet-container');
  await page.locator('.map').scrollIntoViewIfNeeded();
  await map.locator('path.region').first().waitFor();
  const { width, height } = (await map.boundingBox())!;
  await map.click({ position: { x: width / 2 + aside, y: height * 0.3 } });
  await page.getByText('Chosen: North Side').waitFor();
}

test('a report with point, photos and contact arrives whole, and leads to its tracking page', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await page.getByText('Pothole', { exact: true }).click();
  await page.getByText('How wide and deep is it').waitFor();
  await page.locator('#description').fill('Wholestory hole at the bakery');
  await point(page, 5);
  await page.locator('#email').fill('ann@example.org');
  await page.locator('#photos').setInputFiles([
    { name: 'a.jpg', mimeType: 'image/jpeg', buffer: await paint(page, false) },
    { name: 'b.jpg', mimeType: 'image/jpeg', buffer: await paint(page, true) },
  ]);
  await page.getByRole('button', { name: 'Remove b.jpg' }).click();
  await send(page);
  await arrived(page).waitFor();
  await page.locator('.uploads .sent').waitFor();
  const [complaint] = await stage.found('Wholestory');
  const headers = await stage.server.officer();
  const whole = await stage.server.ask<Complaint>('GET', `/api/v1/complaints/${complaint!.id}`, undefined, headers);
  assert.deepEqual([whole.region, whole.reporter?.email], ['north', 'ann@example.org']);
  const { items } = await stage.server.ask<{ items: unknown[] }>('GET', `/api/v1/complaints/${complaint!.id}/photos`, undefined, headers);
  assert.equal(items.length, 1);
  assert.ok((await page.locator('.qr path').getAttribute('d'))!.length > 1000);
  await page.getByRole('link', { name: 'Follow your report' }).click();
  await page.getByText('Wholestory hole').waitFor();
  await page.locator('.gallery img').waitFor();
  await visit.close();
});

test('what is missing is named at its field, and the first one has the focus', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await page.locator('.tile').first().waitFor();
  await send(page);
  assert.equal(await page.locator('.fault').count(), 3);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'category');
  await page.getByText('Noise', { exact: true }).click();
  await page.locator('#description').fill('Bells');
  await page.locator('#address').fill('The church');
  await page.locator('#email').fill('no address');
  await send(page);
  await page.getByText('Choose the part of town.').waitFor();
  await page.locator('#region').selectOption('old-town');
  await send(page);
  await page.getByText('This is not an e-mail address.').waitFor();
  await page.locator('#email').fill('');
  await send(page);
  await arrived(page).waitFor();
  await visit.close();
});

test('who is told of the same trouble close by says "me too", or reports all the same', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  const fill = async () => {
    await page.getByText('Graffiti', { exact: true }).click();
    await page.locator('#description').fill('Nearby paint');
    await point(page, -8);
    await send(page);
  };
  await fill();
  await arrived(page).waitFor();
  await page.getByRole('button', { name: 'Report something else' }).click();
  await fill();
  await page.getByRole('heading', { name: 'Is it one of these?' }).waitFor();
  assert.equal((await stage.found('Nearby')).length, 1);
  await visit.isAccessible('near');
  await page.getByRole('button', { name: 'Back to my report' }).click();
  assert.equal(await page.locator('#description').inputValue(), 'Nearby paint');
  await send(page);
  await page.getByRole('button', { name: /Me too/ }).click();
  await page.getByText('So far 1 person').waitFor();
  await page.getByRole('button', { name: 'Report something else' }).click();
  await fill();
  await page.getByRole('button', { name: /None of these/ }).click();
  await arrived(page).waitFor();
  await eventually('the second one is listed', async () => (await stage.found('Nearby')).length === 2);
  await visit.close();
});

test('a reload keeps what was typed, and another language too', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await page.getByText('Noise', { exact: true }).click();
  await page.locator('#description').fill('Half a sentence');
  await page.locator('.language select').selectOption('ar');
  await page.getByRole('button', { name: 'إرسال البلاغ' }).waitFor();
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['ar', 'rtl']);
  assert.equal(await page.locator('#description').inputValue(), 'Half a sentence');
  await page.reload();
  await page.getByRole('button', { name: 'إرسال البلاغ' }).waitFor();
  assert.equal(await page.locator('#description').inputValue(), 'Half a sentence');
  await page.locator('.tile :checked').waitFor();
  await visit.close();
});

test('the place comes from the device, or is said to be unavailable', async () => {
  const at = stage.server.demo.regions.find((it) => it.id === 'north')!;
  const visit = await stage.visit({ permissions: ['geolocation'], geolocation: at });
  await visit.page.getByRole('button', { name: 'Use my location' }).click();
  await visit.page.getByText('Chosen: North Side').waitFor();
  await visit.close();
  const denied = await stage.visit();
  await denied.page.getByRole('button', { name: 'Use my location' }).click();
  await denied.page.getByText('Your location is not available.').waitFor();
  await denied.close();
});

test('the place comes from a photo that says one, when its sender likes', async () => {
  const { latitude, longitude } = stage.server.demo.regions.find((it) => it.id === 'north')!;
  const taken = photo(true, [latitude, 0, 0], 'N', [longitude, 0, 0], 'E');
  const visit = await stage.visit();
  const { page } = visit;
  await page.locator('.tile').first().waitFor();
  await page.locator('#photos').setInputFiles([{ name: 'there.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(await taken.arrayBuffer()) }]);
  await page.getByText('Your photo says where it was taken.').waitFor();
  assert.equal(await page.getByText(/^Chosen: /).count(), 0);
  await page.getByRole('button', { name: 'Use the place of the photo' }).click();
  await page.getByText('Chosen: North Side').waitFor();
  await visit.close();
});

test('the whole report is sent with the keyboard alone', async () => {
  const visit = await stage.visit();
  const { page } = visit;
  await page.locator('.tile').first().waitFor();
  const keyboard = page.keyboard;
  const reach = async (selector: string) => {
    for (let i = 0; i < 60; i++) {
      if (await page.evaluate((it) => document.activeElement?.matches(it) ?? false, selector)) return;
      await keyboard.press('Tab');
    }
    assert.fail(`${selector} is not reached`);
  };
  await keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip');
  await keyboard.press('Enter');
  await reach('input[name=category]');
  await keyboard.press('Space');
  await reach('#description');
  await keyboard.type('Keyboarded tree');
  await page.locator('.leaflet-container path.region').first().waitFor();
  await reach('.leaflet-container');
  await keyboard.press('ArrowUp');
  await reach('.by-keys button');
  await keyboard.press('Enter');
  await page.getByText(/^Chosen: /).waitFor();
  await reach('.send button');
  await keyboard.press('Enter');
  await arrived(page).waitFor();
  assert.equal((await stage.found('Keyboarded')).length, 1);
  await visit.close();
});

test('without a script the form is sent once, however often, and shows what is wrong', async () => {
  const visit = await stage.visit({ javaScriptEnabled: false });
  const { page } = visit;
  await page.locator('#plain-description').fill('Plainly <b>broken</b>');
  await page.getByRole('button', { name: 'Send the report' }).click();
  assert.equal(await page.locator('.fault').count(), 2);
  assert.equal(await page.locator('#plain-description').inputValue(), 'Plainly <b>broken</b>');
  await page.locator('#plain-category').selectOption('noise');
  await page.locator('#plain-address').fill('Mill Lane 2');
  await page.locator('#plain-region').selectOption('north');
  await page.getByRole('button', { name: 'Send the report' }).click();
  // Texts in a <noscript> are not found as texts.
  const shown = async () => page.locator('main h2 + p').innerText();
  assert.equal(await shown(), 'Plainly <b>broken</b>');
  assert.match(page.url(), /\/t\/[\w-]{43}$/);
  await page.goBack();
  await page.getByRole('button', { name: 'Send the report' }).click();
  assert.equal(await shown(), 'Plainly <b>broken</b>');
  assert.equal((await stage.found('Plainly')).length, 1);
  await page.getByRole('link', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'Ihre Meldung' }).waitFor();
  await visit.close();
});

test('what is close by and done meanwhile leaves the list, which says so', async () => {
  const { latitude, longitude } = stage.server.demo.regions.find((it) => it.id === 'north')!;
  const visit = await stage.visit({ permissions: ['geolocation'], geolocation: { latitude, longitude } });
  const { page } = visit;
  const place = { category: 'sewage', latitude, longitude };
  const ids: string[] = [];
  for (const description of ['First smell', 'Second smell']) ids.push((await stage.server.ask<{ id: string }>('POST', '/api/v1/complaints', { ...place, description })).id);
  await page.getByText('Blocked drain or sewage', { exact: true }).click();
  await page.locator('#description').fill('Third smell');
  await page.getByRole('button', { name: 'Use my location' }).click();
  await page.getByText('Chosen: North Side').waitFor();
  await send(page);
  await page.locator('.near li').nth(1).waitFor();
  const close = async (id: string) => stage.server.ask('PATCH', `/api/v1/complaints/${id}/status`, { action: 'reject', comment: 'Gone' }, await stage.server.officer());
  await close(ids[0]!);
  await page.locator('.near li').nth(1).waitFor({ state: 'detached' });
  await page.getByText('What was done or removed meanwhile is not shown any more.').waitFor();
  // The other one goes while somebody says "me too" to it.
  await close(ids[1]!);
  await page.getByRole('button', { name: /Me too/ }).click();
  await page.getByRole('heading', { name: 'None of them is open any more' }).waitFor();
  await visit.isAccessible('none left');
  await page.getByRole('button', { name: 'Send the report' }).click();
  await arrived(page).waitFor();
  await visit.close();
});
