// A workflow as boxes and arrows; the table beside it says the same in words.
import type { Schemas } from '../client';
import { t } from '../i18n';

type Step = Schemas['WorkflowView']['steps'][number];
type Status = Step['from'];

const WIDE = 130;
const HIGH = 44;
/** Where each status stands: the usual way from left to right, what leaves it above and below. */
const PLACES: Record<Status, [number, number]> = {
  reported: [20, 140],
  acknowledged: [220, 140],
  in_progress: [420, 140],
  on_hold: [420, 280],
  resolved: [620, 140],
  closed: [820, 140],
  rejected: [220, 280],
};

export function Graph({ steps, without }: { steps: Step[]; without: Status[] }) {
  const arrows = new Map<string, [Status, Status]>();
  for (const { from, to } of steps) for (const end of to) if (end !== from) arrows.set(`${from} ${end}`, [from, end]);
  return (
    <div class="graph card" role="region" aria-label={t('admin.graph')} tabIndex={0}>
      <svg viewBox="0 50 970 290" role="img" aria-label={t('admin.graph')}>
        <defs>
          <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0 8 4 0 8z" />
          </marker>
        </defs>
        {[...arrows].map(([key, [from, to]]) => (
          <path key={key} class="step" d={way(from, to)} marker-end="url(#tip)" />
        ))}
        {(Object.keys(PLACES) as Status[]).map((status) => {
          const [x, y] = PLACES[status];
          return (
            <g key={status} class={without.includes(status) ? 'lonely' : ''}>
              <rect x={x} y={y} width={WIDE} height={HIGH} rx="10" />
              <text x={x + WIDE / 2} y={y + HIGH / 2 + 5}>
                {t(`status.${status}`)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** From border to border; steps back and steps that pass a box bow out of the way. */
function way(from: Status, to: Status): string {
  const [x1, y1] = PLACES[from];
  const [x2, y2] = PLACES[to];
  const middle = WIDE / 2;
  if (y1 !== y2) {
    const isDown = y2 > y1;
    const shift = isDown ? -18 : 18;
    const start = [x1 + middle + shift, isDown ? y1 + HIGH : y1];
    const end = [x2 + middle + shift, isDown ? y2 : y2 + HIGH];
    return `M${start.join(' ')} C${start[0]} ${(y1 + y2 + HIGH) / 2} ${end[0]} ${(y1 + y2 + HIGH) / 2} ${end.join(' ')}`;
  }
  if (x2 > x1 && x2 - x1 <= 200) return `M${x1 + WIDE} ${y1 + HIGH / 2} L${x2} ${y2 + HIGH / 2}`;
  const bow = 20 + Math.abs(x2 - x1) / 7;
  const [shift, peak] = x2 > x1 ? [10, y1 - bow] : [-14, y1 - bow];
  return `M${x1 + middle + shift} ${y1} C${x1 + middle + shift} ${peak} ${x2 + middle + shift} ${peak} ${x2 + middle + shift} ${y2}`;
}
