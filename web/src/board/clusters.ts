// Puts points that lie close on the screen together, so that ten thousand can be shown. Pure.

export interface Place {
  id: string;
  x: number;
  y: number;
}
export interface Cluster {
  x: number;
  y: number;
  ids: string[];
}

/** One cluster a cell of a grid that lies fast on the map, in the mean of its points. Sizes in pixels of the zoom. */
export function clusters(places: Iterable<Place>, cell: number): Cluster[] {
  const cells = new Map<string, { x: number; y: number; ids: string[] }>();
  for (const { id, x, y } of places) {
    const key = `${Math.floor(x / cell)}:${Math.floor(y / cell)}`;
    const found = cells.get(key);
    if (found) {
      found.x += x;
      found.y += y;
      found.ids.push(id);
    } else {
      cells.set(key, { x, y, ids: [id] });
    }
  }
  return [...cells.values()].map(({ x, y, ids }) => ({ x: x / ids.length, y: y / ids.length, ids }));
}
