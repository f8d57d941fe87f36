// Parts of the administrators' tabs: what waits or failed, a table, a question before something is done.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Sheet } from '../board/sheet';
import { t } from '../i18n';
import { number } from '../number';
import { asProblem, type Problem } from '../problem';
import { signOut } from '../session';
import { Notice, Spinner } from '../ui/parts';
import type { Loaded } from './loaded';

/** What was read; until then a wheel, and instead a fault with a way on. What was read before stays under a fault. */
export function Shown<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      <Faults of={of.fault} onAgain={() => void of.again()} />
      {of.data !== undefined && children(of.data)}
      {of.data === undefined && !of.fault && (
        <p role="status" class="row">
          <Spinner /> {t('loading')}
        </p>
      )}
    </>
  );
}

interface TableProps {
  name: string;
  heads: string[];
  rows: ComponentChildren[][];
  empty: string;
  /** Where the window is narrow, a row becomes a card: what can be done with it is not out of sight. */
  asCards?: boolean;
}

/** A table that scrolls by itself where the window is narrow; or, without rows, what to do. */
export function Table({ name, heads, rows, empty, asCards = false }: TableProps) {
  if (rows.length === 0) return <p class="soft">{empty}</p>;
  // Roles are said, because what is drawn as cards would be no table to a screen reader.
  return (
    <div class={`table ${asCards ? 'cards' : ''}`} role="region" aria-label={name} tabIndex={0}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((head) => (
              <th key={head} scope="col" role="columnheader">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((cells, i) => (
            <tr key={i} role="row">
              {cells.map((cell, k) => (
                <td key={k} role="cell" data-head={heads[k]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What went wrong, all that the server finds at fault, and what to do next. `onAgain`: what may simply be tried again. */
export function Faults({ of, onAgain }: { of: Problem | undefined; onAgain?: () => void }) {
  if (!of) return null;
  const errors = of.body.errors ?? [];
  return (
    <Notice kind="danger">
      <p>{of.kind === 'validation' && errors.length > 0 ? t('admin.faults') : of.text}</p>
      {errors.length > 0 && (
        <ul class="faults">
          {errors.map(({ field, message }) => (
            <li key={field + message} dir="auto">
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      <Next of={of} onAgain={onAgain} />
    </Notice>
  );
}

function Next({ of, onAgain }: { of: Problem; onAgain: (() => void) | undefined }) {
  // Whose sign-in is over or good for less begins anew, with the address of the tab kept.
  const anew = (): void => void signOut().catch(() => undefined).then(() => location.reload());
  switch (of.status) {
    case 401:
    case 403:
      return (
        <>
          <p>{t(of.status === 401 ? 'admin.next.ended' : 'admin.next.forbidden')}</p>
          <button type="button" onClick={anew}>
            {t('admin.sign_in')}
          </button>
        </>
      );
    case 400:
    case 422:
      return <p>{t('admin.next.correct')}</p>;
    default:
      return (
        <>
          {of.status === 409 && <p>{t('admin.next.conflict')}</p>}
          {onAgain && (
            <button type="button" onClick={onAgain}>
              {t('again')}
            </button>
          )}
        </>
      );
  }
}

interface AskProps {
  title: string;
  /** What will happen, in words. */
  what: ComponentChildren;
  act: string;
  isGrave?: boolean;
  onAct: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before it acts; stays open with the reason when that fails. */
export function Ask({ title, what, act, isGrave = false, onAct, onClose }: AskProps) {
  const [fault, setFault] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  // A dialogue that is taken away gives the focus to nobody: who works with the keyboard goes on where they were.
  const [before] = useState(() => document.activeElement);
  useEffect(() => () => (before as HTMLElement | null)?.focus(), []);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await onAct();
      onClose();
    } catch (error) {
      setFault(asProblem(error));
      setBusy(false);
    }
  }

  return (
    <Sheet title={title} onClose={onClose}>
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Faults of={fault} />
        {what}
        <div class="row">
          <button type="submit" class={isGrave ? 'danger' : 'primary'} aria-busy={isBusy}>
            {isBusy && <Spinner />} {act}
          </button>
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  value: string;
  isOptional?: boolean;
  onText: (value: string) => void;
}

/** Several lines of text with what to know above. */
export function Lines({ onText, ...field }: FieldProps) {
  const { id, hint, value } = field;
  return (
    <Field {...field}>
      <textarea id={id} rows={4} aria-describedby={hint ? `${id}-hint` : undefined} value={value} onInput={(event) => onText(event.currentTarget.value)} />
    </Field>
  );
}

interface ExactProps extends FieldProps {
  type: 'number' | 'date' | 'datetime-local';
  min?: string;
  max?: string;
}

/** A number, a day or a time, written as browsers write them. */
export function Exact({ onText, type, min, max, ...field }: ExactProps) {
  const { id, hint, value } = field;
  return (
    <Field {...field}>
      {/* The names of types are a union of elements to Preact; they are all one here. */}
      <input id={id} {...{ min, max }} type={type as 'number'} aria-describedby={hint ? `${id}-hint` : undefined} value={value} onInput={(event) => onText(event.currentTarget.value)} />
    </Field>
  );
}

function Field({ id, label, hint, isOptional = false, children }: Omit<FieldProps, 'value' | 'onText'> & { children: ComponentChildren }) {
  return (
    <div class="field">
      <Label {...{ id, label, isOptional }} />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
    </div>
  );
}

function Label({ id, label, isOptional }: { id: string; label: string; isOptional: boolean }) {
  return (
    <label for={id}>
      {label} {isOptional && <span class="optional">({t('optional')})</span>}
    </label>
  );
}

/** A complaint by its number; it opens on the board, in a tab of its own. */
export function ToComplaint({ id }: { id: string }) {
  return (
    <a href={`/board#${id}`} target="_blank" rel="noopener" title={id} class="number">
      <bdi dir="ltr">{number(id)}</bdi>
    </a>
  );
}
