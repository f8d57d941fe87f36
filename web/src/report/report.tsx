// What somebody sees one after the other: the form, what is near, and what became of it.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import type { Point } from '../map/map';
import { asProblem, type Problem } from '../problem';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/parts';
import { faultsOf, focusFault, missing, without } from './checking';
import { Done } from './done';
import { body, forget, idempotencyKey, keep, kept, resume, type Draft, type Faults } from './draft';
import { placeOf } from './exif';
import { Form } from './form';
import { NearChoice, type Near } from './near';
import { isRegionNeeded } from './place';
import { usePlaces } from './places';
import type { Queued } from './queue';
import { QueueBar, Waiting } from './queued';
import { submitted, useQueue } from './usequeue';

type Stage =
  | { at: 'form' }
  | { at: 'near'; near: Near[] }
  | { at: 'queued'; key: string }
  | { at: 'done'; sent: Schemas['SubmissionView']; report: Queued }
  | { at: 'thanks'; supporters: number };

export function Report() {
  const { places, problem: unloaded, again: load } = usePlaces();
  const queue = useQueue();
  const [draft, setDraft] = useState<Draft>(kept);
  const [photos, setPhotos] = useState<File[]>([]);
  const [photoPlace, setPhotoPlace] = useState<Point | null>(null);
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState<Problem>();
  const [isSending, setSending] = useState(false);
  const [stage, setStage] = useState<Stage>({ at: 'form' });
  const isBusy = useRef(false);

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
  /** To the form, with what was begun there. */
  const start = () => {
    setStage({ at: 'form' });
    scrollTo(0, 0);
  };
  /** The form is done with: the next report begins anew. */
  const arrive = (to: Stage) => {
    forget();
    setDraft(kept());
    changePhotos([]);
    setFaults({});
    setProblem(undefined);
    setStage(to);
    scrollTo(0, 0);
  };
  /** What the server has against it: others close by, or faults, which are shown where they are. */
  const show = (told: Problem) => {
    const near = (told.body.current as { duplicates?: Near[] } | undefined)?.duplicates;
    if (told.kind === 'duplicate' && near) {
      setStage({ at: 'near', near });
      scrollTo(0, 0);
      return;
    }
    setProblem(told);
    const found = faultsOf(told);
    setFaults(found);
    if (Object.keys(found).length > 0) setStage({ at: 'form' });
    focusFault();
  };
  const send = async (onDuplicate: 'reject' | 'accept') => {
    if (!places || isBusy.current) return;
    isBusy.current = true;
    setSending(true);
    setProblem(undefined);
    const asked = body(draft, isRegionNeeded(places.regions, draft.point), onDuplicate);
    const key = idempotencyKey(JSON.stringify(asked));
    const report: Queued = { key, at: Date.now(), draft, body: asked, photos, lost: 0 };
    try {
      arrive({ at: 'done', sent: await submitted(asked, key), report });
    } catch (error) {
      const told = asProblem(error);
      if (told.kind === 'offline') {
        await queue.keep(report);
        arrive({ at: 'queued', key });
      } else {
        show(told);
      }
    } finally {
      isBusy.current = false;
      setSending(false);
    }
  };
  /** Takes a queued report into the form again, in place of what is there. */
  const takeBack = async (report: Queued) => {
    await queue.drop(report.key);
    resume(report.draft, JSON.stringify(report.body), report.key);
    setDraft(report.draft);
    changePhotos(report.photos);
    setFaults({});
    setProblem(undefined);
    setStage({ at: 'form' });
  };
  const check = () => {
    const found = places ? missing(draft, places.regions) : {};
    setFaults(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) focusFault();
    else void send('reject');
  };

  // What is looked at while it waits goes on by itself: to its number, or to what the server has against it.
  const shown = stage.at === 'queued' ? queue.reports.find(({ key }) => key === stage.key) : undefined;
  const refusal = shown && queue.refused.get(shown.key);
  const isBegun = draft.description.trim() !== '' || photos.length > 0;
  useEffect(() => {
    if (shown?.sent) setStage({ at: 'done', sent: shown.sent, report: shown });
    else if (shown && refusal && !isBegun) void takeBack(shown).then(() => show(refusal));
  }, [shown?.sent, refusal]);
  // It was discarded, perhaps in another tab.
  const isGone = stage.at === 'queued' && !shown;
  useEffect(() => {
    if (isGone) start();
  }, [isGone]);
  // Somebody who comes back sees first what became of the report that waited.
  const isFirst = useRef(true);
  useEffect(() => {
    const [first] = queue.reports;
    if (!isFirst.current || !first) return;
    isFirst.current = false;
    if (stage.at === 'form' && !isBegun) setStage({ at: 'queued', key: first.key });
  }, [queue.reports]);

  if (unloaded && !places && !shown) return <Unloaded problem={unloaded} onAgain={load} />;
  const category = places?.categories.find((it) => it.id === draft.category);
  switch (stage.at) {
    case 'form':
      return (
        <Form
          {...{ places, draft, category, photos, photoPlace, faults, problem, isSending }}
          above={<QueueBar reports={queue.reports} refused={(key) => queue.refused.has(key)} onShow={(key) => setStage({ at: 'queued', key })} />}
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
    case 'queued': {
      if (!shown) return null;
      const kind = places?.categories.find((it) => it.id === shown.draft.category)?.name ?? shown.draft.category;
      return (
        <Waiting
          report={shown}
          category={kind}
          isSending={queue.sending === shown.key}
          refusal={refusal?.text ?? ''}
          isReplacing={isBegun}
          onSend={queue.send}
          onChange={() => void takeBack(shown).then(() => refusal && show(refusal))}
          onDiscard={() => void queue.drop(shown.key).then(start)}
          onAnother={start}
        />
      );
    }
    case 'done': {
      const { sent, report } = stage;
      const region = places?.regions.find((it) => it.id === sent.region)?.name ?? sent.region;
      const record = queue.reports.find(({ key }) => key === report.key);
      // What is still to be sent stays kept; so does the way to a report that waited, until somebody has seen it.
      const left = (photos: File[]) => {
        if (record || photos.length > 0) void queue.keep({ ...report, photos, sent });
      };
      const seen = () => {
        if (record && record.photos.length === 0) void queue.drop(report.key);
      };
      return <Done key={report.key} sent={sent} region={region} photos={report.photos} onLeft={left} onSeen={seen} onAnother={() => (seen(), start())} />;
    }
    case 'thanks':
      return <Thanks supporters={stage.supporters} onAnother={start} />;
  }
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

