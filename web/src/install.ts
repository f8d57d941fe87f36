// Makes the board open without a network: a service worker keeps the page and the files that it was made of.

export function keepPage(): void {
  if (!('serviceWorker' in navigator)) return;
  addEventListener('load', () => void register());
}

async function register(): Promise<void> {
  try {
    await navigator.serviceWorker.register('/sw.js');
    const { active } = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    active?.postMessage({ keep: ['/board', ...loaded.filter((path) => !path.startsWith('/api/'))] });
  } catch (error) {
    console.warn('the board cannot be opened offline in this browser', error);
  }
}
