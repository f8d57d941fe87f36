// Runs the tests of a folder: bundles each *.test.ts for Node (which need not know TypeScript), then `node --test`.
//
//   node scripts/test.mjs tests      units: no browser, no server
//   node scripts/test.mjs browser    in headless Chromium against a server of their own
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const [folder = 'tests', only = ''] = process.argv.slice(2);
const out = join('node_modules', '.tests', folder);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const names = readdirSync(folder).filter((name) => name.endsWith('.test.ts') && name.includes(only));
await build({
  entryPoints: names.map((name) => join(folder, name)),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node18',
  logLevel: 'warning',
});
const files = names.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
const concurrency = folder === 'browser' ? ['--test-concurrency=1'] : [];
const { status } = spawnSync(process.execPath, ['--test', ...concurrency, ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
