// Every text is there in every language, says the same values, and is used by its name.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

type Texts = Record<string, string>;

const FOLDER = 'src/messages';
const LANGUAGES = readdirSync(FOLDER);
const PAGES = readdirSync(join(FOLDER, 'en'));
const FORM = /\.(zero|one|two|few|many|other)$/;

function texts(language: string, page: string): Texts {
  return JSON.parse(readFileSync(join(FOLDER, language, page), 'utf8')) as Texts;
}

/** The names that a language needs: a text in several numbers once for each form that it counts in. */
function needed(language: string, english: Texts): string[] {
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const names = Object.keys(english).flatMap((name) => (FORM.test(name) ? forms.map((form) => name.replace(FORM, `.${form}`)) : [name]));
  return [...new Set(names)].sort();
}

function sources(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? sources(path) : /\.(ts|tsx|rs)$/.test(path) && !path.endsWith('api.ts') ? readFileSync(path, 'utf8') : ''))
    .join('\n');
}

test('there are three languages, one of them from right to left', () => {
  assert.deepEqual(LANGUAGES.sort(), ['ar', 'de', 'en']);
});

for (const language of LANGUAGES) {
  for (const page of PAGES) {
    test(`${language}/${page} has every text and no other`, () => {
      const found = texts(language, page);
      assert.deepEqual(Object.keys(found).sort(), needed(language, texts('en', page)));
      for (const [name, text] of Object.entries(found)) assert.ok(text.trim(), `${name} is empty`);
    });
  }
}

test('texts in all languages name the same values', () => {
  const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
  for (const page of PAGES) {
    const english = texts('en', page);
    for (const language of LANGUAGES.filter((it) => it !== 'en')) {
      for (const [name, text] of Object.entries(texts(language, page))) {
        // A form such as "one" may say its number in words.
        if (FORM.test(name)) continue;
        assert.deepEqual(values(text), values(english[name] ?? ''), `${language}: ${name}`);
      }
    }
  }
});

// What pages share may be there before a page needs it.
test('every text of the residents\' pages is used', () => {
  const code = sources('src') + sources('../src/http/pages');
  for (const page of ['report.json', 'track.json']) {
    for (const name of Object.keys(texts('en', page))) {
      const stem = name.replace(FORM, '');
      const parts = stem.split('.');
      // Some names are put together: `status.${status}`.
      const isUsed = parts.some((_, i) => {
        const head = parts.slice(0, parts.length - i).join('.');
        return i === 0 ? code.includes(`'${head}'`) || code.includes(`"${head}"`) : code.includes(`\`${head}.\${`) || code.includes(`"${head}.{`);
      });
      assert.ok(isUsed || name.endsWith('.title'), `${name} is used nowhere`);
    }
  }
});

test('names of texts in code exist', () => {
  const all = new Set(PAGES.flatMap((page) => Object.keys(texts('en', page)).flatMap((name) => [name, name.replace(FORM, '')])));
  for (const [, name] of sources('src').matchAll(/\bt\(\s*'([^']+)'/g)) assert.ok(all.has(name!), `${name} is no text`);
});
