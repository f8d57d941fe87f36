// Which region a point lies in, as far as a page can tell; the server decides.
import type { Point, Region } from './map';

type Ring = [number, number][];

/** Whether a point is inside a GeoJSON Polygon or MultiPolygon: even-odd over all rings, so that holes are outside. */
export function isInside(boundary: unknown, { latitude, longitude }: Point): boolean {
  let inside = false;
  for (const ring of rings(boundary)) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[i]!;
      const [x2, y2] = ring[j]!;
      const crosses = y1 > latitude !== y2 > latitude;
      if (crosses && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1) inside = !inside;
    }
  }
  return inside;
}

function rings(boundary: unknown): Ring[] {
  const shape = boundary as { type?: string; coordinates?: unknown } | null;
  if (shape?.type === 'Polygon') return shape.coordinates as Ring[];
  if (shape?.type === 'MultiPolygon') return (shape.coordinates as Ring[][]).flat();
  return [];
}

/** The region of a point; undefined when it lies in none. */
export function regionAt(regions: Region[], point: Point): Region | undefined {
  return regions.find((region) => isInside(region.boundary, point));
}
