// One row of the list. What it says is drawn anew only when it says something else: its place changes far more often.
import { Component } from 'preact';
import type { Claim, Complaint } from '../../live/src/index.js';
import { ago, language, t } from '../i18n';
import { Icon } from '../ui/icon';
import { StatusBadge } from '../ui/parts';
import type { Desk } from './desk';
import { number } from '../number';
import { isOverdue } from './listing';

/** In rem: a row has the same height, whatever it says. */
export const ROW = 6.75;
/** "5 minutes ago" is right to so many ms. */
const TICK_MS = 10_000;

interface RowProps {
  desk: Desk;
  complaint: Complaint;
  index: number;
  count: number;
  isSelected: boolean;
  isActive: boolean;
  onTap: (complaint: Complaint, event: MouseEvent) => void;
}

export function Row({ desk, complaint, index, count, isSelected, isActive, onTap }: RowProps) {
  const { selection, outbox, people } = desk;
  const { id, assignee } = complaint;
  const flash = desk.flashes.of(id);
  const claim = people.claims.get(id);
  const isStuck = outbox.stuck.some((deed) => deed.complaint === id);
  const isPicked = selection.has(id);
  const marks = [flash, isActive && 'active', isStuck && 'stuck', isPicked && 'picked'].filter(Boolean).join(' ');
  return (
    <div
      id={`row-${id}`}
      class={`complaint ${complaint.severity} ${marks}`}
      role="option"
      aria-selected={selection.isOn ? isPicked : isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ top: `${index * ROW}rem`, height: `${ROW}rem` }}
      onClick={(event) => onTap(complaint, event)}
    >
      <Face
        complaint={complaint}
        category={desk.categoryName(complaint.category)}
        claim={claim}
        holder={claim ? desk.personName(claim.holder.id) : ''}
        assignee={assignee === null ? '' : desk.fullName(assignee)}
        person={assignee === null ? '' : desk.personName(assignee)}
        isPending={outbox.isPending(id)}
        isStuck={isStuck}
        isPicked={selection.isOn ? isPicked : undefined}
        now={Math.floor(Date.now() / TICK_MS) * TICK_MS}
        language={language()}
      />
    </div>
  );
}

interface FaceProps {
  complaint: Complaint;
  category: string;
  claim: Claim | undefined;
  holder: string;
  assignee: string;
  person: string;
  isPending: boolean;
  isStuck: boolean;
  /** Undefined: nothing is being picked. */
  isPicked: boolean | undefined;
  now: number;
  language: string;
}

class Face extends Component<FaceProps> {
  override shouldComponentUpdate(next: FaceProps): boolean {
    return (Object.keys(next) as (keyof FaceProps)[]).some((name) => next[name] !== this.props[name]);
  }

  override render({ complaint, category, claim, holder, assignee, person, isPending, isStuck, isPicked, now }: FaceProps) {
    return (
      <>
        <div class="head">
          {isPicked !== undefined && <span class="tick">{isPicked && <Icon name="check" />}</span>}
          <strong>{category}</strong>
          <span class="number" dir="ltr">
            #{number(complaint.id)}
          </span>
          <span class="soft when">{ago(complaint.created_at, now)}</span>
        </div>
        <p class="what">{complaint.description}</p>
        <div class="marks">
          <StatusBadge status={complaint.status} />
          <span class={`severity ${complaint.severity}`}>{t(`severity.${complaint.severity}`)}</span>
          <Due complaint={complaint} now={now} />
          {isPending && <span class="mark pending">{t('board.pending')}</span>}
          {isStuck && <span class="mark danger">{t('board.conflict')}</span>}
          {claim && (
            <span class="mark way">
              <Icon name="pin" /> {holder}
            </span>
          )}
          {complaint.assignee !== null && (
            <span class="face" title={person}>
              <span aria-hidden="true">{initials(assignee)}</span>
              <span class="unseen">{t('board.with', { name: person })}</span>
            </span>
          )}
          {complaint.supporters > 0 && <span class="mark">+{complaint.supporters}</span>}
        </div>
      </>
    );
  }
}

/** When it is due, or that it is overdue. */
export function Due({ complaint, now }: { complaint: Complaint; now: number }) {
  if (complaint.due_at === undefined) return null;
  const isLate = isOverdue(complaint, now);
  return (
    <span class={isLate ? 'mark danger' : 'mark'}>
      <Icon name="clock" /> {isLate ? t('board.overdue_since', { ago: ago(complaint.due_at, now) }) : t('board.due', { ago: ago(complaint.due_at, now) })}
    </span>
  );
}

/** A name in two letters. */
export function initials(name: string): string {
  return name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase();
}
