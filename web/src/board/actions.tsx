// The buttons of a complaint: only what the workflow allows this person now.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { t, time } from '../i18n';
import { Icon } from '../ui/icon';
import { notOnMyWay, onMyWay, stepName, take } from './act';
import type { Desk } from './desk';
import { offers, type Offer } from './steps';

const ENDED = ['closed', 'rejected'];

export function Actions({ desk, complaint }: { desk: Desk; complaint: Complaint }) {
  const [asked, setAsked] = useState<string>();
  const { account } = desk;
  const { detail } = desk.details;
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => setAsked(undefined), [complaint.id, complaint.status]);
  // The button that was pressed is gone: who works with the keyboard goes on from its place.
  useEffect(() => {
    if (document.activeElement === document.body) group.current?.focus();
  }, [complaint.status, complaint.assignee]);
  if (!account || !detail) return null;
  const found = offers(complaint, account, detail.steps, detail.photos);
  const isBusy = desk.outbox.isPending(complaint.id) && !desk.isOffline;
  const asking = found.find(({ action }) => action === asked);

  function tapped(offer: Offer): void {
    if (offer.needsComment) setAsked(offer.action === asked ? undefined : offer.action);
    else void take(desk, complaint, offer, '');
  }

  return (
    <div class="actions stack">
      <div class="row" ref={group} tabIndex={-1} role="group" aria-label={t('board.actions')}>
        {found.map((offer, index) => (
          <button
            key={offer.action}
            type="button"
            class={index === 0 ? 'primary' : offer.action === 'reject' ? 'danger' : ''}
            disabled={offer.lacksPhoto}
            aria-busy={isBusy}
            aria-expanded={offer.needsComment ? offer.action === asked : undefined}
            title={offer.lacksPhoto ? t('board.needs_photo') : undefined}
            onClick={() => tapped(offer)}
          >
            {offer.takesFirst ? t('board.take_and', { action: stepName(offer.action) }) : stepName(offer.action)}
          </button>
        ))}
        <OnMyWay desk={desk} complaint={complaint} />
      </div>
      {found.some(({ lacksPhoto }) => lacksPhoto) && <p class="hint">{t('board.needs_photo')}</p>}
      {asking && <Why key={asking.action} desk={desk} complaint={complaint} offer={asking} onDone={() => setAsked(undefined)} />}
    </div>
  );
}

function OnMyWay({ desk, complaint }: { desk: Desk; complaint: Complaint }) {
  const claim = desk.claims.get(complaint.id);
  if (desk.account?.role !== 'officer' || ENDED.includes(complaint.status)) return null;
  if (claim && claim.holder.id !== desk.me) {
    return (
      <p class="mark way">
        <Icon name="pin" /> {t('board.other_on_way', { name: claim.holder.name, time: time(claim.until, { timeStyle: 'short' }) })}
      </p>
    );
  }
  return (
    <>
      <button type="button" aria-pressed={claim !== undefined} onClick={() => void (claim ? notOnMyWay(desk, complaint) : onMyWay(desk, complaint))}>
        <Icon name="pin" /> {claim ? t('board.on_my_way_until', { time: time(claim.until, { timeStyle: 'short' }) }) : t('board.on_my_way')}
      </button>
    </>
  );
}

function Why({ desk, complaint, offer, onDone }: { desk: Desk; complaint: Complaint; offer: Offer; onDone: () => void }) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);

  function submit(event: Event): void {
    event.preventDefault();
    if (text.trim() === '') return;
    void take(desk, complaint, offer, text.trim());
    onDone();
  }

  return (
    <form class="why stack" onSubmit={submit}>
      <div class="field">
        <label for="why">{t('board.why', { action: stepName(offer.action) })}</label>
        <p class="hint">{t('board.why_hint')}</p>
        <textarea id="why" ref={field} required maxLength={4000} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      <div class="row">
        <button type="submit" class="primary" disabled={text.trim() === ''}>
          {stepName(offer.action)}
        </button>
        <button type="button" onClick={onDone}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
