// The private PostgreSQL of a test's server, for what takes days: its times are set back by SQL.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs a statement; what it printed, a line a row. `folder` is the data folder of a server that runs. */
export function sql(folder: string, statement: string): string {
  const record = join(folder, 'postgres-location');
  const home = existsSync(record) ? readFileSync(record, 'utf8').trim() : folder;
  // PostgreSQL says where it listens: its documentation, "Database File Layout".
  const [, , , port, socket] = readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const place = ['--host', socket!, '--port', port!, '--username', 'redress', '--dbname', 'redress'];
  const { status, stdout, stderr, error } = spawnSync('psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set', 'ON_ERROR_STOP=1', ...place, '--command', statement], { encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`psql: ${error?.message ?? stderr}`);
  return stdout.trim();
}

/** As if a complaint had been in its status for so many days. */
export function age(folder: string, complaint: string, days: number): void {
  const changed = sql(folder, `UPDATE complaints SET status_since = now() - interval '${days} days' WHERE id = '${complaint}' RETURNING id`);
  if (changed !== complaint) throw new Error(`there is no complaint ${complaint}`);
}
