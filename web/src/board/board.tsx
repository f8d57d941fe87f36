// The board's frame: bar, list, map, detail, and what lies over them.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { LanguagePicker } from '../ui/frame';
import { Icon } from '../ui/icon';
import { Notice, Spinner } from '../ui/parts';
import { Bulk } from './bulk';
import { Connection } from './connection';
import type { Desk } from './desk';
import { DetailPane } from './detail';
import { Elsewhere } from './elsewhere';
import { Filters } from './filters';
import { List } from './list';
import { narrowed, NO_FILTERS } from './listing';
import { MapPane } from './map';
import { OutboxView } from './outboxview';
import { Report } from './report';
import { initials } from './row';
import { Sheet } from './sheet';

type Over = 'outbox' | 'report' | 'settings';

export function Board({ desk }: { desk: Desk }) {
  const [over, setOver] = useState<Over>();
  const { id } = desk.details;
  const complaints = desk.list();

  useEffect(() => {
    const follow = (): void => open(location.hash.slice(1) || undefined, false);
    follow();
    addEventListener('hashchange', follow);
    addEventListener('keydown', toSearch);
    addEventListener('keydown', escaped);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('keydown', toSearch);
      removeEventListener('keydown', escaped);
    };
  }, []);

  /** The address names the complaint, so that going back closes it and a link opens it. */
  function open(to: string | undefined, isAddressed = true): void {
    setOver(undefined);
    if (isAddressed && location.hash.slice(1) !== (to ?? '')) history.pushState(null, '', to ? `#${to}` : '/board');
    desk.details.show(to);
  }

  /** Escape closes the detail wherever the focus is; a dialogue closes itself first. */
  function escaped(event: KeyboardEvent): void {
    if (event.key === 'Escape' && desk.details.id !== undefined && !document.querySelector('dialog[open]')) close();
  }

  function close(): void {
    open(undefined);
    document.getElementById('list')?.focus();
  }

  return (
    <div class={id === undefined ? 'board' : 'board has-detail'}>
      <a class="skip" href="#list" onClick={(event) => (event.preventDefault(), document.getElementById('list')?.focus())}>
        {t('skip')}
      </a>
      <Bar desk={desk} onOver={setOver} />
      <main class="panes" id="content">
        <h1 class="unseen">{t('board.title')}</h1>
        <section class="list-pane" aria-label={t('board.list')}>
          <Filters desk={desk} shown={complaints.length} />
          {complaints.length > 0 ? <List desk={desk} complaints={complaints} selected={id} onOpen={open} /> : <Nothing desk={desk} />}
          {desk.selection.isOn ? <Bulk desk={desk} complaints={complaints} /> : <Elsewhere desk={desk} onOpen={open} />}
        </section>
        <MapPane desk={desk} complaints={complaints} selected={id} onOpen={open} />
        {id !== undefined && <DetailPane key={id} desk={desk} id={id} onOpen={open} onClose={close} />}
      </main>
      <p class="unseen" role="status">
        {desk.alerts.announced}
      </p>
      <div class="toasts" role="status">
        {desk.messages.shown.map((toast) => (
          <p key={toast.id} class={`toast ${toast.kind}`}>
            {toast.text}
          </p>
        ))}
      </div>
      {over === 'outbox' && (
        <Sheet title={t('board.outbox')} onClose={() => setOver(undefined)}>
          <OutboxView desk={desk} onOpen={open} />
        </Sheet>
      )}
      {over === 'report' && (
        <Sheet title={t('board.new_report')} onClose={() => setOver(undefined)}>
          <Report desk={desk} onDone={() => setOver(undefined)} />
        </Sheet>
      )}
      {over === 'settings' && (
        <Sheet title={t('board.settings')} onClose={() => setOver(undefined)}>
          <Settings desk={desk} />
        </Sheet>
      )}
    </div>
  );
}

