// What somebody sees of their complaint: how it stands, what happened, photos, and their word on a resolution.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, ask } from '../client';
import { t, time } from '../i18n';
import type { Region } from '../map/map';
import { number } from '../number';
import type { Problem } from '../problem';
import { Frame } from '../ui/frame';
import { Icon } from '../ui/icon';
import { Notice, Spinner, StatusBadge } from '../ui/parts';
import { Answer } from './answer';
import { Follower, type Link, type View } from './follow';
import { Forget } from './forget';
import { Photos } from './photos';
import { Place } from './place';
import { Progress } from './progress';
import { Timeline } from './timeline';

/** Names of categories and regions, which a view gives by their ids. */
interface Names {
  categories: Record<string, string>;
  regions: Region[];
}

export function Track({ token }: { token: string }) {
  const [view, setView] = useState<View>();
  const [link, setLink] = useState<Link>({ is: 'resuming' });
  const [isGone, setGone] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [names, setNames] = useState<Names>({ categories: {}, regions: [] });
  const follower = useRef<Follower | undefined>(undefined);
  useEffect(() => {
    const it = new Follower(token, {
      onView: (seen) => {
        setView(seen);
        setProblem(undefined);
      },
      onLink: setLink,
      onGone: () => setGone(true),
      onProblem: setProblem,
    });
    follower.current = it;
    void loadNames().then(setNames, () => undefined);
    return () => it.end();
  }, [token]);
  const look = () => void follower.current?.look();
  if (isGone) return <Unknown />;
  if (!view) return <Waiting problem={problem} onAgain={look} />;
  const category = names.categories[view.category] ?? view.category;
  return (
    <Frame end={<LinkState link={link} />}>
      <main class="page" id="content">
        <header>
          <p class="soft small">
            {t('track.number')}{' '}
            <bdi dir="ltr" class="number">
              {number(view.id)}
            </bdi>
          </p>
          <h1>{category}</h1>
        </header>
        <section class="card stack" aria-labelledby="progress">
          <div class="row between">
            <h2 id="progress">{t('track.progress')}</h2>
            <StatusBadge status={view.status} />
          </div>
          <Progress status={view.status} />
          <p role="status" class="what">
            {t(`track.what.${view.status}`)}
          </p>
          {view.duplicate_of && <Notice>{t('track.duplicate')}</Notice>}
          {view.status === 'resolved' && <Answer view={view} token={token} onAnswered={setView} />}
        </section>
        <section class="card stack" aria-labelledby="timeline">
          <h2 id="timeline">{t('track.timeline')}</h2>
          <Timeline view={view} />
        </section>
        {view.photos.length > 0 && (
          <section class="card stack" aria-labelledby="photos">
            <h2 id="photos">{t('track.photos')}</h2>
            <Photos photos={view.photos} onExpired={look} />
          </section>
        )}
        <section class="card stack" aria-labelledby="details">
          <h2 id="details">{t('track.details')}</h2>
          <p class="words" dir="auto">
            {view.description}
          </p>
          {view.supporters > 0 && (
            <p class="row soft">
              <Icon name="people" />
              {t('track.supporters', { count: view.supporters })}
            </p>
          )}
          <Place view={view} regions={names.regions} />
        </section>
        <section class="card stack" aria-labelledby="forget">
          <h2 id="forget">{t('track.forget.title')}</h2>
          <Forget token={token} />
        </section>
        <p class="soft small keep">{t('track.keep')}</p>
      </main>
    </Frame>
  );
}

async function loadNames(): Promise<Names> {
  const [{ categories }, { regions }] = await Promise.all([ask(api.GET('/api/v1/categories')), ask(api.GET('/api/v1/regions'))]);
  return { categories: Object.fromEntries(categories.map((it) => [it.id, it.name])), regions };
}

/** How the page stands to the server, always in sight. */
function LinkState({ link }: { link: Link }) {
  const text = link.is === 'offline' ? t('track.offline', { time: time(link.since, { timeStyle: 'short' }) }) : t(`track.${link.is}`);
  return (
    <span class={`link ${link.is}`} role="status" title={link.is === 'live' ? t('track.live.hint') : undefined}>
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}

function Waiting({ problem, onAgain }: { problem: Problem | undefined; onAgain: () => void }) {
  return (
    <Frame>
      <main class="page stack" id="content">
        <h1>{t('track.title')}</h1>
        {problem ? (
          <>
            <Notice kind="danger">
              <p>
                {t('track.failed')} {problem.text}
              </p>
            </Notice>
            <button type="button" class="primary" onClick={onAgain}>
              {t('again')}
            </button>
          </>
        ) : (
          <p class="row soft" role="status">
            <Spinner /> {t('loading')}
          </p>
        )}
      </main>
    </Frame>
  );
}

function Unknown() {
  return (
    <Frame>
      <main class="page stack" id="content">
        <h1>{t('track.unknown.title')}</h1>
        <p class="lead">{t('track.unknown')}</p>
        <a class="button primary" href="/">
          {t('home')}
        </a>
      </main>
    </Frame>
  );
}
