// What may be chosen: categories and regions. Kept in the browser for a page that is opened without a connection.
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../client';
import type { Region } from '../map/map';
import { asProblem, type Problem } from '../problem';

export interface Places {
  categories: Schemas['Category'][];
  regions: Region[];
}

const KEPT = 'redress-places';

async function asked(): Promise<Places> {
  const [{ categories }, { regions }] = await Promise.all([ask(api.GET('/api/v1/categories')), ask(api.GET('/api/v1/regions'))]);
  return { categories: categories.filter((it) => it.active), regions: regions.filter((it) => it.active) };
}

function keep(places: Places): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify(places));
  } catch {
    // A browser that keeps nothing, or has no room for such boundaries: the page works with a connection.
  }
}

function kept(): Places | undefined {
  try {
    return (JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Places | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** As they are now; as they were kept while there is no connection or no answer. Asked for again when it is back. */
export function usePlaces(): { places?: Places; problem?: Problem; again: () => void } {
  const [places, setPlaces] = useState<Places>();
  const [problem, setProblem] = useState<Problem>();
  const load = async () => {
    setProblem(undefined);
    try {
      const now = await asked();
      setPlaces(now);
      keep(now);
    } catch (error) {
      const told = asProblem(error);
      setProblem(told);
      if (told.isPassing) setPlaces((before) => before ?? kept());
    }
  };
  useEffect(() => {
    void load();
    const online = () => void load();
    addEventListener('online', online);
    return () => removeEventListener('online', online);
  }, []);
  return { ...(places && { places }), ...(problem && { problem }), again: () => void load() };
}
