// A question that a button opens below it: what has to be said before something is done. Escape and "Cancel" leave it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Said } from './act';

interface QuestionProps {
  label: string;
  /** What the button that does it says. */
  does: string;
  isReady: boolean;
  onSubmit: () => void;
  onCancel: () => void;
  children: ComponentChildren;
}

export function Question({ label, does, isReady, onSubmit, onCancel, children }: QuestionProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select, textarea')?.focus(), []);

  function submitted(event: Event): void {
    event.preventDefault();
    if (isReady) onSubmit();
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    // Only the question is left, not the complaint.
    event.stopPropagation();
    onCancel();
  }

  return (
    <form ref={form} class="why stack" aria-label={label} onSubmit={submitted} onKeyDown={pressed}>
      {children}
      <div class="row">
        <button type="submit" class="primary" disabled={!isReady}>
          {does}
        </button>
        <button type="button" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}

interface WhyProps {
  /** Two of these may be in the page. */
  id: string;
  action: string;
  does: string;
  hint: string;
  needsComment: boolean;
  /** Whether an end may be given, as for what is put on hold. */
  hasEnd: boolean;
  onSaid: (said: Said) => void;
  onCancel: () => void;
}

/** Why a step is taken, and until when. */
export function Why({ id, action, does, hint, needsComment, hasEnd, onSaid, onCancel }: WhyProps) {
  const [comment, setComment] = useState('');
  const [end, setEnd] = useState('');
  const isReady = comment.trim() !== '' || !needsComment;
  const said = (): Said => ({ comment: comment.trim(), hold_until: end === '' ? undefined : new Date(end).toISOString() });
  return (
    <Question label={action} does={does} isReady={isReady} onSubmit={() => onSaid(said())} onCancel={onCancel}>
      <CommentField id={id} label={t('board.why', { action })} value={comment} isRequired={needsComment} hint={hint} onText={setComment} />
      {hasEnd && (
        <div class="field">
          <label for={`${id}-end`}>
            {t('board.until')} <span class="optional">({t('optional')})</span>
          </label>
          <input
            id={`${id}-end`}
            type="datetime-local"
            value={end}
            min={inDays(0)}
            max={inDays(365)}
            onInput={(event) => setEnd(event.currentTarget.value)}
          />
        </div>
      )}
    </Question>
  );
}

/** A day ahead in the viewer's zone, as a field for date and time takes it. */
function inDays(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

interface CommentProps {
  id: string;
  label: string;
  value: string;
  hint?: string;
  isRequired?: boolean;
  onText: (text: string) => void;
}

/** A comment for staff, of 4000 characters at most. */
export function CommentField({ id, label, value, hint, isRequired = false, onText }: CommentProps) {
  return (
    <div class="field">
      <label for={id}>
        {label} {!isRequired && <span class="optional">({t('optional')})</span>}
      </label>
      {hint && <p class="hint">{hint}</p>}
      <textarea id={id} required={isRequired} maxLength={4000} value={value} onInput={(event) => onText(event.currentTarget.value)} />
    </div>
  );
}
