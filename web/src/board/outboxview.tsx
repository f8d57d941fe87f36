// What waits to be sent, and what the server refused, with the ways out of it.
import { ago, t } from '../i18n';
import type { Deed } from '../deed';
import { Notice } from '../ui/parts';
import type { Desk } from './desk';

/** A deed that was taken back: what it was, why, how things are now, and what can be done. */
export function StuckDeed({ desk, deed }: { desk: Desk; deed: Deed }) {
  const complaint = deed.complaint === '' ? undefined : desk.find(deed.complaint);
  const canRepeat = deed.state === 'unsure' || (deed.state === 'conflict' && deed.problem === 'stale_version') || deed.problem === 'already_assigned';
  return (
    <Notice kind={deed.state === 'unsure' ? 'warning' : 'danger'}>
      <div class="stuck-deed stack">
        <p>
          <strong>{t(deed.state === 'unsure' ? 'board.unsure' : 'board.not_done', { action: deed.what })}</strong>
        </p>
        <p>{deed.state === 'unsure' ? t('board.unsure_why') : deed.reason}</p>
        {complaint && deed.state === 'conflict' && (
          <p>
            {t('board.is_now', { status: t(`status.${complaint.status}`), name: complaint.assignee ? desk.personName(complaint.assignee) : t('board.whose.nobody') })}
          </p>
        )}
        <div class="row">
          <button type="button" class="primary" onClick={() => void desk.outbox.discard(deed.id)}>
            {t(deed.state === 'unsure' ? 'board.it_arrived' : 'board.leave_it')}
          </button>
          {canRepeat && (
            <button type="button" onClick={() => void desk.outbox.again(deed.id, complaint?.version)}>
              {t(deed.state === 'unsure' ? 'board.send_again' : 'board.do_anyway')}
            </button>
          )}
        </div>
      </div>
    </Notice>
  );
}

/** All of it, for the whole board. */
export function OutboxView({ desk, onOpen }: { desk: Desk; onOpen: (id: string) => void }) {
  const { pending, stuck } = desk.outbox;
  return (
    <div class="outbox stack">
      {pending.length + stuck.length === 0 && <p class="soft">{t('board.nothing_waits')}</p>}
      {stuck.map((deed) => (
        <div key={deed.id} class="stack">
          <About deed={deed} onOpen={onOpen} />
          <StuckDeed desk={desk} deed={deed} />
        </div>
      ))}
      <ul class="plain-list stack">
        {pending.map((deed) => (
          <li key={deed.id}>
            <About deed={deed} onOpen={onOpen} />
            <div class="row between">
              <span>
                {deed.what} · <span class="soft">{ago(new Date(deed.at))}</span>
              </span>
              {deed.state === 'waiting' && (
                <button type="button" class="plain" onClick={() => void desk.outbox.discard(deed.id)}>
                  {t('board.discard')}
                </button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function About({ deed, onOpen }: { deed: Deed; onOpen: (id: string) => void }) {
  if (deed.complaint === '') return <p class="soft about">{deed.about}</p>;
  return (
    <button type="button" class="plain about" onClick={() => onOpen(deed.complaint)}>
      {deed.about}
    </button>
  );
}
