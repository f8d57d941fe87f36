// The reporter's word on a resolution: confirm, or say what is still wrong.
import { useState } from 'preact/hooks';
import { api, ask } from '../client';
import { t } from '../i18n';
import { asProblem } from '../problem';
import { Icon } from '../ui/icon';
import { Fault, Notice, Spinner } from '../ui/parts';
import type { View } from './follow';

interface Props {
  view: View;
  token: string;
  onAnswered: (view: View) => void;
}

export function Answer({ view, token, onAnswered }: Props) {
  const [isContesting, setContesting] = useState(false);
  const [comment, setComment] = useState('');
  const [fault, setFault] = useState('');
  const [problem, setProblem] = useState('');
  const [running, setRunning] = useState<'confirm' | 'contest'>();
  const say = async (action: 'confirm' | 'contest') => {
    if (running) return;
    if (action === 'contest' && !comment.trim()) {
      setFault(t('track.contest.fault'));
      document.querySelector<HTMLElement>('#contest')?.focus();
      return;
    }
    setRunning(action);
    setProblem('');
    try {
      const body = action === 'contest' ? { action, comment: comment.trim() } : { action };
      const params = { path: { id: view.id }, header: { 'X-Tracking-Token': token } };
      onAnswered((await ask(api.PATCH('/api/v1/complaints/{id}/status', { params, body }))) as unknown as View);
    } catch (error) {
      setProblem(asProblem(error).text);
    } finally {
      setRunning(undefined);
    }
  };
  return (
    <div class="stack answer">
      <div class="row">
        <button type="button" class="primary" aria-busy={running === 'confirm'} onClick={() => void say('confirm')}>
          {running === 'confirm' ? <Spinner /> : <Icon name="check" />}
          {t('track.confirm')}
        </button>
        <button type="button" aria-expanded={isContesting} onClick={() => setContesting(!isContesting)}>
          <Icon name="cross" />
          {t('track.contest')}
        </button>
      </div>
      {isContesting && (
        <form
          class="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void say('contest');
          }}
        >
          <div class="field">
            <label for="contest">{t('track.contest.label')}</label>
            <textarea
              id="contest"
              rows={3}
              maxLength={4000}
              value={comment}
              ref={focusEmpty}
              aria-invalid={fault ? 'true' : undefined}
              aria-describedby={fault ? 'contest-fault' : undefined}
              onInput={(event) => {
                setComment(event.currentTarget.value);
                setFault('');
              }}
            />
            <Fault id="contest-fault">{fault}</Fault>
          </div>
          <button class="primary" aria-busy={running === 'contest'}>
            {running === 'contest' && <Spinner />}
            {t('track.contest.send')}
          </button>
        </form>
      )}
      {problem && <Notice kind="danger">{problem}</Notice>}
      <p class="soft small">{t('track.closing')}</p>
    </div>
  );
}

/** Whoever asked for the field wants to write into it. Defined once: a new function would be called with every stroke. */
function focusEmpty(element: HTMLTextAreaElement | null): void {
  element?.focus();
}
