// The board's scripts, with the map, fit into 150 KiB as they are sent.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const BUDGET = 150 * 1024;
const DIST = 'dist';

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
}

function size(file: string): number {
  const sent = [`${file}.br`, file].find((name) => statSync(join(DIST, name), { throwIfNoEntry: false }));
  assert.ok(sent, `${file} is built`);
  return statSync(join(DIST, sent)).size;
}

test('the board with its map stays within its budget', (context) => {
  const chunks = JSON.parse(readFileSync(join(DIST, 'pages.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = chunks[name];
    if (!chunk || files.has(chunk.file)) return;
    files.add(chunk.file);
    // Of the texts, one language of two pages is loaded; they are counted whole.
    for (const next of [...(chunk.imports ?? []), ...(chunk.dynamicImports ?? [])]) add(next);
  };
  add('board.html');
  const sum = [...files].reduce((bytes, file) => bytes + size(file), 0);
  context.diagnostic(`${(sum / 1024).toFixed(1)} KiB in ${files.size} files`);
  assert.ok(files.size > 3);
  assert.ok(sum <= BUDGET, `${sum} bytes`);
});
