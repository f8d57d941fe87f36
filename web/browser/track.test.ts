// The tracking page, while things happen to its complaint.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch } from './chromium';
import { eventually, Server } from './server';
import { Visit } from './visit';

interface Sent {
  id: string;
  tracking_token: string;
}

let server: Server;
let browser: Browser;

before(async () => {
  server = await Server.start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function reported(description: string): Promise<Sent> {
  const body = { category: 'noise', description, region: 'north', address: 'Church' };
  return server.ask<Sent>('POST', '/api/v1/complaints', body);
}

async function step(sent: Sent, body: object): Promise<void> {
  await server.ask('PATCH', `/api/v1/complaints/${sent.id}/status`, body, await server.officer());
}

test('the page follows from report to reopening and to the end, without a reload', async () => {
  const sent = await reported('Bells all night');
  const visit = await Visit.open(browser, server, `/t/${sent.tracking_token}`);
  const { page } = visit;
  await page.locator('.link.live').waitFor();
  await page.evaluate(() => Object.assign(globalThis, { isTheSame: true }));
  await step(sent, { action: 'acknowledge' });
  await page.locator('.status.acknowledged').waitFor();
  const comment = { text: 'We speak to the vicar', visibility: 'public' };
  await server.ask('POST', `/api/v1/complaints/${sent.id}/comments`, comment, await server.officer());
  await server.ask('POST', `/api/v1/complaints/${sent.id}/comments`, { text: 'Internal grumble' }, await server.officer());
  await page.getByText('We speak to the vicar').waitFor();
  await step(sent, { action: 'resolve', comment: 'Quiet' });
  await page.getByRole('button', { name: 'No, it is not' }).click();
  await page.getByRole('button', { name: 'Reopen the report' }).click();
  await page.getByText('Say what is still wrong, so').waitFor();
  await page.locator('#contest').fill('Still loud');
  await page.getByRole('button', { name: 'Reopen the report' }).click();
  await page.locator('.status.acknowledged').waitFor();
  await step(sent, { action: 'resolve', comment: 'Now really' });
  await page.getByRole('button', { name: 'Yes, it is fixed' }).click();
  await page.locator('.status.closed').waitFor();
  assert.equal(await page.getByText('Internal grumble').count(), 0);
  const steps = (await page.locator('.timeline strong').allInnerTexts()).filter((title) => title !== 'From the desk');
  assert.deepEqual(steps, ['Closed', 'Resolved', 'Taken up again: Acknowledged', 'Resolved', 'Acknowledged', 'You reported it']);
  const times = await page.locator('.timeline time').evaluateAll((all) => all.map((it) => it.getAttribute('datetime')!));
  assert.deepEqual(times, [...times].sort().reverse());
  assert.equal(await page.evaluate(() => 'isTheSame' in globalThis), true);
  await visit.close();
});

test('a resolution that is taken back while somebody answers is told', async () => {
  const sent = await reported('Race of answers');
  await step(sent, { action: 'acknowledge' });
  await step(sent, { action: 'resolve', comment: 'Done' });
  const visit = await Visit.open(browser, server, `/t/${sent.tracking_token}`);
  const { page } = visit;
  await page.getByRole('button', { name: 'Yes, it is fixed' }).waitFor();
  // The officer is faster by the time that the answer takes to the server.
  await page.route('**/status', async (route) => {
    await step(sent, { action: 'reopen', comment: 'Not yet' });
    await route.continue();
  });
  await page.getByRole('button', { name: 'Yes, it is fixed' }).click();
  await page.locator('.status.acknowledged, .notice.danger').first().waitFor();
  await page.locator('.status.acknowledged').waitFor();
  await visit.close();
});

test('a server that is killed and comes back is found again, with what happened meanwhile', async () => {
  const sent = await reported('Killed while watching');
  const visit = await Visit.open(browser, server, `/t/${sent.tracking_token}`);
  const { page } = visit;
  await page.locator('.link.live').waitFor();
  await server.kill();
  await page.locator('.link.resuming, .link.offline').waitFor();
  await server.run();
  await step(sent, { action: 'acknowledge' });
  await page.locator('.link.live').waitFor();
  await page.locator('.status.acknowledged').waitFor();
  await visit.close();
});

test('without a network the page says since when, and follows again when it is back', async () => {
  const sent = await reported('Tunnel');
  const visit = await Visit.open(browser, server, `/t/${sent.tracking_token}`);
  const { page } = visit;
  await page.locator('.link.live').waitFor();
  // An emulated cut leaves open connections alone; a server that ends its own does not come back before it is lifted.
  await page.context().setOffline(true);
  await server.kill();
  await page.getByText(/^Offline since/).waitFor();
  assert.ok(await page.getByText('Tunnel').isVisible());
  await server.run();
  await step(sent, { action: 'acknowledge' });
  await page.context().setOffline(false);
  await page.locator('.status.acknowledged').waitFor();
  await page.locator('.link.live').waitFor();
  await visit.close();
});

test('who reported it is forgotten when they ask, unless it is held', async () => {
  const body = { category: 'noise', description: 'Forget me', region: 'north', address: 'x', reporter: { email: 'ann@example.org' } };
  const sent = await server.ask<Sent>('POST', '/api/v1/complaints', body);
  const path = `/api/v1/complaints/${sent.id}`;
  const email = async () => (await server.ask<{ reporter?: { email?: string } }>('GET', path, undefined, await server.officer())).reporter?.email;
  const { access_token } = await server.ask<{ access_token: string }>('POST', '/api/v1/auth/login', server.demo.admin);
  const admin = { Authorization: `Bearer ${access_token}` };
  const visit = await Visit.open(browser, server, `/t/${sent.tracking_token}`);
  const { page } = visit;
  await step(sent, { action: 'acknowledge' });
  await page.getByRole('button', { name: 'Erase my data' }).click();
  await visit.isAccessible('asked');
  assert.equal(await email(), 'ann@example.org');
  // A court asks for it: the page cannot know.
  await server.ask('PUT', `${path}/hold`, { reason: 'Claim' }, admin);
  await page.getByRole('button', { name: 'Yes, erase them' }).click();
  await page.getByText('Your data must be kept').waitFor();
  assert.equal(await email(), 'ann@example.org');
  await server.ask('DELETE', `${path}/hold`, undefined, admin);
  await page.getByRole('button', { name: 'Yes, erase them' }).click();
  await page.getByText('Your data is erased.').waitFor();
  assert.equal(await email(), undefined);
  await visit.close();
});

test('an address that leads to nothing says so and what to do', async () => {
  for (const path of ['/t/AAAA', `/t/${'A'.repeat(43)}`, '/t/%3Cscript%3E']) {
    const visit = await Visit.open(browser, server, path);
    await visit.page.getByRole('heading', { name: 'There is no report here' }).waitFor();
    await visit.page.getByRole('link', { name: 'Report a problem' }).waitFor();
    await visit.close();
  }
});

test('the page shows nothing of others and sends its address to nobody', async () => {
  const sent = await reported('Secret address');
  const visit = await Visit.open(browser, server, `/t/${sent.tracking_token}`);
  const asked: string[] = [];
  visit.page.on('request', (request) => asked.push(request.headers()['referer'] ?? '', new URL(request.url()).origin));
  await visit.page.reload();
  await visit.page.locator('.link.live').waitFor();
  await eventually('it asked for something', async () => asked.length > 4);
  assert.ok(asked.every((it) => it === '' || it === server.url), asked.join(' '));
  await visit.close();
});
