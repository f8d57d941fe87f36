// What the administrators' page asks the server for, as who is signed in.
import { asProblem, problemOf } from '../problem';
import { accessToken, refresh } from '../session';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Asks for a path below /api/v1 with a JSON body; once more with another token where one is refused. Throws a Problem. */
export async function call<T>(method: Method, path: string, body?: unknown, type = 'application/json', isRefused = false): Promise<T> {
  const token = await (isRefused ? refresh() : accessToken());
  const init: RequestInit = { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': type } };
  if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, init);
  } catch (error) {
    throw asProblem(error);
  }
  const told: unknown = await answer.json().catch(() => undefined);
  if (answer.status === 401 && !isRefused) return call(method, path, body, type, true);
  if (!answer.ok) throw problemOf(answer.status, told, answer.headers);
  return told as T;
}

export const get = <T>(path: string): Promise<T> => call('GET', path);

/** All items of a list that comes in pages, up to ten of them. */
export async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < 10; page += 1) {
    const next = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const told = await get<{ items: T[]; next_cursor?: string | null }>(`${path}?limit=200${next}`);
    items.push(...told.items);
    cursor = told.next_cursor;
    if (!cursor) break;
  }
  return items;
}

/** Follows an event stream until the server ends it: what each event of that name says. Throws a Problem. */
export async function follow<T>(path: string, name: string, onTold: (told: T) => void, signal: AbortSignal): Promise<void> {
  // No EventSource: it can send no token.
  const headers = { Authorization: `Bearer ${await accessToken()}`, Accept: 'text/event-stream' };
  const answer = await fetch(`/api/v1${path}`, { headers, signal }).catch((error: unknown) => {
    throw asProblem(error);
  });
  if (!answer.ok || !answer.body) throw problemOf(answer.status, await answer.json().catch(() => undefined), answer.headers);
  const [reader, decoder] = [answer.body.getReader(), new TextDecoder()];
  for (let waiting = ''; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (waiting + decoder.decode(value, { stream: true })).split('\n\n');
    waiting = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const data = lines.find((line) => line.startsWith('data: '));
      if (data && lines.includes(`event: ${name}`)) onTold(JSON.parse(data.slice('data: '.length)) as T);
    }
  }
}
