// Pictures of the board in every state: `npm run screenshots:board`, into screenshots/.
import { mkdirSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { Stage, action, signIn } from './boardstage';
import { paint } from './photo';

const FOLDER = 'screenshots';
const DESK: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };
const ROUND: [string, string, string, number, number][] = [
  ['water-leak', 'high', 'Water runs down the steps to the quay and freezes there at night', 54.0985, 7.5845],
  ['pothole', 'medium', 'Deep hole in front of the bakery. A cyclist fell this morning.', 54.129, 7.602],
  ['flooding', 'critical', 'Water in the cellars of the whole street, and it rises', 54.1225, 7.611],
  ['street-light', 'low', 'Light 4711 flickers since Monday', 54.134, 7.594],
  ['fallen-tree', 'high', 'A branch hangs over the cycle path', 54.1195, 7.588],
  ['graffiti', 'low', 'Offensive words on the school wall', 54.1075, 7.592],
  ['quay-damage', 'critical', 'The railing at berth 3 is broken, somebody may fall', 54.0915, 7.579],
  ['waste', 'low', 'Three mattresses and a fridge beside the containers', 54.1265, 7.6185],
  ['traffic-signal', 'high', 'All lights of the crossing are dark', 54.1135, 7.596],
  ['playground', 'medium', 'The swing hangs on one chain', 54.1315, 7.6145],
];

async function seed(stage: Stage): Promise<string[]> {
  const { server } = stage;
  const [admin, olga] = [await server.login(server.demo.admin.email, server.demo.admin.password), await server.officer()];
  await server.ask('PUT', '/categories/graffiti/deadlines', [{ acknowledge_within: '1s' }], admin);
  const ids: string[] = [];
  for (const [category, severity, description, latitude, longitude] of ROUND) {
    ids.push(await server.submit(description, { category, severity, latitude, longitude, address: 'Quay 1' }));
  }
  for (let index = 0; index < 40; index += 1) {
    const place = { latitude: 54.117 + (index % 8) / 400, longitude: 7.58 + ((index * 5) % 13) / 290 };
    await server.submit(`A loose plate on the pavement, number ${index + 1}`, { category: 'pothole', severity: index % 3 ? 'low' : 'medium', ...place });
  }
  const [leak = '', hole = ''] = ids;
  await server.ask('PATCH', `/complaints/${leak}/assignee`, { assignee: 'me' }, olga);
  await server.ask('PATCH', `/complaints/${leak}/status`, { action: 'start' }, olga);
  await server.ask('PATCH', `/complaints/${hole}/status`, { action: 'acknowledge', comment: 'Seen on the round' }, olga);
  await server.ask('PUT', `/complaints/${leak}/hold`, { reason: 'Claim for damages 17/26' }, admin);
  await server.ask('POST', `/complaints/${leak}/comments`, { text: 'A crew is on its way', visibility: 'public' }, olga);
  await server.ask('POST', `/complaints/${leak}/comments`, { text: 'The valve is behind the pumping house', visibility: 'internal' }, olga);
  return ids;
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: 'disabled' });
  console.log(name);
}

async function look(stage: Stage, ids: string[], name: string, options: BrowserContextOptions): Promise<void> {
  const page = await stage.page({ reducedMotion: 'reduce', ...options }, 'urgent');
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(`${stage.server.url}/board`);
  await page.locator('#email').waitFor();
  await shoot(page, `board-sign-in${name}`);
  await signIn(page, stage.server);
  await page.locator('.connection[data-state=live]').waitFor();
  await page.locator('.point').first().waitFor();
  await page.waitForTimeout(500);
  await shoot(page, `board-list${name}`);
  await page.locator('.filters button').first().click();
  await shoot(page, `board-filters${name}`);
  await page.locator('.filters button').first().click();
  const [leak = ''] = ids;
  await page.goto(`${stage.server.url}/board#${leak}`);
  await page.locator('.photos img').first().waitFor();
  await page.waitForTimeout(500);
  await shoot(page, `board-detail${name}`);
  await page.locator('.history').scrollIntoViewIfNeeded();
  await shoot(page, `board-history${name}`);
  for (const [index, what] of ['correct', 'give', 'move', 'merge'].entries()) {
    await page.locator('.more button').nth(index).click();
    await page.locator('.why').waitFor();
    await page.locator('.why').evaluate((question) => question.scrollIntoView({ block: 'start' }));
    await shoot(page, `board-${what}${name}`);
  }
  await page.keyboard.press('Escape');
  await page.locator('.detail-head button').click();
  await page.locator('button.pick').click();
  for (const nth of [0, 1, 3]) await page.locator('.complaint').nth(nth).click();
  await page.locator('.bulk .choices button').nth(1).waitFor();
  await page.waitForTimeout(300);
  await shoot(page, `board-many${name}`);
  await page.locator('.bulk .choices button[aria-expanded]').first().click();
  await shoot(page, `board-many-why${name}`);
  await page.context().close();
}

mkdirSync(FOLDER, { recursive: true });
const stage = await Stage.open();
try {
  const ids = await seed(stage);
  const [leak = '', hole = ''] = ids;
  const page = await stage.page(DESK, 'urgent');
  await page.goto(`${stage.server.url}/board#${leak}`);
  await signIn(page, stage.server);
  await page.locator('#photo-kind').waitFor();
  for (const [kind, isMended] of [['before', false], ['after', true]] as const) {
    await page.selectOption('#photo-kind', kind);
    await page.setInputFiles('.detail input[type=file]', { name: `${kind}.jpg`, mimeType: 'image/jpeg', buffer: await paint(page, isMended) });
  }
  await page.locator('.photos img').nth(1).waitFor({ timeout: 20_000 });
  const otto = await stage.board(1, DESK);
  await otto.goto(`${stage.server.url}/board#${leak}`);
  await action(otto, 'On my way').click();
  for (const [name, options] of [
    ['', DESK],
    ['-dark', { ...DESK, colorScheme: 'dark' }],
    ['-phone', PHONE],
    ['-arabic', { ...DESK, locale: 'ar-EG' }],
    ['-arabic-phone', { ...PHONE, locale: 'ar-EG', colorScheme: 'dark' }],
    ['-german', { viewport: { width: 1024, height: 768 }, locale: 'de-DE' }],
    ['-narrow', { viewport: { width: 320, height: 640 } }],
    ['-wide', { viewport: { width: 2560, height: 1200 } }],
  ] as [string, BrowserContextOptions][]) {
    await look(stage, ids, name, options);
  }
  await page.goto(`${stage.server.url}/board#${hole}`);
  await action(page, 'Take & Start').waitFor();
  await page.context().setOffline(true);
  await page.locator('.connection[data-state=offline]').waitFor();
  await action(page, 'Take & Start').click();
  await page.locator('.row .status.in_progress, .detail .status.in_progress').first().waitFor();
  await shoot(page, 'board-offline');
  await page.getByRole('button', { name: '2 waiting' }).click();
  await shoot(page, 'board-outbox');
  await page.keyboard.press('Escape');
  await stage.server.ask('PATCH', `/complaints/${hole}`, { severity: 'high' }, await stage.server.officer());
  await page.context().setOffline(false);
  await page.locator('.stuck-deed').first().waitFor({ timeout: 30_000 });
  await shoot(page, 'board-conflict');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.fill('#search', 'nothing like this');
  await page.locator('.nothing').waitFor();
  await shoot(page, 'board-none-found');
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  await shoot(page, 'board-report');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Account and settings/ }).click();
  await shoot(page, 'board-settings');
} finally {
  await stage.close();
}
