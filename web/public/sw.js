// Keeps the report page, the board and their files, so that they open without a network. Never touches the API: what
// officers read is kept by the board itself, and wiped when they sign out; what was reported, by the report page.

/** It was the board's alone; under another name what browsers have would be lost. */
const CACHE = 'redress-board-1';
const BOARD = '/board';
const PAGES = ['/', BOARD];
const PATIENCE_MS = 4000;
/** More files than a few releases have. */
const MOST = 120;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith('redress-board-') && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('message', (event) => {
  const keep = event.data?.keep;
  if (Array.isArray(keep)) event.waitUntil(keepAll(keep));
});

async function keepAll(paths) {
  const cache = await caches.open(CACHE);
  for (const path of paths) {
    if (isHashed(path) && (await cache.match(path))) continue;
    const answer = await fetch(path).catch(() => undefined);
    if (answer?.ok) await cache.put(path, answer);
  }
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST))) await cache.delete(key);
}

const isHashed = (path) => path.startsWith('/assets/');
const isNamed = (path) => /^\/[a-z0-9-]+\.(svg|png|webmanifest)$/.test(path);

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (event.request.mode === 'navigate') {
    if (PAGES.includes(url.pathname)) event.respondWith(page(event.request, url.pathname));
  } else if (isHashed(url.pathname) || isNamed(url.pathname)) {
    event.respondWith(file(event.request, isHashed(url.pathname)));
  }
});

/** The page as it is now; as it was kept when that takes too long or fails. */
async function page(request, path) {
  const cache = await caches.open(CACHE);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  });
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const first = await Promise.race([fresh, late.then(() => cache.match(path))]).catch(() => undefined);
  if (first && first.status < 500) return first;
  return (await cache.match(path)) ?? fresh;
}

async function file(request, isForEver) {
  const cache = await caches.open(CACHE);
  const path = new URL(request.url).pathname;
  const kept = await cache.match(path);
  if (kept && isForEver) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const address = `${BOARD}#${event.notification.data ?? ''}`;
  event.waitUntil(
    (async () => {
      const [open] = await self.clients.matchAll({ type: 'window' });
      if (open && new URL(open.url).pathname === BOARD) {
        await open.navigate(address).catch(() => undefined);
        return open.focus();
      }
      return self.clients.openWindow(address);
    })(),
  );
});
