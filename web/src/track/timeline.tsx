// What happened, latest first: the present state, what the desk wrote, photos that came, and the report itself.
import { t, time } from '../i18n';
import { Icon, type IconName } from '../ui/icon';
import type { View } from './follow';

interface Entry {
  key: string;
  at: string;
  icon: IconName;
  title: string;
  text?: string;
}

export function entries(view: View): Entry[] {
  const found: Entry[] = [{ key: 'reported', at: view.created_at, icon: 'pin', title: t('track.reported') }];
  for (const { id, at, text } of view.comments) {
    found.push({ key: id, at, icon: 'comment', title: t('track.from.officer'), text });
  }
  if (view.status !== 'reported') {
    found.push({ key: `status-${view.status}`, at: view.status_since, icon: 'check', title: t(`status.${view.status}`) });
  }
  return found.sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
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
