// Puts points that lie close on the screen together, so that ten thousand can be shown. Pure.
import type { Complaint } from '../../live/src/index.js';

export interface Place {
  complaint: Complaint;
  x: number;
  y: number;
}
export interface Cluster {
  x: number;
  y: number;
  inside: Complaint[];
}

/** One cluster a cell of a grid that lies fast on the map, in the mean of its points. Sizes in pixels of the zoom. */
export function clusters(places: Iterable<Place>, cell: number): Cluster[] {
  const rows = new Map<number, Map<number, Cluster>>();
  for (const { complaint, x, y } of places) {
    const row = Math.floor(y / cell);
    const column = Math.floor(x / cell);
    let cells = rows.get(row);
    if (!cells) rows.set(row, (cells = new Map()));
    const found = cells.get(column);
    if (found) {
      found.x += x;
      found.y += y;
      found.inside.push(complaint);
    } else {
      cells.set(column, { x, y, inside: [complaint] });
    }
  }
  const all = [...rows.values()].flatMap((cells) => [...cells.values()]);
  return all.map(({ x, y, inside }) => ({ x: x / inside.length, y: y / inside.length, inside }));
}
