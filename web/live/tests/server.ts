/** A real server on a data folder and a port of its own; `kill` is kill -9. Also used by the browser tests. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The debug build first: it reads the pages from their folder, as they are now.
const BUILT = ['target/debug/redress', 'target/release/redress'];
const READY_WITHIN_MS = 60_000;

interface Demo {
  admin: { email: string; password: string };
  officers: { email: string; password: string; regions: string[] }[];
  api_key: string;
}

/** The program to test: that of REDRESS_BINARY, else what was built in the folder around this file. */
export function binary(): string | undefined {
  const named = process.env['REDRESS_BINARY'];
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'Cargo.toml')) && folder !== dirname(folder)) folder = dirname(folder);
  return named ?? BUILT.map((path) => join(folder, path)).find((path) => existsSync(path));
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

export class Server {
  #child: ChildProcess | undefined;
  #log = '';

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly more: string[],
  ) {}

  static async start(...more: string[]): Promise<Server> {
    const server = new Server(mkdtempSync(join(tmpdir(), 'redress-pages-')), await freePort(), more);
    await server.begin();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get demo(): Demo {
    return JSON.parse(readFileSync(join(this.folder, 'demo.json'), 'utf8')) as Demo;
  }

  /** What the server said, for a test that failed. */
  get log(): string {
    return this.#log;
  }

  /** Starts it (again) and waits until it is ready. */
  async begin(): Promise<void> {
    const program = binary();
    if (program === undefined) throw new Error('no program to test: cargo build, or set REDRESS_BINARY');
    const ordinary = ['--data-dir', this.folder, '--listen', `127.0.0.1:${this.port}`, '--rate-limits', 'off'];
    const child = spawn(program, ['serve', '--demo', ...ordinary, ...this.more], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.on('data', (bytes: Buffer) => (this.#log += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (this.#log += bytes.toString()));
    await until(READY_WITHIN_MS, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.#log}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      return answer?.ok === true;
    });
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  async login(email: string, password: string): Promise<string> {
    const answer = await this.ask<{ access_token: string }>('POST', '/auth/login', { email, password });
    return answer.access_token;
  }

  /** The token of the demo's first (Olga) or second (Otto) officer. */
  async officer(index = 0): Promise<string> {
    const { email, password } = this.demo.officers[index] ?? this.demo.admin;
    return this.login(email, password);
  }

  async ask<T = Record<string, unknown>>(method: string, path: string, body?: object, token?: string): Promise<T> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (token !== undefined) headers['Authorization'] = `Bearer ${token}`;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${this.url}/api/v1${path}`, { method, headers, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Submits a complaint; its id. */
  async submit(description: string, more: object = {}): Promise<string> {
    const place = { latitude: 54.129, longitude: 7.602 };
    const { id } = await this.ask<{ id: string }>('POST', '/complaints', { category: 'pothole', description, ...place, ...more });
    return id;
  }
}

/** Waits until it holds; fails after the deadline. */
export async function until(withinMs: number, holds: () => Promise<boolean> | boolean, what = 'the condition'): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not come to hold within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
