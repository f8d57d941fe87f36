// Where a point lies, and where a photo was taken.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside, regionAt } from '../src/map/inside';
import { placeOf } from '../src/report/exif';
import { photo } from './photo';

const SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];
const HOLE = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]];
const at = (longitude: number, latitude: number) => ({ latitude, longitude });

test('a point is in a polygon, not in its hole and not beside it', () => {
  const boundary = { type: 'Polygon', coordinates: [SQUARE, HOLE] };
  for (const [x, y, inside] of [[0.5, 0.5, true], [2, 2, false], [5, 2, false], [3.5, 2, true], [-1, 0, false]] as const) {
    assert.equal(isInside(boundary, at(x, y)), inside, `${x} ${y}`);
  }
});

test('a point is in one of several polygons, or in no region at all', () => {
  const far = SQUARE.map(([x, y]) => [x! + 10, y! + 10]);
  const regions = [
    { id: 'words', name: 'By name only', boundary: null },
    { id: 'two', name: 'Two', boundary: { type: 'MultiPolygon', coordinates: [[SQUARE, HOLE], [far]] } },
  ];
  assert.equal(regionAt(regions, at(11, 11))?.id, 'two');
  assert.equal(regionAt(regions, at(7, 7)), undefined);
});

test('the place of a photo is read, whichever way its numbers are written', async () => {
  for (const isLittle of [true, false]) {
    const place = await placeOf(photo(isLittle, [54, 7, 44.4], 'N', [7, 36, 7.2], 'W'));
    assert.ok(place && Math.abs(place.latitude - 54.129) < 1e-4 && Math.abs(place.longitude + 7.602) < 1e-4, JSON.stringify(place));
  }
});

test('a photo that is cut short, is none, or says nonsense has no place', async () => {
  const whole = photo(true, [54, 7, 44.4], 'N', [7, 36, 7.2], 'E');
  for (let length = 0; length < 140; length += 7) assert.equal(await placeOf(whole.slice(0, length)), undefined, `${length}`);
  assert.equal(await placeOf(new Blob(['GIF89a and so on, long enough to be looked at'])), undefined);
  assert.equal(await placeOf(photo(true, [154, 0, 0], 'N', [7, 0, 0], 'E')), undefined);
  assert.equal(await placeOf(photo(true, [0, 0, 0], 'N', [0, 0, 0], 'E')), undefined);
});
