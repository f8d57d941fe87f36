// Builds each page of the folder as its own entry, with hashed names, and compresses beforehand what the server
// sends compressed: it never compresses a script while somebody waits.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const PAGES = readdirSync(import.meta.dirname ?? '.').filter((name) => name.endsWith('.html'));
const TEXT = /\.(js|css|svg|json|txt|webmanifest)$/;
/** Below this a compressed file saves less than its header costs. */
const WORTH = 1024;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const path of filesBelow('dist').filter((name) => TEXT.test(name))) {
        const bytes = readFileSync(path);
        if (bytes.length < WORTH) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
      }
    },
  };
}

/** The licences of what is bundled, which they ask to come along: dist/licences.txt. */
function licences(): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      const folders = new Set<string>();
      for (const id of this.getModuleIds()) {
        const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace('\0', ''))?.[0];
        if (folder) folders.add(folder);
      }
      const source = [...folders].sort().map((folder) => {
        const name = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
        if (!name) this.error(`${folder} is bundled and has no licence`);
        return `${folder.split('/node_modules/').pop()}\n\n${readFileSync(join(folder, name), 'utf8')}`;
      });
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: source.join('\n\n----\n\n') });
    },
  };
}

export default defineConfig({
  appType: 'mpa',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  plugins: [licences(), compressed()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The content security policy allows neither inline scripts nor data: fonts; everything is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: 'pages.json',
    rollupOptions: { input: PAGES },
  },
});
