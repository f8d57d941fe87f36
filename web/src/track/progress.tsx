// The way of a complaint as four steps; where it waits or ends otherwise, the last step says so.
import { t } from '../i18n';
import { Icon } from '../ui/icon';
import type { View } from './follow';

type Status = View['status'];

const WAY: Status[] = ['reported', 'acknowledged', 'in_progress', 'resolved'];

/** The steps to show, and how many of them are reached. */
export function steps(status: Status): { steps: Status[]; reached: number } {
  switch (status) {
    case 'on_hold':
      return { steps: ['reported', 'acknowledged', 'on_hold', 'resolved'], reached: 3 };
    case 'rejected':
      return { steps: ['reported', 'rejected'], reached: 2 };
    case 'closed':
      return { steps: ['reported', 'acknowledged', 'in_progress', 'closed'], reached: 4 };
    case 'reported':
    case 'acknowledged':
    case 'in_progress':
    case 'resolved':
      return { steps: WAY, reached: WAY.indexOf(status) + 1 };
  }
}

export function Progress({ status }: { status: Status }) {
  const way = steps(status);
  return (
    <ol class="progress">
      {way.steps.map((step, i) => {
        const isNow = i === way.reached - 1;
        return (
          <li key={i} class={i < way.reached ? (isNow ? 'now' : 'past') : 'ahead'} aria-current={isNow ? 'step' : undefined}>
            <span class="knot">{i < way.reached && <Icon name={step === 'rejected' ? 'cross' : step === 'on_hold' ? 'clock' : 'check'} />}</span>
            <span>{t(`status.${step}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}
