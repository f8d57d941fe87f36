// What narrows the list, and its order.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Icon } from '../ui/icon';
import type { Desk } from './desk';
import { NO_FILTERS, SEVERITIES, narrowed, type Filters as Chosen } from './listing';
import { OPEN } from '../../live/src/index.js';

interface Choice {
  value: string;
  text: string;
}

export function Filters({ desk, shown }: { desk: Desk; shown: number }) {
  const { filters, selection } = desk;
  const [isOpen, setOpen] = useState(false);
  const set = (change: Partial<Chosen>): void => desk.setFilters(change);
  const count = narrowed(filters);
  return (
    <search class="filters">
      <div class="row">
        <label class="search">
          <Icon name="search" />
          <span class="unseen">{t('board.search')}</span>
          <input id="search" type="search" placeholder={t('board.search')} value={filters.words} onInput={(event) => set({ words: event.currentTarget.value })} />
        </label>
        <button type="button" aria-expanded={isOpen} aria-controls="narrow" onClick={() => setOpen(!isOpen)}>
          {t('board.filters')} {count > 0 && <span class="count">{count}</span>}
        </button>
      </div>
      <div id="narrow" class="narrow" hidden={!isOpen}>
        {isOpen && <Narrowing desk={desk} />}
      </div>
      <div class="row between counted">
        <p class="soft small shown" role="status">
          {t('board.shown', { count: shown, all: desk.open.count() })}
        </p>
        {shown > 0 && (
          <button type="button" class="plain pick" aria-pressed={selection.isOn} onClick={() => (selection.isOn ? selection.end() : selection.begin())}>
            {t('board.pick')}
          </button>
        )}
      </div>
    </search>
  );
}

function Narrowing({ desk }: { desk: Desk }) {
  const { filters } = desk;
  const set = (change: Partial<Chosen>): void => desk.setFilters(change);
  const count = narrowed(filters);
  const regions = desk.ownRegions;
  return (
    <>
      <Pick id="whose" label={t('board.whose')} value={filters.whose} choices={['all', 'mine', 'nobody'].map((value) => ({ value, text: t(`board.whose.${value as Chosen['whose']}`) }))} onPick={(whose) => set({ whose: whose as Chosen['whose'] })} />
      <Pick id="due" label={t('board.deadline')} value={filters.due} choices={['any', 'overdue', 'soon'].map((value) => ({ value, text: t(`board.due.${value as Chosen['due']}`) }))} onPick={(due) => set({ due: due as Chosen['due'] })} />
      <Pick id="status" label={t('board.status')} value={filters.status} all choices={OPEN.map((value) => ({ value, text: t(`status.${value}`) }))} onPick={(status) => set({ status: status as Chosen['status'] })} />
      <Pick id="severity" label={t('board.severity')} value={filters.severity} all choices={SEVERITIES.slice(1).map((value) => ({ value, text: t('board.at_least', { severity: t(`severity.${value}`) }) }))} onPick={(severity) => set({ severity: severity as Chosen['severity'] })} />
      <Pick id="category" label={t('board.category')} value={filters.category} all choices={desk.categories.map(({ id, name }) => ({ value: id, text: name }))} onPick={(category) => set({ category })} />
      <Pick id="region" label={t('board.region')} value={filters.region} all choices={regions.map(({ id, name }) => ({ value: id, text: name }))} onPick={(region) => set({ region })} />
      <Pick id="order" label={t('board.order')} value={filters.order} choices={['urgent', 'newest', 'oldest'].map((value) => ({ value, text: t(`board.order.${value as Chosen['order']}`) }))} onPick={(order) => set({ order: order as Chosen['order'] })} />
      <button type="button" class="plain" disabled={count === 0} onClick={() => set({ ...NO_FILTERS, words: filters.words, order: filters.order })}>
        {t('board.reset')}
      </button>
    </>
  );
}

interface PickProps {
  id: string;
  label: string;
  value: string;
  choices: Choice[];
  all?: boolean;
  onPick: (value: string) => void;
}

function Pick({ id, label, value, choices, all, onPick }: PickProps) {
  return (
    <div class="field">
      <label for={`filter-${id}`}>{label}</label>
      <select id={`filter-${id}`} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {all && <option value="">{t('board.all')}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.text}
          </option>
        ))}
      </select>
    </div>
  );
}
