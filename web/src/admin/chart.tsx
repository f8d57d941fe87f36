// One chart, drawn by uPlot in the page's colours; the same as a table for those who do not see it.
import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { language, time } from '../i18n';

export interface Line {
  name: string;
  /** A token of styles/tokens.css. */
  colour: string;
  values: number[];
}
interface Props {
  label: string;
  /** Bars have names; days are seconds since 1970, UTC. */
  kind: 'bars' | 'days';
  names?: string[];
  x: number[];
  lines: Line[];
}

const HEIGHT = 220;
/** Steps of the upright axis: there is no half of a complaint. */
const WHOLE = [1, 2, 5].flatMap((first) => [0, 1, 2, 3, 4, 5, 6].map((power) => first * 10 ** power)).sort((a, b) => a - b);
/** Of the width between two groups, what their bars fill together. */
const FILLED = 0.6;

export function Chart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { label, kind, names = [], x, lines } = props;
  const key = JSON.stringify([x, lines, names, language()]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let plot: UPlot | undefined;
    const draw = (): void => {
      plot?.destroy();
      plot = new UPlot(options(element, props), [x, ...lines.map(({ values }) => values)], element);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const watch = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      scheme.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, [key]);

  const named = (at: number, i: number): string => (kind === 'bars' ? (names[i] ?? '') : day(at));
  return (
    <figure>
      <div class="chart" ref={box} aria-hidden="true" />
      {/* A table is as wide as its words whatever it is told: the box around it is not. */}
      <div class="unseen">
        <table>
          <caption>{label}</caption>
          <tbody>
            {x.map((at, i) => (
              <tr key={at}>
                <th scope="row">{named(at, i)}</th>
                {lines.map(({ name, values }) => (
                  <td key={name}>{`${name}: ${values[i] ?? 0}`}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function day(seconds: number): string {
  return time(new Date(seconds * 1000), { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

function options(element: HTMLElement, { kind, names = [], x, lines }: Props): UPlot.Options {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const isBars = kind === 'bars';
  const axis = { stroke: token('--ink-soft'), grid: { stroke: token('--line'), width: 1 }, ticks: { stroke: token('--line') } };
  // Groups of bars stand side by side, each drawn a little off the middle.
  const bar = (i: number): UPlot.Series => ({
    paths: UPlot.paths.bars!({
      size: [FILLED, 64],
      ...(lines.length > 1 ? { align: i === 0 ? -1 : 1, size: [FILLED / 2, 40] } : {}),
    }),
    points: { show: false },
  });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { show: !isBars },
    legend: { show: lines.length > 1, live: false },
    scales: {
      x: isBars ? { time: false, range: () => [-0.6, x.length - 0.4] } : { time: true },
      y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.1)] },
    },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    axes: [
      isBars
        ? { ...axis, grid: { show: false }, splits: () => x, values: (_, at) => at.map((i) => short(names[i] ?? '', element.clientWidth / x.length)) }
        : { ...axis, values: (_, at) => at.map(day) },
      { ...axis, size: 44, incrs: WHOLE },
    ],
    series: [
      {},
      ...lines.map(({ name, colour }, i) => ({
        label: name,
        stroke: token(colour),
        width: 2,
        ...(isBars ? { fill: token(colour), ...bar(i) } : {}),
      })),
    ],
  };
}

/** A name that fits below its bar; all of it is in the table. */
function short(name: string, width: number): string {
  const room = Math.max(3, Math.floor(width / 8));
  return name.length > room ? `${name.slice(0, room - 1)}…` : name;
}
