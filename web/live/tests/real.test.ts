/** The client against a real server that is killed: nothing is missing and nothing comes twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveClient, OpenComplaints } from '../src/index.js';
import { Server, binary, until } from './server.js';

const skip = binary() === undefined ? 'no server was built' : typeof WebSocket === 'undefined' ? 'this Node has no WebSocket' : false;

test('follows a real server over kill -9', { skip, timeout: 120_000 }, async () => {
  const server = await Server.start();
  const open = new OpenComplaints();
  const numbers: number[] = [];
  let snapshots = 0;
  const client = new LiveClient({
    url: `${server.url.replace('http', 'ws')}/api/v1/ws`,
    token: () => server.officer(),
    regions: ['north'],
    presence: true,
    on: {
      snapshot: (region, complaints) => {
        snapshots += 1;
        open.replace(region, complaints);
      },
      event: (event) => {
        numbers.push(event.seq);
        open.apply(event);
      },
    },
  });
  try {
    client.start();
    await until(10_000, () => client.state.kind === 'live', 'live');
    const first = (client.positions['north']?.seq ?? 0) + 1;
    await server.submit('before');
    await until(10_000, () => numbers.length === 1, 'the first event');
    await server.kill();
    await until(10_000, () => client.state.kind === 'offline', 'offline');
    await server.begin();
    const id = await server.submit('after');
    await until(60_000, () => numbers.length === 2, 'the event after the kill');
    assert.deepEqual(numbers, [first, first + 1]);
    assert.equal(snapshots, 1, 'resumed, not told anew');
    assert.equal(open.find(id)?.description, 'after');
  } finally {
    client.stop();
    await server.stop();
  }
});