/** "/" goes to the search, unless something is being typed. */
function toSearch(event: KeyboardEvent): void {
  const at = event.target as HTMLElement;
  if (event.key !== '/' || event.ctrlKey || event.metaKey || at.closest('input, textarea, select, dialog')) return;
  event.preventDefault();
  document.getElementById('search')?.focus();
}

function Bar({ desk, onOver }: { desk: Desk; onOver: (over: Over) => void }) {
  const { pending, stuck } = desk.outbox;
  const people = new Map([...desk.people.presence.values()].flatMap((here) => [...here]));
  people.delete(desk.me);
  const names = [...people.values()].map(({ name }) => name);
  return (
    <header class="bar board-bar">
      <div>
        <a class="brand" href="/board">
          <img src="/icon.svg" alt="" width="30" height="30" />
          <span class="wide-only">Redress</span>
        </a>
        <Connection desk={desk} />
        {names.length > 0 && (
          <p class="people" title={names.join(', ')}>
            <span class="unseen">{t('board.online', { names: names.join(', ') })}</span>
            {names.slice(0, 4).map((name) => (
              <span key={name} class="face" aria-hidden="true">
                {initials(name)}
              </span>
            ))}
            {names.length > 4 && <span aria-hidden="true">+{names.length - 4}</span>}
          </p>
        )}
        <span class="end" />
        {(pending.length > 0 || stuck.length > 0) && (
          <button type="button" class={stuck.length > 0 ? 'danger' : ''} onClick={() => onOver('outbox')}>
            {stuck.length > 0 ? t('board.stuck', { count: stuck.length }) : t('board.waiting', { count: pending.length })}
          </button>
        )}
        <button type="button" class="primary" onClick={() => onOver('report')}>
          {t('board.report')}
        </button>
        <button type="button" onClick={() => onOver('settings')}>
          <span class="unseen">{t('board.settings')}</span>
          <span class="face" aria-hidden="true">
            {initials(desk.account?.name ?? '')}
          </span>
          <span class="wide-only">{desk.account?.name}</span>
        </button>
      </div>
    </header>
  );
}

function Settings({ desk }: { desk: Desk }) {
  return (
    <div class="stack">
      <p>
        <strong>{desk.account?.name}</strong>
        <br />
        <span class="soft">{desk.account?.email}</span>
      </p>
      <LanguagePicker />
      <label class="check">
        <input type="checkbox" checked={desk.alerts.hasSound} onChange={(event) => desk.alerts.setSound(event.currentTarget.checked)} /> {t('board.sound')}
      </label>
      <label class="check">
        <input type="checkbox" checked={desk.alerts.hasNote} onChange={(event) => void desk.alerts.setNote(event.currentTarget.checked)} /> {t('board.notification')}
      </label>
      <p class="hint">{t('board.keys')}</p>
      {desk.outbox.deeds.length > 0 && <Notice kind="warning">{t('board.leave_waiting', { count: desk.outbox.deeds.length })}</Notice>}
      <button type="button" class="danger" onClick={() => void desk.leave()}>
        {t('board.sign_out')}
      </button>
    </div>
  );
}

/** Why the list is empty, and what to do. */
function Nothing({ desk }: { desk: Desk }) {
  if (!desk.hasList) {
    return (
      <p class="nothing" role="status">
        {desk.isOffline ? t('board.nothing_kept') : (<><Spinner /> {t('loading')}</>)}
      </p>
    );
  }
  const isNarrowed = narrowed(desk.filters) > 0 || desk.filters.words !== '';
  return (
    <div class="nothing">
      <Icon name={isNarrowed ? 'search' : 'check'} />
      <p>{t(isNarrowed ? 'board.none_found' : 'board.none_open')}</p>
      {isNarrowed && (
        <button type="button" onClick={() => desk.setFilters({ ...NO_FILTERS, order: desk.filters.order })}>
          {t('board.reset')}
        </button>
      )}
    </div>
  );
}
