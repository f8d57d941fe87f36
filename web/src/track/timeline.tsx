// What happened, latest first: every status that it was in, what the desk wrote, and the report itself.
import { t, time } from '../i18n';
import { Icon, type IconName } from '../ui/icon';
import type { View } from './follow';

type Status = View['status'];

interface Entry {
  key: string;
  at: string;
  icon: IconName;
  title: string;
  text?: string;
}

const ICONS: Record<Status, IconName> = {
  reported: 'pin',
  acknowledged: 'check',
  in_progress: 'people',
  on_hold: 'clock',
  resolved: 'check',
  closed: 'check',
  rejected: 'cross',
};
const DONE: Status[] = ['resolved', 'closed', 'rejected'];

export function entries(view: View): Entry[] {
  const comments = view.comments.map(({ id, at, text }): Entry => ({ key: id, at, icon: 'comment', title: t('track.from.officer'), text }));
  const steps = view.statuses.map(({ status, at }, i): Entry => ({ key: `${i} ${status}`, at, icon: ICONS[status], title: named(view, i) }));
  // Of one moment, what was written goes below what it was written with.
  return [...steps.reverse(), ...comments.reverse()].sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

/** A status as a step: the first one is the report, one after an end is a beginning again. */
function named({ statuses }: View, i: number): string {
  const status = t(`status.${statuses[i]!.status}`);
  if (i === 0) return t('track.reported');
  const isAgain = DONE.includes(statuses[i - 1]!.status) && !DONE.includes(statuses[i]!.status);
  return isAgain ? t('track.again', { status }) : status;
}

export function Timeline({ view }: { view: View }) {
  return (
    <ol class="timeline">
      {entries(view).map(({ key, at, icon, title, text }) => (
        <li key={key}>
          <span class="mark">
            <Icon name={icon} />
          </span>
          <div>
            <p>
              <strong>{title}</strong>
            </p>
            {text && (
              <p class="words said" dir="auto">
                {text}
              </p>
            )}
            <p class="soft small">
              <time dateTime={at}>{time(at)}</time>
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
