/**
 * Follows all regions of an officer and prints what happens (Node 22, or Node 20 with --experimental-websocket):
 *
 *   npx tsc -p . && BASE=http://127.0.0.1:8080 EMAIL=olga@redress.example PASSWORD=… node dist/examples/follow.js
 */
import { LiveClient, OpenComplaints, SignInNeeded } from '../src/index.js';

const base = process.env['BASE'] ?? 'http://127.0.0.1:8080';

async function token(): Promise<string> {
  const answer = await fetch(`${base}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: process.env['EMAIL'], password: process.env['PASSWORD'] }),
  });
  if (answer.status === 401) throw new SignInNeeded('wrong e-mail address or password');
  if (!answer.ok) throw new Error(`login: ${answer.status}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

const open = new OpenComplaints();
const client = new LiveClient({
  url: `${base.replace(/^http/, 'ws')}/api/v1/ws`,
  token,
  client: 'follow-example/1',
  on: {
    state: (state) => console.log('--', state.kind),
    snapshot: (region, complaints) => {
      open.replace(region, complaints);
      console.log(`${region}: ${complaints.length} open`);
    },
    event: (event) => {
      open.apply(event);
      console.log(`${event.region}#${event.seq} ${event.kind} ${event.complaint.description} (${open.count()} open)`);
    },
  },
});
client.start();
