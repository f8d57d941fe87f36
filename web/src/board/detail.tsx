// The complaint that is looked at: what can be done with it, and everything that is known of it.
import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { ago, t, time } from '../i18n';
import { Icon } from '../ui/icon';
import { Notice, Spinner, StatusBadge } from '../ui/parts';
import { comment } from './act';
import type { Desk } from './desk';
import { History } from './history';
import { Due } from './row';
import { number } from '../number';
import { Photos } from './photos';
import { Actions } from './actions';
import { More } from './more';
import { StuckDeed } from './outboxview';

interface Props {
  desk: Desk;
  id: string;
  onOpen: (id: string) => void;
  onClose: () => void;
}

export function DetailPane({ desk, id, onOpen, onClose }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const complaint = desk.find(id);
  const { detail, problem, isLoading } = desk.details;
  useEffect(() => heading.current?.focus({ preventScroll: true }), [id]);
  const isGone = problem?.status === 404 || problem?.status === 403;
  return (
    <section class="detail" aria-labelledby="detail-heading">
      <header class="detail-head">
        <h2 id="detail-heading" ref={heading} tabIndex={-1}>
          {complaint ? desk.categoryName(complaint.category) : t('board.complaint')} <span class="number" dir="ltr">#{number(id)}</span>
        </h2>
        {isLoading && <Spinner />}
        <button type="button" class="plain icon-only" aria-label={t('close')} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div class="detail-body stack">
        {desk.outbox.stuck.filter((deed) => deed.complaint === id).map((deed) => (
          <StuckDeed key={deed.id} desk={desk} deed={deed} />
        ))}
        {isGone ? (
          <Notice kind="warning">{problem.status === 404 ? t('board.gone') : t('board.not_yours')}</Notice>
        ) : (
          problem && <Notice kind="warning">{detail ? t('board.kept_at', { time: time(new Date(detail.at)) }) : problem.text}</Notice>
        )}
        {complaint && !isGone && <Known desk={desk} complaint={complaint} onOpen={onOpen} />}
      </div>
    </section>
  );
}

interface KnownProps {
  desk: Desk;
  complaint: Complaint;
  onOpen: (id: string) => void;
}

function Known({ desk, complaint, onOpen }: KnownProps) {
  const { detail } = desk.details;
  return (
    <>
      <div class="row">
        <StatusBadge status={complaint.status} />
        <span class={`severity ${complaint.severity}`}>{t(`severity.${complaint.severity}`)}</span>
        <Due complaint={complaint} now={Date.now()} />
        {detail?.hold && (
          <span class="mark hold">
            <Icon name="lock" /> {detail.hold.until ? t('board.legal_hold_until', { time: time(detail.hold.until, { dateStyle: 'medium' }) }) : t('board.legal_hold')}
          </span>
        )}
        {(complaint.escalation ?? 0) > 0 && <span class="mark danger">{t('board.escalated', { level: complaint.escalation ?? 0 })}</span>}
      </div>
      <p class="description">{complaint.description}</p>
      <Actions desk={desk} complaint={complaint} />
      <More desk={desk} complaint={complaint} />
      <Facts desk={desk} complaint={complaint} onOpen={onOpen} />
      {detail && <Photos desk={desk} complaint={complaint} photos={detail.photos} />}
      <Comments desk={desk} complaint={complaint} />
      {detail && <History desk={desk} items={detail.history} />}
    </>
  );
}

function Facts({ desk, complaint, onOpen }: KnownProps) {
  const { reporter, hold } = desk.details.detail ?? {};
  const { latitude, longitude } = complaint;
  const place = latitude === null || longitude === null ? '' : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const contact = reporter && [reporter.name, reporter.email, reporter.phone].filter(Boolean).join(' · ');
  const { duplicate_of: of } = complaint;
  const facts: [string, ComponentChild][] = [
    [t('board.place'), [complaint.address, place].filter(Boolean).join(' · ')],
    [t('board.region'), desk.regionName(complaint.region)],
    [t('board.assignee'), complaint.assignee === null ? t('board.whose.nobody') : desk.personName(complaint.assignee)],
    [t('board.reported_at'), `${time(complaint.created_at)} (${ago(complaint.created_at)})`],
    [t('board.due_at'), complaint.due_at ? time(complaint.due_at) : ''],
    [t('board.wakes_at'), complaint.hold_until ? time(complaint.hold_until) : ''],
    [t('board.supporters'), complaint.supporters > 0 ? String(complaint.supporters) : ''],
    [t('board.duplicate_of'), of ? <a href={`#${of}`} onClick={(event) => (event.preventDefault(), onOpen(of))}><bdi>#{number(of)}</bdi></a> : ''],
    [t('board.legal_hold'), hold?.reason ?? ''],
    [t('board.reporter'), contact ?? ''],
  ];
  return (
    <dl class="facts">
      {facts.filter(([, value]) => value !== '').map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Comments({ desk, complaint }: { desk: Desk; complaint: Complaint }) {
  const [text, setText] = useState('');
  const [isPublic, setPublic] = useState(false);
  const comments = desk.details.detail?.comments ?? [];
  const waiting = desk.outbox.pending.filter((deed) => deed.complaint === complaint.id && deed.kind === 'comment');

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (text.trim() === '') return;
    setText('');
    await comment(desk, complaint, text.trim(), isPublic ? 'public' : 'internal');
  }

  return (
    <section class="stack" aria-labelledby="comments-heading">
      <h3 id="comments-heading">{t('board.comments')}</h3>
      {comments.length + waiting.length === 0 && <p class="soft">{t('board.no_comments')}</p>}
      <ul class="comments">
        {comments.map(({ id, at, text, visibility, account }) => (
          <li key={id} class={visibility}>
            <p class="small soft">
              <strong>{account ? desk.personName(account) : t('board.staff')}</strong> · <time dateTime={at}>{time(at)}</time> ·{' '}
              {t(`board.${visibility}`)}
            </p>
            <p class="said">{text}</p>
          </li>
        ))}
        {waiting.map(({ id, body }) => (
          <li key={id} class="waiting">
            <p class="small soft">{t('board.pending')}</p>
            <p class="said">{String(body?.['text'])}</p>
          </li>
        ))}
      </ul>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <div class="field">
          <label for="comment">{t('board.comment')}</label>
          <textarea id="comment" maxLength={4000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        <div class="row between">
          <label class="check">
            <input type="checkbox" checked={isPublic} onChange={(event) => setPublic(event.currentTarget.checked)} /> {t('board.for_reporter')}
          </label>
          <button type="submit" disabled={text.trim() === ''}>
            {t('board.send')}
          </button>
        </div>
      </form>
    </section>
  );
}
