// What is around every page: the way past it, the name, the language.
import type { ComponentChildren } from 'preact';
import { choose, language, LANGUAGES, t, type Language } from '../i18n';
import { Icon } from './icon';

export function Frame({ children, end }: { children: ComponentChildren; end?: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#content">
        {t('skip')}
      </a>
      <header class="bar">
        <div>
          <a class="brand" href="/">
            <img src="/icon.svg" alt="" width="30" height="30" />
            Redress
          </a>
          {end}
          <LanguagePicker />
        </div>
      </header>
      {children}
    </>
  );
}

export function LanguagePicker() {
  return (
    <label class="language end">
      <Icon name="globe" />
      <span class="unseen">{t('language')}</span>
      <select value={language()} onChange={(event) => void choose(event.currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
