// What the pages were compiled against is what the server says of itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROGRAM } from './server';

test('src/api.ts is of the present OpenAPI document (else: make api)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-api-'));
  try {
    writeFileSync(join(folder, 'openapi.json'), execFileSync(PROGRAM, ['openapi']));
    execFileSync('npx', ['openapi-typescript', join(folder, 'openapi.json'), '--output', join(folder, 'api.ts')], { stdio: 'ignore' });
    assert.ok(readFileSync(join(folder, 'api.ts'), 'utf8') === readFileSync('src/api.ts', 'utf8'), 'run make api');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
