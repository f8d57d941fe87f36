// What somebody sees one after the other: the form, what is near, and what became of it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../client';
import { has, t } from '../i18n';
import type { Point, Region } from '../map/map';
import { asProblem, type Problem } from '../problem';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/parts';
import { Done } from './done';
import { body, forget, idempotencyKey, keep, kept, type Draft, type Faults, type FieldName } from './draft';
import { placeOf } from './exif';
import { Form } from './form';
import { NearChoice, type Near } from './near';
import { isRegionNeeded } from './place';

export interface Places {
  categories: Schemas['Category'][];
  regions: Region[];
}

type Stage = { at: 'form' } | { at: 'near'; near: Near[] } | { at: 'done'; sent: Schemas['SubmissionView'] } | { at: 'thanks'; supporters: number };

/** What may be chosen; asked for again until it comes. */
function usePlaces(): { places?: Places; problem?: Problem; again: () => void } {
  const [places, setPlaces] = useState<Places>();
  const [problem, setProblem] = useState<Problem>();
  const load = async () => {
    setProblem(undefined);
    try {
      const [{ categories }, { regions }] = await Promise.all([ask(api.GET('/api/v1/categories')), ask(api.GET('/api/v1/regions'))]);
      setPlaces({ categories: categories.filter((it) => it.active), regions: regions.filter((it) => it.active) });
    } catch (error) {
      setProblem(asProblem(error));
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

const FIRST_PAUSE_MS = 3_000;
const LONGEST_PAUSE_MS = 30_000;

export function Report() {
  const { places, problem: unloaded, again: load } = usePlaces();
  const [draft, setDraft] = useState<Draft>(kept);
  const [photos, setPhotos] = useState<File[]>([]);
  const [photoPlace, setPhotoPlace] = useState<Point | null>(null);
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState<Problem>();
  const [isSending, setSending] = useState(false);
  const [stage, setStage] = useState<Stage>({ at: 'form' });
  const isBusy = useRef(false);
  const asked = useRef<'reject' | 'accept'>('reject');
  const tries = useRef(0);

  const change = (part: Partial<Draft>) => {
    setDraft((before) => {
      const after = { ...before, ...part };
      keep(after);
      return after;
    });
    setFaults((before) => without(before, part));
  };
  const changePhotos = (chosen: File[]) => {
    setPhotos(chosen);
    void firstPlace(chosen).then(setPhotoPlace);
  };
  const start = () => {
    setDraft(kept());
    setPhotos([]);
    setPhotoPlace(null);
    setFaults({});
    setProblem(undefined);
    setStage({ at: 'form' });
    scrollTo(0, 0);
  };
  const arrive = (to: Stage) => {
    forget();
    setStage(to);
    scrollTo(0, 0);
  };
  const send = async (onDuplicate: 'reject' | 'accept', isRepeated = false) => {
    if (!places || isBusy.current) return;
    isBusy.current = true;
    asked.current = onDuplicate;
    setSending(true);
    // What a repetition finds is told when it is something else.
    if (!isRepeated) setProblem(undefined);
    try {
      arrive({ at: 'done', sent: await submit(draft, places.regions, onDuplicate) });
    } catch (error) {
      const told = asProblem(error);
      const near = (told.body.current as { duplicates?: Near[] } | undefined)?.duplicates;
      if (told.kind === 'duplicate' && near) {
        setStage({ at: 'near', near });
        scrollTo(0, 0);
      } else {
        setProblem(told);
        const found = faultsOf(told);
        setFaults(found);
        if (Object.keys(found).length > 0) setStage({ at: 'form' });
        if (!isRepeated || told.kind !== 'offline') focusFault();
      }
    } finally {
      isBusy.current = false;
      setSending(false);
    }
  };
  // What did not get through is sent again, under the same key, when the network is back and now and then.
  const again = useRef(send);
  again.current = send;
  useEffect(() => {
    if (problem?.kind !== 'offline') {
      if (!isSending) tries.current = 0;
      return;
    }
    const repeat = () => void again.current(asked.current, true);
    const timer = setTimeout(repeat, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries.current++));
    addEventListener('online', repeat);
    return () => {
      clearTimeout(timer);
      removeEventListener('online', repeat);
    };
  }, [problem]);
  const check = () => {
    const found = places ? missing(draft, places.regions) : {};
    setFaults(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) focusFault();
    else void send('reject');
  };

  if (unloaded && !places) return <Unloaded problem={unloaded} onAgain={load} />;
  const category = places?.categories.find((it) => it.id === draft.category);
  switch (stage.at) {
    case 'form':
      return (
        <Form
          {...{ places, draft, category, photos, photoPlace, faults, problem, isSending }}
          onChange={change}
          onPhotos={changePhotos}
          onSend={check}
        />
      );
    case 'near':
      return (
        <NearChoice
          near={stage.near}
          category={category?.name ?? ''}
          isSending={isSending}
          problem={problem?.text ?? ''}
          onSupported={(supporters) => arrive({ at: 'thanks', supporters })}
          onNone={() => void send('accept')}
          onBack={() => setStage({ at: 'form' })}
        />
      );
    case 'done': {
      const region = places?.regions.find((it) => it.id === stage.sent.region)?.name ?? stage.sent.region;
      return <Done sent={stage.sent} region={region} photos={photos} onAnother={start} />;
    }
    case 'thanks':
      return <Thanks supporters={stage.supporters} onAnother={start} />;
  }
}

async function submit(draft: Draft, regions: Region[], onDuplicate: 'reject' | 'accept'): Promise<Schemas['SubmissionView']> {
  const asked = body(draft, isRegionNeeded(regions, draft.point), onDuplicate);
  const header = { 'Idempotency-Key': idempotencyKey(JSON.stringify(asked)) };
  return ask(api.POST('/api/v1/complaints', { params: { header }, body: asked }));
}

/** What is not there yet, before the server is asked. */
function missing(draft: Draft, regions: Region[]): Faults {
  const faults: Faults = {};
  if (!draft.category) faults.category = t('report.fault.category');
  if (!draft.description.trim()) faults.description = t('report.fault.description');
  if (!draft.point && !draft.address.trim()) faults.place = t('report.fault.place');
  else if (isRegionNeeded(regions, draft.point) && !draft.region) faults.region = t('report.fault.region');
  return faults;
}

const FIELDS: Record<string, FieldName> = {
  latitude: 'place',
  longitude: 'place',
  address: 'place',
  'reporter.name': 'name',
  'reporter.email': 'email',
  'reporter.phone': 'phone',
};

/** What the server found, at our fields. */
function faultsOf(problem: Problem): Faults {
  const faults: Faults = {};
  for (const { field, message } of problem.body.errors ?? []) {
    const name = FIELDS[field] ?? (field as FieldName);
    const key = `report.fault.${name}`;
    faults[name] = has(key) ? t(key) : t('report.fault.server', { detail: message });
  }
  return faults;
}

function without(faults: Faults, changed: Partial<Draft>): Faults {
  const left = { ...faults };
  for (const name of Object.keys(changed)) delete left[name as FieldName];
  if ('point' in changed || 'address' in changed) delete left.place;
  if ('point' in changed) delete left.region;
  return left;
}

function focusFault(): void {
  requestAnimationFrame(() => {
    const first = document.querySelector<HTMLElement>('[aria-invalid="true"], .fault');
    const target = first?.matches('input, select, textarea') ? first : first?.closest('fieldset')?.querySelector<HTMLElement>('input, button, textarea');
    (target ?? document.querySelector<HTMLElement>('.notice.danger'))?.focus();
    (first ?? document.querySelector('.notice.danger'))?.scrollIntoView({ block: 'center' });
  });
}

/** The place of the first photo that says one. */
async function firstPlace(photos: File[]): Promise<Point | null> {
  for (const photo of photos) {
    const place = await placeOf(photo);
    if (place) return place;
  }
  return null;
}

function Unloaded({ problem, onAgain }: { problem: Problem; onAgain: () => void }) {
  return (
    <main class="page stack" id="content">
      <h1>{t('report.title')}</h1>
      <Notice kind="danger">
        <p>
          {t('report.category.failed')} {problem.text}
        </p>
      </Notice>
      <button type="button" class="primary" onClick={onAgain}>
        {t('again')}
      </button>
    </main>
  );
}

function Thanks({ supporters, onAnother }: { supporters: number; onAnother: () => void }) {
  return (
    <main class="page" id="content">
      <header class="arrived">
        <span class="tick">
          <Icon name="check" />
        </span>
        <div>
          <h1 tabIndex={-1} ref={(it) => it?.focus()}>
            {t('report.thanks.title')}
          </h1>
          <p class="lead">{t('report.thanks.lead', { count: supporters })}</p>
        </div>
      </header>
      <button type="button" onClick={onAnother}>
        {t('report.done.another')}
      </button>
    </main>
  );
}

