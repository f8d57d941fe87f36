// What tests of the report page have in common: a server and a browser, what is clicked, and what arrived.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch } from './chromium';
import { Server } from './server';
import { Visit } from './visit';

export interface Complaint {
  id: string;
  description: string;
  region: string;
  reporter?: { email?: string };
}

export class ReportStage {
  private constructor(
    readonly server: Server,
    readonly browser: Browser,
  ) {}

  static async open(): Promise<ReportStage> {
    return new ReportStage(await Server.start(), await launch());
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  visit(options?: BrowserContextOptions, withoutScript?: (page: Page) => Promise<unknown>): Promise<Visit> {
    return Visit.open(this.browser, this.server, '/', options, withoutScript);
  }

  /** What officers of a region have with these words. */
  async found(words: string, region = 'north'): Promise<Complaint[]> {
    const { items } = await this.server.ask<{ items: Complaint[] }>('GET', `/api/v1/complaints?q=${words}`, undefined, await this.server.officer(region));
    return items;
  }
}

export const send = (page: Page) => page.getByRole('button', { name: 'Send the report' }).click();
export const waits = (page: Page) => page.getByRole('heading', { name: 'Your report waits for the connection' });
export const arrived = (page: Page) => page.getByRole('heading', { name: 'Your report has arrived' });

/** A report of noise; an address alone says no region. */
export async function fillIn(page: Page, description: string, address: string): Promise<void> {
  await page.getByText('Noise', { exact: true }).click();
  await page.locator('#description').fill(description);
  await page.locator('#address').fill(address);
  await page.locator('#region').selectOption('north');
}
