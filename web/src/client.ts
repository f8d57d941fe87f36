// The REST client of the pages: typed by api.ts, which `make api` generates from the OpenAPI document.
import createClient from 'openapi-fetch';
import type { components, paths } from './api';
import { asProblem, problemOf } from './problem';

export type Schemas = components['schemas'];

/** Asks the server that the page came from. A path, its parameters and its body are checked by the compiler. */
export const api = createClient<paths>({ baseUrl: location.origin });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws a Problem for anything else, also when nothing came through. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch((error: unknown) => {
    throw asProblem(error);
  });
  if (!response.ok) throw problemOf(response.status, error, response.headers);
  return data as T;
}

/** An address of a photo on this origin: links name the public address, a page may be open under another. */
export function here(link: string): string {
  const { pathname, search } = new URL(link, location.origin);
  return pathname + search;
}
