// A server of the tests' own: debug binary, data folder and port of its own, ended by its process.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const PROGRAM = resolve('../target/debug/redress');
const PATIENCE_MS = 60_000;

export interface Demo {
  admin: { email: string; password: string };
  officers: { email: string; password: string; regions: string[] }[];
  regions: { id: string; latitude: number; longitude: number }[];
}

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'redress-pages-'));
  readonly #flags: string[];
  readonly port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number, flags: string[]) {
    this.port = port;
    this.#flags = flags;
  }

  /** Starts a server with demonstration data; ready when this resolves. */
  static async start(flags: string[] = []): Promise<Server> {
    const server = new Server(await freePort(), flags);
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Its data folder. */
  get folder(): string {
    return this.#folder;
  }

  get demo(): Demo {
    return JSON.parse(readFileSync(join(this.#folder, 'demo.json'), 'utf8')) as Demo;
  }

  /** Starts it, also again after `kill`, on the same data. */
  async run(): Promise<void> {
    const flags = ['serve', '--demo', '--listen', `127.0.0.1:${this.port}`, '--data-dir', this.#folder, '--rate-limits', 'off'];
    this.#child = spawn(PROGRAM, [...flags, ...this.#flags], { stdio: 'ignore' });
    await eventually('the server is ready', async () => (await fetch(`${this.url}/readyz`)).ok);
  }

  /** Ends it without mercy. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Asks the API; fails on anything but 2xx. */
  async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  /** The headers of an officer who works in a region. */
  async officer(region = 'north'): Promise<Record<string, string>> {
    const officer = this.demo.officers.find((it) => it.regions.includes(region))!;
    const { email, password } = officer;
    const { access_token } = await this.ask<{ access_token: string }>('POST', '/api/v1/auth/login', { email, password });
    return { Authorization: `Bearer ${access_token}` };
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}

/** Waits until a condition holds; an error is a no. */
export async function eventually(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    if (await condition().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
