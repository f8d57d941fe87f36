// Where a JPEG was taken, read from its Exif part (JEITA CP-3451) without decoding anything else.
import type { Point } from '../map/map';

const GPS_POINTER = 0x8825;
/** The Exif part is the first of a file; what cameras put before it is far smaller than this. */
const HEAD = 128 * 1024;

/** The place of a photo; undefined when it says none. */
export async function placeOf(file: Blob): Promise<Point | undefined> {
  try {
    return place(new DataView(await file.slice(0, HEAD).arrayBuffer()));
  } catch {
    // Cut short or not as the standard has it: then it says nothing.
    return undefined;
  }
}

function place(view: DataView): Point | undefined {
  const start = exifStart(view);
  if (start === undefined) return undefined;
  const isLittle = view.getUint16(start) === 0x4949;
  const first = start + view.getUint32(start + 4, isLittle);
  const pointer = entries(view, first, isLittle).get(GPS_POINTER);
  if (pointer === undefined) return undefined;
  const gps = entries(view, start + view.getUint32(pointer + 8, isLittle), isLittle);
  const latitude = degrees(view, start, isLittle, gps.get(2), gps.get(1), 'S');
  const longitude = degrees(view, start, isLittle, gps.get(4), gps.get(3), 'W');
  if (latitude === undefined || longitude === undefined) return undefined;
  const isSomewhere = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude !== 0 || longitude !== 0);
  return isSomewhere ? { latitude, longitude } : undefined;
}

/** Where the TIFF header begins. */
function exifStart(view: DataView): number | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (at + 10 < view.byteLength) {
    const mark = view.getUint16(at);
    if (mark === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if ((mark & 0xff00) !== 0xff00 || mark === 0xffda) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** The entries of a directory: tag → where it begins. */
function entries(view: DataView, at: number, isLittle: boolean): Map<number, number> {
  const found = new Map<number, number>();
  const count = view.getUint16(at, isLittle);
  for (let i = 0; i < count; i++) {
    const entry = at + 2 + 12 * i;
    found.set(view.getUint16(entry, isLittle), entry);
  }
  return found;
}

function degrees(
  view: DataView,
  start: number,
  isLittle: boolean,
  value: number | undefined,
  side: number | undefined,
  negative: string,
): number | undefined {
  if (value === undefined || side === undefined) return undefined;
  const at = start + view.getUint32(value + 8, isLittle);
  const part = (i: number) => view.getUint32(at + 8 * i, isLittle) / view.getUint32(at + 8 * i + 4, isLittle);
  const sum = part(0) + part(1) / 60 + part(2) / 3600;
  if (!Number.isFinite(sum)) return undefined;
  return String.fromCharCode(view.getUint8(side + 8)) === negative ? -sum : sum;
}
