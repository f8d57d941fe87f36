// What the pages are built from: the default registry, and licences that may be passed on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, { license?: string; dev?: boolean; resolved?: string; integrity?: string }> };

test('the lock file names no registry, and the content of every package', () => {
  for (const [name, { resolved, integrity }] of Object.entries(lock.packages)) {
    assert.equal(resolved, undefined, name);
    if (name) assert.ok(integrity, name);
  }
});

test('what is bundled may be passed on, and its licences come along', () => {
  const licences = readFileSync('dist/licences.txt', 'utf8');
  for (const [path, { license, dev }] of Object.entries(lock.packages)) {
    if (!path || dev) continue;
    assert.match(license ?? '', /^(MIT|ISC|BSD-[23]-Clause|Apache-2\.0)$/, path);
  }
  for (const name of ['preact', 'leaflet', 'uqr', 'openapi-fetch']) assert.ok(licences.includes(`${name}\n\n`), name);
});
