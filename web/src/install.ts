// Makes a page open without a network: a service worker keeps it and the files that it was made of.

/** `page`: its path, which `public/sw.js` knows. */
export function keepPage(page: '/' | '/board'): void {
  if (!('serviceWorker' in navigator)) return;
  addEventListener('load', () => void register(page));
}

async function register(page: string): Promise<void> {
  try {
    await navigator.serviceWorker.register('/sw.js');
    const { active } = await navigator.serviceWorker.ready;
    // The page last: where it is kept, so is what it was made of.
    const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    active?.postMessage({ keep: [...loaded.filter((path) => !path.startsWith('/api/')), page] });
  } catch (error) {
    console.warn('this page cannot be opened offline in this browser', error);
  }
}
