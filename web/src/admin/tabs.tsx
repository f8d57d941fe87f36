// The tabs: each its own module, loaded when it is first opened; the address names the one that is open.
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { LanguagePicker } from '../ui/frame';
import { Notice, Spinner } from '../ui/parts';

const TABS = {
  overview: () => import('./overview'),
  sessions: () => import('./sessions'),
  people: () => import('./people'),
  regions: () => import('./regions'),
  categories: () => import('./categories'),
  workflow: () => import('./workflow'),
  retention: () => import('./retention'),
  audit: () => import('./audit'),
  system: () => import('./system'),
} satisfies Record<string, () => Promise<{ Tab: ComponentType }>>;
type Name = keyof typeof TABS;
const NAMES = Object.keys(TABS) as Name[];

function addressed(): Name {
  const name = location.hash.slice(1) as Name;
  return NAMES.includes(name) ? name : 'overview';
}

export function Tabs({ name, onLeave }: { name: string; onLeave: () => void }) {
  const [open, setOpen] = useState(addressed);
  useEffect(() => {
    const follow = (): void => setOpen(addressed());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return (
    <div class="admin">
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById('content')?.focus())}>
        {t('skip')}
      </a>
      <header class="bar">
        <div>
          <a class="brand" href="/admin" aria-label="Redress">
            <img src="/icon.svg" alt="" width="30" height="30" />
            <span class="wide-only">Redress</span>
          </a>
          <span class="soft wide-only">{name}</span>
          <LanguagePicker />
          <button type="button" onClick={onLeave}>
            {t('admin.sign_out')}
          </button>
        </div>
      </header>
      <nav class="tabs" aria-label={t('admin.title')}>
        {NAMES.map((tab) => (
          <a key={tab} href={`/admin#${tab}`} aria-current={tab === open ? 'page' : undefined}>
            {t(`admin.tab.${tab}`)}
          </a>
        ))}
      </nav>
      <main id="content" tabIndex={-1}>
        <h1>{t(`admin.tab.${open}`)}</h1>
        <Lazy key={open} name={open} />
      </main>
    </div>
  );
}

function Lazy({ name }: { name: Name }) {
  const [Tab, setTab] = useState<ComponentType>();
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    TABS[name]().then(
      (module) => setTab(() => module.Tab),
      () => setFailed(true),
    );
  }, []);
  if (hasFailed) {
    return (
      <Notice kind="danger">
        {t('problem.offline')}{' '}
        <button type="button" onClick={() => location.reload()}>
          {t('again')}
        </button>
      </Notice>
    );
  }
  if (Tab) return <Tab />;
  return (
    <p role="status" class="row">
      <Spinner /> {t('loading')}
    </p>
  );
}
