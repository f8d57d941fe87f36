// The buttons of a complaint: only what the workflow allows this person now.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { t, time } from '../i18n';
import { Icon } from '../ui/icon';
import { notOnMyWay, onMyWay, stepName, take } from './act';
import type { Desk } from './desk';
import { Why } from './question';
import { offers, type Offer } from './steps';

const ENDED = ['closed', 'rejected'];
/** Whether there is something to say first: what is put on hold may have an end. */
const asks = ({ needsComment, action }: Offer): boolean => needsComment || action === 'hold';

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

  function leave(): void {
    setAsked(undefined);
    group.current?.focus();
  }

  function tapped(offer: Offer): void {
    if (asks(offer)) setAsked(offer.action === asked ? undefined : offer.action);
    else void take(desk, complaint, offer, { comment: '' });
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
            aria-expanded={asks(offer) ? offer.action === asked : undefined}
            title={offer.lacksPhoto ? t('board.needs_photo') : undefined}
            onClick={() => tapped(offer)}
          >
            {offer.takesFirst ? t('board.take_and', { action: stepName(offer.action) }) : stepName(offer.action)}
          </button>
        ))}
        <OnMyWay desk={desk} complaint={complaint} />
      </div>
      {found.some(({ lacksPhoto }) => lacksPhoto) && <p class="hint">{t('board.needs_photo')}</p>}
      {asking && (
        <Why
          key={asking.action}
          id="why"
          action={stepName(asking.action)}
          does={stepName(asking.action)}
          hint={t('board.why_hint')}
          needsComment={asking.needsComment}
          hasEnd={asking.action === 'hold'}
          onSaid={(said) => (void take(desk, complaint, asking, said), leave())}
          onCancel={leave}
        />
      )}
    </div>
  );
}

function OnMyWay({ desk, complaint }: { desk: Desk; complaint: Complaint }) {
  const claim = desk.people.claims.get(complaint.id);
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
