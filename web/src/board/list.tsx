// The list: only the rows in view are in the page, so that ten thousand cost as much as twenty.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { t } from '../i18n';
import type { Desk } from './desk';
import { ROW, Row } from './row';

/** Rows beyond the edges, so that scrolling shows no gap. */
const BEYOND = 6;
/** The rows in the page change by so many at once, so that not every pixel of scrolling draws the list anew. */
const STEP = 3;

interface Props {
  desk: Desk;
  complaints: Complaint[];
  selected: string | undefined;
  onOpen: (id: string) => void;
}

export function List({ desk, complaints, selected, onOpen }: Props) {
  const { selection } = desk;
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const window = useWindow(box, complaints);
  const { row, first, last } = window;

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
    const id = at < 0 ? undefined : active;
    const page = Math.max(1, Math.floor(window.height / row) - 1);
    const isCommand = event.ctrlKey || event.metaKey;
    const open = (): void => void (id !== undefined && onOpen(id));
    const pick = (): void => void (id !== undefined && selection.toggle(id));
    const steps: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at < 0 ? 0 : at - 1),
      PageDown: () => go(at + page),
      PageUp: () => go(at - page),
      Home: () => go(0),
      End: () => go(complaints.length - 1),
      Enter: open,
      ' ': selection.isOn ? pick : open,
      ...(!isCommand && { x: pick }),
      ...(isCommand && { a: () => selection.all(complaints) }),
      ...(selection.isOn && { Escape: () => (event.stopPropagation(), selection.end()) }),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  }

  function tapped({ id }: Complaint, event: MouseEvent): void {
    setActive(id);
    if (selection.isOn || event.ctrlKey || event.metaKey) selection.toggle(id);
    else onOpen(id);
  }

  const shown = complaints.slice(first, last);
  const isActiveShown = shown.some(({ id }) => id === active);
  return (
    <div
      ref={box}
      class="list"
      id="list"
      role="listbox"
      tabIndex={0}
      aria-label={t('board.list')}
      aria-multiselectable={selection.isOn}
      aria-activedescendant={isActiveShown ? `row-${active}` : undefined}
      onScroll={window.scrolled}
      onKeyDown={pressed}
      onFocus={() => active === undefined && setActive(complaints[Math.ceil(window.top / row)]?.id)}
    >
      <div role="presentation" style={{ height: `${complaints.length * ROW}rem` }}>
        {shown.map((complaint, index) => (
          <Row
            key={complaint.id}
            desk={desk}
            complaint={complaint}
            index={first + index}
            count={complaints.length}
            isSelected={complaint.id === selected}
            isActive={complaint.id === active}
            onTap={tapped}
          />
        ))}
      </div>
    </div>
  );
}

interface Window {
  /** Pixels. */
  row: number;
  top: number;
  height: number;
  /** The rows to draw. */
  first: number;
  last: number;
  scrolled: () => void;
}

/** Which rows to draw. The first one in view stays where it is while others come and go above it. */
function useWindow(box: { current: HTMLDivElement | null }, complaints: Complaint[]): Window {
  const view = useRef({ top: 0, height: 800, row: ROW * 16 });
  const anchor = useRef<{ id: string; offset: number } | undefined>(undefined);
  const [, draw] = useState(0);
  const { row, height } = view.current;
  // Reckoned, not asked of the page: that would have it laid out in the middle of drawing.
  const top = anchored();
  const first = Math.max(0, floor(top / row) - BEYOND);
  const last = Math.min(complaints.length, floor((top + height) / row) + STEP + BEYOND);

  function anchored(): number {
    const kept = anchor.current;
    if (!kept || view.current.top === 0) return view.current.top;
    const index = complaints.findIndex(({ id }) => id === kept.id);
    return index < 0 ? view.current.top : index * row + kept.offset;
  }

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = (): void => {
      view.current = { top: element.scrollTop, height: element.clientHeight, row: ROW * rem() };
      draw((drawn) => drawn + 1);
    };
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    const by = top - view.current.top;
    if (Math.abs(by) < 1 || !box.current) return;
    box.current.scrollTop += by;
    view.current.top = top;
  }, [complaints]);

  function scrolled(): void {
    const element = box.current;
    if (!element) return;
    const to = element.scrollTop;
    const at = complaints[Math.floor(to / row)];
    anchor.current = at && { id: at.id, offset: to - Math.floor(to / row) * row };
    view.current.top = to;
    const isOther = Math.max(0, floor(to / row) - BEYOND) !== first || Math.min(complaints.length, floor((to + height) / row) + STEP + BEYOND) !== last;
    if (isOther) draw((drawn) => drawn + 1);
  }

  return { row, top, height, first, last, scrolled };
}

function floor(rows: number): number {
  return Math.floor(rows / STEP) * STEP;
}

function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
