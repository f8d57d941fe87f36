// What somebody on a thin line loads before the report page works, compressed. Needs a build.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

interface Chunk {
  file: string;
  src?: string;
  imports?: string[];
  dynamicImports?: string[];
}

const KIB = 1024;
const built = JSON.parse(readFileSync('dist/pages.json', 'utf8')) as Record<string, Chunk>;

/** The chunks of a page: what it imports, what those import, and what `later` says that it loads by itself. */
function chunks(name: string, later: (name: string) => boolean): Set<string> {
  const found = new Set<string>();
  const take = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const { imports = [], dynamicImports = [] } = built[name]!;
    [...imports, ...dynamicImports.filter(later)].forEach(take);
  };
  take(name);
  return found;
}

function size(names: Iterable<string>): number {
  let sum = 0;
  for (const name of names) sum += gzipSync(readFileSync(`dist/${built[name]!.file}`), { level: 9 }).length;
  return sum;
}

const isMap = (name: string) => /map/.test(name);
/** Texts of one language: of the largest one, Arabic. */
const isText = (page: string) => (name: string) => name.startsWith('src/messages/ar/') && (name.includes('shared') || name.includes(page));

test('the report page is at most 60 KiB of compressed script without the map', () => {
  const all = chunks('report.html', (name) => isText('report')(name) || (!name.startsWith('src/messages/') && !isMap(name)));
  assert.ok(![...all].some(isMap), [...all].join(' '));
  const bytes = size(all);
  assert.ok(bytes > 10 * KIB && bytes <= 60 * KIB, `${(bytes / KIB).toFixed(1)} KiB`);
});

test('the tracking page is at most 100 KiB of compressed script with the map', () => {
  const bytes = size(chunks('track.html', (name) => isText('track')(name) || !name.startsWith('src/messages/')));
  assert.ok(bytes <= 100 * KIB, `${(bytes / KIB).toFixed(1)} KiB`);
});

test('the administrators\' page is at most 35 KiB of compressed script before a tab, and 120 KiB with all of them, charts and map', () => {
  const isTab = (name: string) => name.startsWith('src/admin/');
  const first = size(chunks('admin.html', (name) => isText('admin')(name)));
  assert.ok(first <= 35 * KIB, `${(first / KIB).toFixed(1)} KiB at first`);
  const all = chunks('admin.html', (name) => isText('admin')(name) || !name.startsWith('src/messages/'));
  assert.ok([...all].filter(isTab).length >= 9, [...all].join(' '));
  const bytes = size(all);
  assert.ok(bytes <= 120 * KIB, `${(bytes / KIB).toFixed(1)} KiB with all`);
});
