// What the board decides without a page: which complaints are listed and how, which steps are offered, clusters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Complaint } from '../live/src/index.js';
import { clusters } from '../src/board/clusters';
import { NO_FILTERS, listed } from '../src/board/listing';
import type { Account, Photo, Step } from '../src/board/rest';
import { offers, patchOf } from '../src/board/steps';

const NOW = Date.parse('2026-11-26T12:00:00Z');

function complaint(id: string, more: Partial<Complaint> = {}): Complaint {
  return {
    id, region: 'north', category: 'pothole', status: 'reported', severity: 'medium', description: 'A hole', address: null,
    latitude: null, longitude: null, assignee: null, version: 1, created_at: '2026-11-26T10:00:00Z',
    updated_at: '2026-11-26T10:00:00Z', status_since: '2026-11-26T10:00:00Z', supporters: 0, ...more,
  };
}

function ids(all: Complaint[], filters = {}): string[] {
  return listed(all, { ...NO_FILTERS, ...filters }, 'me', NOW, (id) => id).map(({ id }) => id);
}

test('what is overdue comes first, the longest overdue before it, then what matters most', () => {
  const all = [
    complaint('1', { severity: 'low' }),
    complaint('2', { severity: 'critical' }),
    complaint('3', { severity: 'low', due_at: '2026-11-26T11:00:00Z' }),
    complaint('4', { severity: 'low', due_at: '2026-11-26T09:00:00Z' }),
    complaint('5', { severity: 'critical', due_at: '2026-11-26T13:00:00Z' }),
  ];
  assert.deepEqual(ids(all), ['4', '3', '5', '2', '1']);
});

test('filters must all hold, and words are found in description, address, category and number', () => {
  const all = [
    complaint('00000000-0000-7000-8000-0000aabbccdd', { severity: 'high', assignee: 'me' }),
    complaint('b', { category: 'noise', description: 'Bells', address: 'Church lane' }),
  ];
  assert.deepEqual(ids(all, { severity: 'high', whose: 'mine' }).length, 1);
  assert.deepEqual(ids(all, { severity: 'high', whose: 'nobody' }), []);
  assert.deepEqual(ids(all, { words: 'church NOISE' }), ['b']);
  assert.equal(ids(all, { words: 'aabb-ccdd' }).length, 1);
});

const OLGA: Account = { id: 'olga', name: 'Olga', email: '', role: 'officer', regions: ['north'] };
const STEPS: Step[] = [
  { from: 'reported', action: 'acknowledge', to: ['acknowledged'], roles: ['officer', 'admin'], require: [] },
  { from: 'reported', action: 'start', to: ['in_progress'], roles: ['officer', 'admin'], require: ['assignee'] },
  { from: 'reported', action: 'resolve', to: ['resolved'], roles: ['officer'], require: ['comment', 'photo'] },
  { from: 'resolved', action: 'contest', to: ['in_progress', 'acknowledged'], roles: ['reporter'], require: ['comment'] },
  { from: 'resolved', action: 'reopen', to: ['in_progress', 'acknowledged'], roles: ['officer'], require: ['comment'] },
];

test('only the steps of this person from this status are offered', () => {
  const found = offers(complaint('1'), OLGA, STEPS, []);
  assert.deepEqual(found.map(({ action }) => action), ['take', 'acknowledge', 'start', 'resolve']);
  assert.equal(found.find(({ action }) => action === 'start')?.takesFirst, true);
  assert.equal(found.find(({ action }) => action === 'resolve')?.lacksPhoto, true);
  const photo: Photo = { id: 'p', kind: 'after', status: 'ready', uploaded_at: '', by: 'officer' };
  assert.equal(offers(complaint('1'), OLGA, STEPS, [photo]).find(({ action }) => action === 'resolve')?.lacksPhoto, false);
});

test('an admin takes nothing, and starts nothing that nobody has', () => {
  const found = offers(complaint('1'), { ...OLGA, role: 'admin' }, STEPS, []);
  assert.deepEqual(found.map(({ action }) => action), ['acknowledge']);
});

test('what is taken up again goes to who has it', () => {
  const mine = complaint('1', { status: 'resolved', assignee: 'olga' });
  const [reopen] = offers(mine, OLGA, STEPS, []);
  assert.ok(reopen);
  assert.deepEqual(patchOf(reopen, mine, OLGA), { status: 'in_progress' });
  const nobodys = complaint('1', { status: 'resolved' });
  assert.deepEqual(offers(nobodys, OLGA, STEPS, []).map(({ to }) => to), ['acknowledged']);
});

test('ten thousand points become few clusters that count them all', () => {
  const places = Array.from({ length: 10_000 }, (_, index) => ({ complaint: complaint(String(index)), x: (index * 37) % 640, y: (index * 91) % 640 }));
  const found = clusters(places, 64);
  assert.ok(found.length <= 100);
  assert.equal(found.reduce((sum, { inside }) => sum + inside.length, 0), 10_000);
});
