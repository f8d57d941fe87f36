// The list: only the rows in view are in the page, so that ten thousand cost as much as twenty.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { ago, t } from '../i18n';
import { Icon } from '../ui/icon';
import { StatusBadge } from '../ui/parts';
import type { Desk } from './desk';
import { number } from '../number';
import { isOverdue } from './listing';

/** In rem: a row has the same height, whatever it says. */
const ROW = 6.75;
/** Rows beyond the edges, so that scrolling shows no gap. */
const BEYOND = 6;

interface Props {
  desk: Desk;
  complaints: Complaint[];
  selected: string | undefined;
  onOpen: (id: string) => void;
}

export function List({ desk, complaints, selected, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [active, setActive] = useState<string>();
  /** The first row in view and how far it is scrolled over: it stays where it is while others come and go above. */
  const anchor = useRef<{ id: string; offset: number } | undefined>(undefined);
  const row = ROW * rem();

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    const kept = anchor.current;
    if (!element || !kept || element.scrollTop === 0) return;
    const index = complaints.findIndex(({ id }) => id === kept.id);
    if (index < 0) return;
    const top = index * row + kept.offset;
    if (Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
  }, [complaints]);

  function scrolled(): void {
    const element = box.current;
    if (!element) return;
    const top = element.scrollTop;
    const first = complaints[Math.floor(top / row)];
    anchor.current = first && { id: first.id, offset: top - Math.floor(top / row) * row };
    setView({ top, height: element.clientHeight });
  }

  function go(to: number): void {
    const index = Math.max(0, Math.min(complaints.length - 1, to));
    const complaint = complaints[index];
    const element = box.current;
    if (!complaint || !element) return;
    setActive(complaint.id);
    const top = index * row;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + row > element.scrollTop + element.clientHeight) element.scrollTop = top + row - element.clientHeight;
  }

  function pressed(event: KeyboardEvent): void {
    const at = complaints.findIndex(({ id }) => id === active);
    const page = Math.max(1, Math.floor(view.height / row) - 1);
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at < 0 ? 0 : at - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      Home: () => go(0),
      End: () => go(complaints.length - 1),
      Enter: () => active !== undefined && at >= 0 && onOpen(active),
      ' ': () => active !== undefined && at >= 0 && onOpen(active),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  }

  const first = Math.max(0, Math.floor(view.top / row) - BEYOND);
  const last = Math.min(complaints.length, Math.ceil((view.top + view.height) / row) + BEYOND);
  const isActiveShown = complaints.slice(first, last).some(({ id }) => id === active);
  return (
    <div
      ref={box}
      class="list"
      id="list"
      role="listbox"
      tabIndex={0}
      aria-label={t('board.list')}
      aria-activedescendant={isActiveShown ? `row-${active}` : undefined}
      onScroll={scrolled}
      onKeyDown={pressed}
      onFocus={() => active === undefined && setActive(complaints[Math.ceil(view.top / row)]?.id)}
    >
      <div role="presentation" style={{ height: `${complaints.length * ROW}rem` }}>
        {complaints.slice(first, last).map((complaint, index) => (
          <Row
            key={complaint.id}
            desk={desk}
            complaint={complaint}
            index={first + index}
            count={complaints.length}
            isSelected={complaint.id === selected}
            isActive={complaint.id === active}
            onOpen={() => {
              setActive(complaint.id);
              onOpen(complaint.id);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  desk: Desk;
  complaint: Complaint;
  index: number;
  count: number;
  isSelected: boolean;
  isActive: boolean;
  onOpen: () => void;
}

function Row({ desk, complaint, index, count, isSelected, isActive, onOpen }: RowProps) {
  const now = Date.now();
  const flash = desk.flashes.get(complaint.id);
  const claim = desk.claims.get(complaint.id);
  const isStuck = desk.outbox.stuck.some((deed) => deed.complaint === complaint.id);
  const marks = [flash && (flash.isNew ? 'new' : 'changed'), isActive && 'active', isStuck && 'stuck'].filter(Boolean).join(' ');
  return (
    <div
      id={`row-${complaint.id}`}
      class={`complaint ${complaint.severity} ${marks}`}
      role="option"
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ top: `${index * ROW}rem`, height: `${ROW}rem` }}
      onClick={onOpen}
    >
      <div class="head">
        <strong>{desk.categoryName(complaint.category)}</strong>
        <span class="number" dir="ltr">
          #{number(complaint.id)}
        </span>
        <span class="soft when">{ago(complaint.created_at, now)}</span>
      </div>
      <p class="what">{complaint.description}</p>
      <div class="marks">
        <StatusBadge status={complaint.status} />
        <span class={`severity ${complaint.severity}`}>{t(`severity.${complaint.severity}`)}</span>
        <Due complaint={complaint} now={now} />
        {desk.outbox.isPending(complaint.id) && <span class="mark pending">{t('board.pending')}</span>}
        {isStuck && <span class="mark danger">{t('board.conflict')}</span>}
        {claim && (
          <span class="mark way">
            <Icon name="pin" /> {desk.personName(claim.holder.id)}
          </span>
        )}
        {complaint.assignee !== null && (
          <span class="face" title={desk.personName(complaint.assignee)}>
            <span aria-hidden="true">{initials(desk.fullName(complaint.assignee))}</span>
            <span class="unseen">{t('board.with', { name: desk.personName(complaint.assignee) })}</span>
          </span>
        )}
        {complaint.supporters > 0 && <span class="mark">+{complaint.supporters}</span>}
      </div>
    </div>
  );
}

/** When it is due, or that it is overdue. */
export function Due({ complaint, now }: { complaint: Complaint; now: number }) {
  if (complaint.due_at === undefined) return null;
  const isLate = isOverdue(complaint, now);
  return (
    <span class={isLate ? 'mark danger' : 'mark'}>
      <Icon name="clock" /> {isLate ? t('board.overdue_since', { ago: ago(complaint.due_at, now) }) : t('board.due', { ago: ago(complaint.due_at, now) })}
    </span>
  );
}

function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/** A name in two letters. */
export function initials(name: string): string {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase();
}
