// What the board decides without a page: which complaints are listed and how, which steps are offered, clusters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Complaint } from '../live/src/index.js';
import { clusters } from '../src/board/clusters';
import { NO_FILTERS, listed } from '../src/board/listing';
import type { Account, Photo, Step } from '../src/board/rest';
import { candidates } from '../src/board/duplicates';
import { Selection, MOST } from '../src/board/selection';
import { furthers, movedTo, offers, offersOfMany, patchOf } from '../src/board/steps';
import { isAs, single, type Deed } from '../src/deed';

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

test('a list that was filtered and sorted before follows what changes and what falls due', () => {
  const later = complaint('1', { severity: 'low', due_at: '2026-11-26T12:30:00Z' });
  const urgent = complaint('2', { severity: 'critical' });
  const at = (now: number, all: Complaint[]): string[] => listed(all, NO_FILTERS, 'me', now, (id) => id).map(({ id }) => id);
  assert.deepEqual(at(NOW, [later, urgent]), ['2', '1']);
  assert.deepEqual(at(NOW + 3_600_000, [later, urgent]), ['1', '2'], 'it is overdue by now');
  assert.deepEqual(at(NOW, [{ ...later, severity: 'critical' }, urgent]), ['1', '2'], 'a change makes another object of it');
  assert.deepEqual(ids([complaint('1', { description: 'Bells' })], { words: 'bells' }), ['1']);
  assert.deepEqual(ids([complaint('1', { description: 'Drums' })], { words: 'bells' }), []);
});

test('beside the steps only what this person may do is offered', () => {
  const admin: Account = { ...OLGA, role: 'admin', regions: [] };
  assert.deepEqual(furthers(complaint('1'), OLGA, true, true), ['correct', 'give', 'move', 'merge']);
  assert.deepEqual(furthers(complaint('1'), OLGA, false, false), ['correct', 'give']);
  assert.deepEqual(furthers(complaint('1', { status: 'closed' }), OLGA, true, true), []);
  assert.deepEqual(furthers(complaint('1', { status: 'closed' }), admin, true, true), ['correct']);
  assert.deepEqual(furthers(complaint('1', { region: 'harbour' }), OLGA, true, true), []);
});

test('of several only those that allow a step are meant by it', () => {
  const all = [complaint('1'), complaint('2', { status: 'acknowledged' }), complaint('3', { assignee: 'otto' })];
  const found = offersOfMany(all, OLGA, () => STEPS);
  assert.deepEqual(
    found.map(({ action, on }) => [action, on.map((one) => one.complaint.id)]),
    [
      ['take', ['1', '2']],
      ['acknowledge', ['1', '3']],
      ['start', ['3']],
    ],
    'nothing is taken out of other hands, and nothing that lacks a photo or an assignee is offered',
  );
  assert.deepEqual(offersOfMany(all, OLGA, () => undefined).map(({ action }) => action), ['take'], 'rules that are not known yet');
});

test('what goes to another region has nobody there', () => {
  assert.deepEqual(movedTo('harbour', complaint('1', { status: 'in_progress', assignee: 'olga' })), {
    region: 'harbour', assignee: null, status: 'acknowledged',
  });
  assert.deepEqual(movedTo('harbour', complaint('1', { status: 'on_hold' })), { region: 'harbour', assignee: null });
});

test('candidates for a merge are near and alike first, none is far away or a duplicate, and words find any', () => {
  const here = { latitude: 54.13, longitude: 7.6 };
  const one = complaint('1', here);
  const all = [
    one,
    complaint('2', { ...here, category: 'noise' }),
    complaint('3', { ...here, latitude: 54.131 }),
    complaint('4', { ...here, latitude: 54.2, description: 'Far away' }),
    complaint('5', { ...here, duplicate_of: '3' }),
    complaint('6'),
  ];
  const found = (words: string) => candidates(one, all, words, (id) => id).map(({ complaint: { id }, metres }) => [id, metres]);
  assert.deepEqual(found(''), [['3', 111], ['2', 0], ['6', undefined]]);
  assert.deepEqual(found('far away').map(([id]) => id), ['4']);
});

test('as many are picked as the server takes at once, and what is shown no more is not acted on', () => {
  const selection = new Selection(() => undefined);
  const all = Array.from({ length: MOST + 50 }, (_, index) => complaint(String(index)));
  selection.all(all);
  assert.equal(selection.of(all).length, MOST);
  selection.toggle(String(MOST + 1));
  assert.equal(selection.of(all).length, MOST);
  selection.toggle('0');
  assert.deepEqual(selection.of(all.slice(0, 2)).map(({ id }) => id), ['1']);
  selection.all(all);
  selection.all(all);
  assert.deepEqual(selection.of(all), []);
  selection.end();
  assert.equal(selection.isOn, false);
});

test('what is refused of many is a deed on the one complaint', () => {
  const one = { kind: 'status', method: 'PATCH', verb: '/status', body: { action: 'reject', comment: 'No' }, isVersioned: true } as const;
  const bulk: Deed = {
    id: 'b', at: 1, kind: 'bulk', tap: 'b', complaint: '', what: 'Reject', about: '2 complaints', method: 'POST', path: '/complaints/bulk',
    body: {}, isVersioned: false, patch: {}, each: { x: { status: 'rejected' }, y: { status: 'rejected' } }, one, state: 'sending', wasSent: true,
  };
  const left = single(bulk, one, 'x', complaint('x', { description: 'A hole' }));
  assert.deepEqual([left.kind, left.complaint, left.path, left.about, left.what], ['status', 'x', '/complaints/x/status', 'A hole', 'Reject']);
  assert.deepEqual(left.patch, { status: 'rejected' });
  assert.equal(left.each ?? left.one, undefined);
  assert.equal(left.wasSent, false);
  assert.notEqual(left.body, one.body, 'its version is its own');
  assert.equal(isAs(complaint('x', { status: 'rejected' }), left.patch), true);
  assert.equal(isAs(complaint('x'), left.patch), false);
});
