// The administrators' page when something is wrong: every tab says what, and what to do next; and all of it by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { AdminStage, loaded, open, TABS } from './adminstage';
import { eventually } from './server';

let stage: AdminStage;
before(async () => {
  stage = await AdminStage.open();
});
after(async () => stage?.close());

const DATA = /\/(api\/v1\/(?!auth)|health)/;

function problem(status: number, kind: string): { status: number; contentType: string; body: string } {
  const body = JSON.stringify({ type: `urn:redress:problem:${kind}`, title: kind, status, detail: `the server says ${kind}` });
  return { status, contentType: 'application/problem+json', body };
}

test('a tab whose server is away says so and goes on when it is back', async () => {
  const visit = await stage.admin();
  const { page } = visit;
  for (const tab of TABS) {
    await page.route(DATA, (route) => route.abort('connectionrefused'));
    await page.locator(`nav.tabs a[href="/admin#${tab}"]`).click();
    await page.locator('h1').waitFor();
    const fault = page.locator('main .notice.danger').first();
    await fault.getByText('The server cannot be reached.').waitFor();
    await visit.isAccessible(`${tab}, away`);
    await visit.fits(`${tab}, away`);
    await page.unroute(DATA);
    await eventually(`${tab} goes on`, async () => {
      // One that asks by itself may be done before it is asked to.
      const again = page.locator('main .notice.danger button', { hasText: 'Try again' });
      if ((await again.count()) > 0) await again.first().click({ timeout: 1_000 });
      return (await page.locator('main .notice.danger').count()) === 0;
    });
    await loaded(page, tab);
  }
  await visit.close();
});

test('a tab that may not be read any more says so and leads to signing in', async () => {
  const visit = await stage.admin();
  const { page } = visit;
  const fault = page.locator('main .notice.danger').first();
  await page.route(DATA, (route) => route.fulfill(problem(403, 'forbidden')));
  for (const tab of TABS) {
    await page.locator(`nav.tabs a[href="/admin#${tab}"]`).click();
    // Before that, the fault is the one of the tab before.
    await page.locator(`nav.tabs a[href="/admin#${tab}"][aria-current=page]`).waitFor();
    await fault.getByText("This account is no administrator's").waitFor();
  }
  await fault.getByRole('button', { name: 'Sign in to administration' }).click();
  await page.locator('#password').waitFor();
  await page.unroute(DATA);
  // The tab is kept: whoever signs in goes on there.
  await stage.signIn(page);
  await page.locator('nav.tabs a[href="/admin#system"][aria-current=page]').waitFor();
  await visit.close();
});

test('a sign-in that has ended says so', async () => {
  const visit = await stage.admin();
  const { page } = visit;
  await open(page, 'people');
  await page.route('**/api/v1/**', (route) => route.fulfill(problem(401, 'unauthorized')));
  await page.locator('nav.tabs a[href="/admin#categories"]').click();
  await page.getByText('Your sign-in has ended.').waitFor();
  await page.unroute('**/api/v1/**');
  await visit.close();
});

/** Sends the open dialogue; what it says is wrong. */
async function refused(page: Page): Promise<string> {
  await page.locator('dialog button[type=submit]').click();
  const fault = page.locator('dialog .notice.danger');
  await fault.waitFor();
  return fault.innerText();
}

test('what the server refuses is named, with what to do, and nothing typed is lost', async () => {
  const visit = await stage.admin();
  const { page } = visit;
  await open(page, 'categories');
  await page.getByRole('button', { name: 'New category' }).click();
  assert.match(await refused(page), /These entries are at fault:[\s\S]*\bid\b[\s\S]*\bname\b[\s\S]*Correct what is named/);
  await page.fill('#category-id', 'noise');
  await page.fill('#category-name', 'Noise again');
  assert.match(await refused(page), /There is one of this identifier already[\s\S]*decide anew/);
  assert.equal(await page.inputValue('#category-name'), 'Noise again');
  await visit.isAccessible('conflict');
  await page.keyboard.press('Escape');

  await open(page, 'people');
  await page.getByRole('button', { name: 'New account' }).click();
  await page.fill('#person-name', 'Twin');
  await page.fill('#person-email', stage.server.demo.admin.email);
  await page.fill('#person-password', 'short');
  assert.match(await refused(page), /password/);
  await page.fill('#person-password', 'a long enough passphrase');
  assert.match(await refused(page), /Somebody has this e-mail address already/);
  await page.keyboard.press('Escape');
  const admin = page.locator('tr', { hasText: stage.server.demo.admin.email });
  await admin.getByRole('button', { name: /^Deactivate/ }).click();
  assert.match(await refused(page), /last active administrator/);
  await page.keyboard.press('Escape');

  await open(page, 'retention');
  await page.fill('#purge-days', '0');
  await page.getByRole('button', { name: 'Dry run' }).click();
  await page.locator('main .notice.danger', { hasText: 'days_old' }).waitFor();
  await page.getByRole('button', { name: 'Place a hold' }).click();
  await page.fill('#hold-complaint', '00000000-0000-7000-8000-000000000000');
  await page.fill('#hold-reason', 'Claim');
  assert.match(await refused(page), /There is no such thing/);
  await page.keyboard.press('Escape');
  await page.locator('input[type=number][aria-label^=Days]').first().fill('0');
  await page.getByRole('button', { name: 'Set the policy' }).click();
  assert.match(await refused(page), /at fault|Correct/);
  await page.keyboard.press('Escape');

  await open(page, 'sessions');
  await page.route('**/websocket/stats', (route) => route.fulfill({ ...problem(429, 'rate_limited'), headers: { 'Retry-After': '7' } }));
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText('try again in 7 s').waitFor();
  await page.unroute('**/websocket/stats');
  await visit.close();
});

/** Presses Tab until what has the focus fits. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by keyboard to ${selector}`);
}

test('everything is reached and done with the keyboard alone', async () => {
  const { email, password } = stage.server.demo.admin;
  const visit = await stage.admin();
  const { page } = visit;
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('#email').waitFor();
  await tabTo(page, '#email');
  await page.keyboard.type(email);
  await tabTo(page, '#password');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.locator('nav.tabs').waitFor();
  for (const tab of TABS) {
    await tabTo(page, `nav.tabs a[href="/admin#${tab}"]`);
    await page.keyboard.press('Enter');
    await page.locator(`nav.tabs a[href="/admin#${tab}"][aria-current=page]`).waitFor();
    await loaded(page, tab);
    // Past the tabs into their content, wherever it has something to do.
    await page.locator('main :is(a, button, input, select, textarea, [tabindex="0"])').first().waitFor({ state: 'attached', timeout: 2_000 }).then(
      () => tabTo(page, 'main *'),
      () => undefined,
    );
  }

  await page.evaluate(() => (location.hash = 'categories'));
  await loaded(page, 'categories');
  await tabTo(page, 'main button.primary');
  await page.keyboard.press('Enter');
  await tabTo(page, '#category-id');
  await page.keyboard.type('by-keyboard');
  await tabTo(page, '#category-name');
  await page.keyboard.type('Typed');
  await page.keyboard.press('Enter');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('td', { hasText: 'Typed' }).waitFor();
  // The focus is where it was before the dialogue.
  assert.equal(await page.evaluate(() => document.activeElement?.matches('main button.primary')), true);
  await visit.close();
});
