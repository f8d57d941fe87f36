// Texts in the viewer's language. The server picks the language (cookie `language`, else the browser's wish) and
// writes it into the page's <html lang>; texts lie in messages/<language>/<page>.json and are loaded page by page.
import { render, type ComponentChild } from 'preact';
import type admin from './messages/en/admin.json';
import type board from './messages/en/board.json';
import type report from './messages/en/report.json';
import type shared from './messages/en/shared.json';
import type track from './messages/en/track.json';

export type Page = 'report' | 'track' | 'board' | 'admin' | 'shared';
type Texts = typeof shared & typeof report & typeof track & typeof board & typeof admin;
/** `x.one`, `x.other`, … are one text `x` in several numbers. */
type Plural = { [K in keyof Texts]: K extends `${infer Name}.other` ? Name : never }[keyof Texts];
export type Key = keyof Texts | Plural;
export type Values = Record<string, string | number>;

export const LANGUAGES = { en: 'English', de: 'Deutsch', ar: 'العربية' } as const;
export type Language = keyof typeof LANGUAGES;
const RIGHT_TO_LEFT: Language[] = ['ar'];

const files = import.meta.glob<Record<string, string>>(['./messages/*/*.json', '!./messages/*/plain.json'], { import: 'default' });
let texts: Record<string, string> = {};
let current: Language = 'en';
/** Formats are costly to make, and few: a list that is drawn ten times a second makes none twice. */
const formats = new Map<string, unknown>();

function kept<T>(name: string, make: () => T): T {
  const found = (formats.get(name) as T | undefined) ?? make();
  formats.set(name, found);
  return found;
}

/** The language of the page. */
export function language(): Language {
  return current;
}

/** A text; `{name}` in it is replaced by a value, and `count` among them picks the number's form. */
export function t(key: Key, values: Values = {}): string {
  const text = texts[key] ?? plural(key, values['count']) ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? kept(`number ${current}`, () => new Intl.NumberFormat(current)).format(value) : value;
  });
}

function plural(key: string, count: string | number | undefined): string | undefined {
  const form = kept(`plural ${current}`, () => new Intl.PluralRules(current)).select(Number(count ?? 0));
  return texts[`${key}.${form}`] ?? texts[`${key}.other`];
}

/** Whether a text of that name exists: for names that come from the server. */
export function has(key: string): key is Key {
  return key in texts;
}

/** The language as the viewer's region writes it: `en-GB` for a browser that asks for it. */
function locale(): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === current) ?? current;
}

/** A time in the viewer's zone and language. */
export function time(at: string | Date, style: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }): string {
  const wish = locale();
  return kept(`time ${wish} ${JSON.stringify(style)}`, () => new Intl.DateTimeFormat(wish, style)).format(new Date(at));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago or ahead a time is: "5 minutes ago". */
export function ago(at: string | Date, now: number = Date.now()): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const format = kept(`ago ${current}`, () => new Intl.RelativeTimeFormat(current, { numeric: 'auto' }));
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, 'minute') && t('time.now');
}

function chosen(): Language {
  const cookie = /(?:^|; )language=(\w+)/.exec(document.cookie)?.[1];
  const wish = cookie ?? document.documentElement.lang;
  return wish in LANGUAGES ? (wish as Language) : 'en';
}

async function load(wish: Language, pages: Page[]): Promise<void> {
  const loaded = await Promise.all(pages.map((page) => files[`./messages/${wish}/${page}.json`]?.() ?? {}));
  texts = Object.assign({}, ...loaded) as Record<string, string>;
  current = wish;
  document.documentElement.lang = wish;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(wish) ? 'rtl' : 'ltr';
}

let again: () => Promise<void> = async () => {};

/** Loads the texts of a page and draws it; draws it again, with all that was typed, in another language. */
export async function begin(page: Page, draw: () => ComponentChild): Promise<void> {
  const root = document.getElementById('page');
  if (!root) throw new Error('the page has no #page');
  again = async () => {
    await load(chosen(), ['shared', page]);
    document.title = t(`${page}.title` as Key);
    render(draw(), root);
  };
  await again();
}

/** Switches the language, for this browser and from now on. */
export async function choose(wish: Language): Promise<void> {
  document.cookie = `language=${wish}; Path=/; Max-Age=31536000; SameSite=Lax`;
  await again();
}
