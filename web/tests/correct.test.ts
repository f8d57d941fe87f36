// What a correction sends: what was changed, and a place as a whole or none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Complaint } from '../live/src/index.js';
import { changeOf, typedOf } from '../src/board/correction';

const COMPLAINT: Complaint = {
  id: '1', region: 'north', category: 'pothole', status: 'reported', severity: 'medium', description: 'A hole', address: 'Quay 1',
  latitude: 54.129, longitude: 7.602, assignee: null, version: 1, created_at: '2026-11-26T10:00:00Z',
  updated_at: '2026-11-26T10:00:00Z', status_since: '2026-11-26T10:00:00Z', supporters: 0,
};
const change = (typed: Partial<ReturnType<typeof typedOf>>) => changeOf(COMPLAINT, { ...typedOf(COMPLAINT), ...typed });

test('nothing that is as it was is sent', () => {
  assert.deepEqual(change({}), {});
  assert.deepEqual(change({ description: ' A hole ' }), {});
  assert.deepEqual(change({ description: '  ' }), {}, 'a complaint says something');
  assert.deepEqual(change({ severity: 'high', category: 'noise' }), { severity: 'high', category: 'noise' });
});

test('a place is replaced as a whole', () => {
  assert.deepEqual(change({ address: 'Quay 2' }), { place: { address: 'Quay 2', latitude: 54.129, longitude: 7.602 } });
  assert.deepEqual(change({ address: '' }), { place: { address: null, latitude: 54.129, longitude: 7.602 } });
  assert.deepEqual(change({ latitude: '', longitude: '' }), { place: { address: 'Quay 1', latitude: null, longitude: null } });
  assert.deepEqual(change({ latitude: '54,5' }), { place: { address: 'Quay 1', latitude: 54.5, longitude: 7.602 } }, 'a comma is a point');
});

test('half a point, no number, and nowhere are no places', () => {
  for (const typed of [{ latitude: '' }, { longitude: 'east' }, { latitude: '90.1' }, { longitude: '-181' }, { address: '', latitude: '', longitude: '' }]) {
    assert.equal(change(typed), 'no_place', JSON.stringify(typed));
  }
});
