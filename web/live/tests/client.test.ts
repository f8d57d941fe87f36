/** The client against a scripted server: every rule of docs/PROTOCOL.md that a client has to keep. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveClient, SignInNeeded } from '../src/index.js';
import type { ConnectionState, LiveOptions } from '../src/index.js';
import { FakeServer, complaint, event, settled } from './scripted.js';

interface Scene {
  server: FakeServer;
  client: LiveClient;
  log: string[];
  states: ConnectionState[];
  needs: string[];
}

async function scene(more: Partial<LiveOptions> = {}): Promise<Scene> {
  const server = new FakeServer();
  const log: string[] = [];
  const states: ConnectionState[] = [];
  const needs: string[] = [];
  const client = new LiveClient({
    url: 'ws://x/api/v1/ws',
    token: async (need) => {
      needs.push(need);
      return `token-${needs.length}`;
    },
    surroundings: server.surroundings,
    on: {
      state: (state) => states.push(state),
      snapshot: (region, complaints, at) => log.push(`snapshot ${region} ${complaints.length} @${at.seq}`),
      event: (message) => log.push(`event ${message.region} ${message.seq}`),
      lost: (region, code) => log.push(`lost ${region} ${code}`),
      presence: (message) => log.push(`presence ${message.officers?.length ?? 'change'}`),
    },
    ...more,
  });
  client.start();
  await settled();
  return { server, client, log, states, needs };
}

/** A region that is live at `seq` of epoch `e`. */
async function live(at: Scene, seq = 10): Promise<void> {
  await at.server.socket.welcome();
  at.server.socket.tell(
    { type: 'subscribed', region: 'north', epoch: 'e', mode: 'snapshot', head: seq },
    { type: 'snapshot', region: 'north', epoch: 'e', seq, last: false, complaints: [complaint('a')] },
    { type: 'snapshot', region: 'north', epoch: 'e', seq, last: true, complaints: [complaint('b')] },
    { type: 'live', region: 'north', seq },
  );
}

test('begins with a snapshot in parts, then tells events', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell(event(11), event(12));
  assert.deepEqual(at.log, ['snapshot north 2 @10', 'event north 11', 'event north 12']);
  assert.equal(at.client.state.kind, 'live');
  assert.deepEqual(at.client.positions, { north: { epoch: 'e', seq: 12 } });
  at.client.stop();
});

test('says the token in the first message and nothing before connected', async () => {
  const at = await scene();
  at.server.socket.onopen?.(undefined as never);
  assert.deepEqual(at.server.socket.said.map(({ type }) => type), ['connect']);
  assert.equal(at.server.socket.said[0]?.['token'], 'token-1');
  at.client.stop();
});

test('resumes from where it was after a cut, each event once', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell(event(11));
  await at.server.socket.cut();
  assert.equal(at.client.state.kind, 'offline');
  await at.server.clock.pass(500);
  await at.server.socket.welcome();
  assert.deepEqual(at.server.socket.last('subscribe')?.['since'], { epoch: 'e', seq: 11 });
  at.server.socket.tell(
    { type: 'subscribed', region: 'north', epoch: 'e', mode: 'resumed', head: 12 },
    event(11), event(12), { type: 'live', region: 'north', seq: 12 },
  );
  assert.deepEqual(at.log, ['snapshot north 2 @10', 'event north 11', 'event north 12']);
  assert.equal(at.client.state.kind, 'live');
  at.client.stop();
});

test('a gap is not applied: it subscribes again from where it was', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell(event(12), event(13));
  assert.deepEqual(at.log, ['snapshot north 2 @10']);
  assert.equal(at.server.socket.last('unsubscribe')?.['region'], 'north');
  at.server.socket.tell({ type: 'unsubscribed', region: 'north', code: 'client' });
  assert.deepEqual(at.server.socket.last('subscribe')?.['since'], { epoch: 'e', seq: 10 });
  at.server.socket.tell({ type: 'subscribed', region: 'north', epoch: 'e', mode: 'resumed', head: 12 }, event(11), event(12));
  assert.deepEqual(at.log, ['snapshot north 2 @10', 'event north 11', 'event north 12']);
  at.client.stop();
});

test('a head that is not reached within an interval is a silent loss', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell({ type: 'ping', t: 1, heads: { north: 12 } });
  assert.deepEqual(at.server.socket.last('pong'), { id: 3, type: 'pong', t: 1, seen: { north: 10 } });
  assert.equal(at.server.socket.last('unsubscribe'), undefined, 'one ping may be ahead of its events');
  at.server.socket.tell({ type: 'ping', t: 2, heads: { north: 12 } });
  assert.ok(at.server.socket.last('unsubscribe'));
  at.client.stop();
});

test('marks stand for what a filter leaves out', async () => {
  const at = await scene({ filter: { min_severity: 'high' } });
  await live(at);
  assert.deepEqual(at.server.socket.last('subscribe')?.['filter'], { min_severity: 'high' });
  at.server.socket.tell({ type: 'skipped_to', region: 'north', seq: 14 }, event(15));
  assert.deepEqual(at.log.slice(1), ['event north 15']);
  at.client.stop();
});

test('another epoch replaces everything', async () => {
  const at = await scene({ positions: { north: { epoch: 'old', seq: 99 } } });
  await at.server.socket.welcome();
  at.server.socket.tell(
    { type: 'subscribed', region: 'north', epoch: 'new', mode: 'snapshot', head: 3 },
    { type: 'snapshot', region: 'north', epoch: 'new', seq: 3, last: true, complaints: [] },
    { type: 'live', region: 'north', seq: 3 }, event(4),
  );
  assert.deepEqual(at.log, ['snapshot north 0 @3', 'event north 4']);
  assert.deepEqual(at.client.positions, { north: { epoch: 'new', seq: 4 } });
  at.client.stop();
});

