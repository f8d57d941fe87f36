// A photo that says where it was taken, and is nothing but its beginning.

/** A JPEG's beginning with a place in it: south and west are letters. */
export function photo(isLittle: boolean, north: [number, number, number], south: string, east: [number, number, number], west: string): Blob {
  const view = new DataView(new ArrayBuffer(200));
  view.setUint16(0, 0xffd8);
  view.setUint16(2, 0xffe1);
  view.setUint16(4, 190);
  view.setUint32(6, 0x45786966);
  const start = 12;
  view.setUint16(start, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(start + 2, 42, isLittle);
  view.setUint32(start + 4, 8, isLittle);
  const entry = (place: number, tag: number, kind: number, count: number, value: number) => {
    view.setUint16(place, tag, isLittle);
    view.setUint16(place + 2, kind, isLittle);
    view.setUint32(place + 4, count, isLittle);
    view.setUint32(place + 8, value, isLittle);
  };
  view.setUint16(start + 8, 1, isLittle);
  entry(start + 10, 0x8825, 4, 1, 26);
  const gps = start + 26;
  view.setUint16(gps, 4, isLittle);
  const letter = (place: number, tag: number, text: string) => {
    entry(place, tag, 2, 2, 0);
    view.setUint8(place + 8, text.charCodeAt(0));
  };
  letter(gps + 2, 1, south);
  entry(gps + 14, 2, 5, 3, 80);
  letter(gps + 26, 3, west);
  entry(gps + 38, 4, 5, 3, 104);
  [...north, ...east].forEach((part, i) => {
    view.setUint32(start + 80 + 8 * i, Math.round(part * 1e6), isLittle);
    view.setUint32(start + 84 + 8 * i, 1e6, isLittle);
  });
  return new Blob([view.buffer]);
}
