// A server and a browser for the tests of the administrators' page.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './chromium';
import { eventually, Server } from './server';
import { Visit } from './visit';

export const TABS = ['overview', 'sessions', 'people', 'regions', 'categories', 'workflow', 'retention', 'audit', 'system'];

export class AdminStage {
  private constructor(
    readonly server: Server,
    readonly browser: Browser,
  ) {}

  static async open(flags: string[] = []): Promise<AdminStage> {
    return new AdminStage(await Server.start(flags), await launch());
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  async signIn(page: Page, { email, password } = this.server.demo.admin): Promise<void> {
    await page.fill('#email', email);
    await page.fill('#password', password);
    await page.locator('button[type=submit]').click();
  }

  /** A tab in which the administrator is signed in. */
  async admin(options: BrowserContextOptions = {}): Promise<Visit> {
    const visit = await Visit.open(this.browser, this.server, '/admin', options);
    await this.signIn(visit.page);
    await visit.page.locator('nav.tabs').waitFor();
    return visit;
  }

  /** The administrator's headers. */
  async token(): Promise<Record<string, string>> {
    const { email, password } = this.server.demo.admin;
    const { access_token } = await this.server.ask<{ access_token: string }>('POST', '/api/v1/auth/login', { email, password });
    return { Authorization: `Bearer ${access_token}` };
  }

  /** A complaint of the first region; its id. */
  async reported(description: string): Promise<string> {
    const [region] = this.server.demo.regions;
    const body = { category: 'pothole', description, latitude: region!.latitude, longitude: region!.longitude };
    return (await this.server.ask<{ id: string }>('POST', '/api/v1/complaints', body)).id;
  }

  /** One that is closed. */
  async closed(description: string): Promise<string> {
    const id = await this.reported(description);
    const admin = await this.token();
    await this.server.ask('PATCH', `/api/v1/complaints/${id}/status`, { action: 'resolve', comment: 'Done' }, admin);
    await this.server.ask('PATCH', `/api/v1/complaints/${id}/status`, { action: 'close' }, admin);
    return id;
  }
}

/** Opens a tab and waits until nothing of it loads. */
export async function open(page: Page, tab: string): Promise<void> {
  await page.locator(`nav.tabs a[href="/admin#${tab}"]`).click();
  await page.locator(`nav.tabs a[href="/admin#${tab}"][aria-current=page]`).waitFor();
  await loaded(page, tab);
}

export async function loaded(page: Page, tab: string): Promise<void> {
  await eventually(`${tab} is loaded`, async () => (await page.locator('main .spinner').count()) === 0 && (await page.locator('main > *').count()) > 1);
}
