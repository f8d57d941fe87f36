// Sign-in of staff. The refresh token is in a cookie that no script reads; the access token is in memory only.
import { api, ask } from './client';
import { Problem } from './problem';

/** The header without which the cookie is of no use: no other site can send it here. */
const FROM_PAGE = { 'X-Redress-Page': '1' } as const;
/** Seconds before its end at which a token is replaced. */
const EARLY = 60;

let token = '';
let endsAt = 0;
let running: Promise<string> | undefined;

function keep(given: { access_token: string; expires_in: number }): string {
  token = given.access_token;
  endsAt = Date.now() + given.expires_in * 1000;
  return token;
}

/** Signs in. Throws a Problem, `wrong_password` among them. */
export async function signIn(email: string, password: string): Promise<string> {
  return keep(await ask(api.POST('/api/v1/auth/session', { params: { header: FROM_PAGE }, body: { email, password } })));
}

/** A good access token; asks for a new one shortly before the old one ends. Throws a Problem 401 when signed out. */
export async function accessToken(): Promise<string> {
  if (token && Date.now() < endsAt - EARLY * 1000) return token;
  return refresh();
}

/** A new access token by the cookie; also how a page that was just opened finds out whether somebody is signed in. */
export function refresh(): Promise<string> {
  running ??= alone(async () =>
    keep(await ask(api.POST('/api/v1/auth/session/refresh', { params: { header: FROM_PAGE } }))),
  )
    .catch((error: unknown) => {
      if (error instanceof Problem && error.status === 401) token = '';
      throw error;
    })
    .finally(() => {
      running = undefined;
    });
  return running;
}

/** A refresh token is good once: the tabs of a browser, which share the cookie, take turns. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('redress-refresh', work) : work();
}

/** Ends the login, everywhere at once, and forgets the cookie. */
export async function signOut(): Promise<void> {
  const held = token;
  token = '';
  await ask(api.DELETE('/api/v1/auth/session', { params: { header: FROM_PAGE }, headers: { Authorization: `Bearer ${held}` } }));
}
