// Parts of the administrators' tabs: what waits or failed, a table, a question before something is done.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Sheet } from '../board/sheet';
import { t } from '../i18n';
import { asProblem, type Problem } from '../problem';
import { Notice, Spinner } from '../ui/parts';
import type { Loaded } from './loaded';

/** What was read; until then a wheel, and instead a fault with a way on. What was read before stays under a fault. */
export function Shown<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {of.fault && (
        <Notice kind="danger">
          {of.fault.text}{' '}
          <button type="button" onClick={() => void of.again()}>
            {t('again')}
          </button>
        </Notice>
      )}
      {of.data !== undefined && children(of.data)}
      {of.data === undefined && !of.fault && (
        <p role="status" class="row">
          <Spinner /> {t('loading')}
        </p>
      )}
    </>
  );
}

/** A table that scrolls by itself where the window is narrow; or, without rows, what to do. */
export function Table({ name, heads, rows, empty }: { name: string; heads: string[]; rows: ComponentChildren[][]; empty: string }) {
  if (rows.length === 0) return <p class="soft">{empty}</p>;
  return (
    <div class="table" role="region" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, k) => (
                <td key={k}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A problem with all that is wrong, as the server says it. */
export function Faults({ of }: { of: Problem | undefined }) {
  if (!of) return null;
  const errors = of.body.errors ?? [];
  return (
    <Notice kind="danger">
      <p>{of.text}</p>
      {errors.length > 0 && (
        <ul class="faults">
          {errors.map(({ field, message }) => (
            <li key={field + message}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
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

/** A choice by name; the first of it may be "all". */
export function Choice({ id, label, value, options, onPick }: { id: string; label: string; value: string; options: [string, string][]; onPick: (value: string) => void }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