test('waits longer after each failure, four times as long when the server has too much to do', async () => {
  const at = await scene();
  const waits: number[] = [];
  for (const code of [1006, 1006, 1006, 4006]) {
    await at.server.socket.cut(code);
    const state = at.client.state;
    assert.equal(state.kind, 'offline');
    if (state.kind === 'offline') waits.push((state.retryAt ?? 0) - at.server.clock.now);
    await at.server.clock.pass(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 16_000]);
  at.client.stop();
});

test('the back-off begins anew only after a minute of a live connection', async () => {
  const at = await scene();
  await at.server.socket.cut();
  await at.server.clock.pass(500);
  await live(at);
  await at.server.socket.cut();
  await at.server.clock.pass(999);
  assert.equal(at.server.sockets.length, 2, 'short-lived: the second wait is longer');
  await at.server.clock.pass(1);
  await live(at);
  for (let minute = 0; minute < 4; minute += 1) {
    await at.server.clock.pass(20_000);
    at.server.socket.tell({ type: 'ping', t: minute, heads: {} });
  }
  await at.server.socket.cut();
  await at.server.clock.pass(500);
  assert.equal(at.server.sockets.length, 4);
  at.client.stop();
});

test('two intervals of silence are a cut', async () => {
  const at = await scene();
  await live(at);
  const first = at.server.socket;
  await at.server.clock.pass(49_999);
  assert.equal(at.client.state.kind, 'live');
  await at.server.clock.pass(1);
  assert.ok(first.isClosed);
  assert.equal(at.client.state.kind, 'offline');
  at.client.stop();
});

test('renews its token on the socket when it is told to', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell({ type: 'token_expiring', in_ms: 60_000 });
  await settled();
  assert.equal(at.server.socket.last('refresh')?.['token'], 'token-2');
  assert.deepEqual(at.needs, ['first', 'expiring']);
  at.client.stop();
});

test('4004 and 4501 come back with another token, and end when that is refused too', async () => {
  const at = await scene();
  await live(at);
  await at.server.socket.cut(4004, 'expired');
  await at.server.clock.pass(0);
  assert.deepEqual(at.needs, ['first', 'refused']);
  await at.server.socket.cut(4501, 'not valid');
  await at.server.clock.pass(30_000);
  await at.server.socket.cut(4501, 'not valid');
  const state = at.client.state;
  assert.deepEqual([state.kind, state.kind === 'stopped' && state.signIn], ['stopped', true]);
});

test('stops for good when a person has to do something', async () => {
  const at = await scene();
  await live(at);
  await at.server.socket.cut(4507, 'an admin ended the session');
  await at.server.clock.pass(120_000);
  assert.equal(at.server.sockets.length, 1);
  assert.deepEqual(at.client.state, { kind: 'stopped', code: 4507, reason: 'an admin ended the session', signIn: false });
});

test('stops and asks to sign in when there is no token', async () => {
  const at = await scene({ token: () => Promise.reject(new SignInNeeded('signed out')) });
  assert.deepEqual(at.client.state, { kind: 'stopped', code: undefined, reason: 'signed out', signIn: true });
});

test('a token that cannot be had now is asked for again', async () => {
  let failures = 2;
  const at = await scene({ token: () => (failures-- > 0 ? Promise.reject(new Error('offline')) : Promise.resolve('t')) });
  assert.equal(at.client.state.kind, 'offline');
  await at.server.clock.pass(1500);
  assert.equal(at.server.sockets.length, 1);
  at.client.stop();
});

test('a server that stops is come back to after the time that it names, with events until then', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell({ type: 'reconnect', after_ms: 8000, reason: 'drain' }, event(11));
  assert.equal(at.log.at(-1), 'event north 11');
  await at.server.socket.cut(4000);
  await at.server.clock.pass(7999);
  assert.equal(at.server.sockets.length, 1);
  await at.server.clock.pass(1);
  assert.equal(at.server.sockets.length, 2);
  at.client.stop();
});

test('regions come and go on an open socket', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell(
    { type: 'unsubscribed', region: 'north', code: 'forbidden' },
    { type: 'granted', regions: ['harbour'] },
  );
  assert.equal(at.log.at(-1), 'lost north forbidden');
  assert.equal(at.server.socket.last('subscribe')?.['region'], 'harbour');
  assert.equal(at.client.state.kind, 'resuming');
  at.client.stop();
});

test('a subscription that is refused for now is asked for again', async () => {
  const at = await scene();
  await at.server.socket.welcome();
  const asked = at.server.socket.last('subscribe');
  at.server.socket.tell({ type: 'error', id: asked?.id, code: 'overloaded', message: 'later', retryable: true });
  assert.equal(at.client.state.kind, 'resuming');
  await at.server.clock.pass(2000);
  assert.equal(at.server.socket.said.filter(({ type }) => type === 'subscribe').length, 2);
  at.client.stop();
});

test('what it does not know is ignored', async () => {
  const at = await scene();
  await live(at);
  at.server.socket.tell({ type: 'weather', region: 'north', rain: true }, event(11, { kind: 'complaint.sung' }));
  assert.equal(at.log.at(-1), 'event north 11');
  at.client.stop();
});

test('waking tries now instead of after the back-off', async () => {
  const at = await scene();
  await live(at);
  at.client.lost('the network is gone');
  assert.equal(at.client.state.kind, 'offline');
  at.client.wake();
  await settled();
  assert.equal(at.server.sockets.length, 2);
  await at.server.clock.pass(60_000 - 50_000);
  assert.equal(at.server.sockets.length, 2, 'the wait that was given up does not connect a second time');
  at.client.stop();
});
