/** What is open, by snapshots and events. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenComplaints } from '../src/index.js';
import type { Complaint, LiveEvent } from '../src/index.js';
import { complaint, event } from './scripted.js';

function told(seq: number, more: object): LiveEvent {
  return event(seq, more) as unknown as LiveEvent;
}

test('added, changed and removed as statuses say', () => {
  const open = new OpenComplaints();
  open.replace('north', [complaint('a') as unknown as Complaint]);
  assert.equal(open.apply(told(1, { complaint: complaint('b') })), 'added');
  assert.equal(open.apply(told(2, { complaint: complaint('b', { status: 'on_hold' }) })), 'changed');
  assert.equal(open.apply(told(3, { complaint: complaint('b', { status: 'resolved' }) })), 'removed');
  assert.equal(open.apply(told(4, { complaint: complaint('b', { status: 'closed' }) })), 'none');
  assert.equal(open.apply(told(5, { complaint: complaint('b', { status: 'acknowledged' }) })), 'added', 'contested');
  assert.equal(open.count(), 2);
});

test('a move drops it from its own region only, whichever event comes first', () => {
  const open = new OpenComplaints();
  open.replace('north', [complaint('a') as unknown as Complaint]);
  const moved = complaint('a', { region: 'harbour' });
  open.apply(told(1, { region: 'harbour', kind: 'complaint.moved_in', complaint: moved }));
  assert.equal(open.apply(told(9, { region: 'north', kind: 'complaint.moved_out', complaint: moved })), 'removed');
  assert.equal(open.count('north'), 0);
  assert.equal(open.find('a')?.region, 'harbour');
});

test('what was erased is gone', () => {
  const open = new OpenComplaints();
  open.replace('north', [complaint('a') as unknown as Complaint]);
  assert.equal(open.apply(told(1, { kind: 'complaint.erased', complaint: { id: 'a' } })), 'removed');
  assert.equal(open.count(), 0);
});
