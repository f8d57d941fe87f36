// The system's Chromium, without a window, for tests and pictures.
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where `scripts/setup --browser-tools` puts it, or has found it. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/homebrew/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export async function launch(): Promise<Browser> {
  const executablePath = PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error('no Chromium: run scripts/setup --browser-tools');
  // The sandbox needs rights that root in a container has not; only pages of our own are opened.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
