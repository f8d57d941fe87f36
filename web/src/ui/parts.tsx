// Small parts that every page uses.
import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { Icon, type IconName } from './icon';

type Kind = 'info' | 'good' | 'warning' | 'danger';
const ICONS: Record<Kind, IconName> = { info: 'info', good: 'check', warning: 'alert', danger: 'alert' };

/** A box with a text that must be seen; `danger` and `warning` interrupt a screen reader. */
export function Notice({ kind = 'info', children }: { kind?: Kind; children: ComponentChildren }) {
  const isUrgent = kind === 'danger' || kind === 'warning';
  return (
    <div class={`notice ${kind}`} role={isUrgent ? 'alert' : 'status'}>
      <Icon name={ICONS[kind]} />
      <div>{children}</div>
    </div>
  );
}

/** What is wrong with a field, to be named by its `aria-describedby`. */
export function Fault({ id, children }: { id: string; children: ComponentChildren }) {
  if (!children) return null;
  return (
    <p class="fault" id={id} role="alert">
      <Icon name="alert" />
      <span>{children}</span>
    </p>
  );
}

interface FieldProps {
  id: string;
  label: string;
  value: string;
  type?: 'text' | 'email' | 'tel' | 'password' | 'search';
  autocomplete?: string;
  maxLength?: number;
  placeholder?: string;
  isOptional?: boolean;
  fault?: string | undefined;
  onText: (text: string) => void;
}

/** A line of text with its name above and its fault below. */
export function TextField({ id, label, isOptional, fault, onText, type = 'text', ...rest }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>
        {label} {isOptional && <span class="optional">({t('optional')})</span>}
      </label>
      <input
        id={id}
        {...rest}
        // The names of types are a union of elements to Preact; they are all one here.
        type={type as 'text'}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? `${id}-fault` : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <Fault id={`${id}-fault`}>{fault}</Fault>
    </div>
  );
}

/** A wheel beside a text, while something takes its time. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />;
}

/** Where a complaint stands, as a coloured word. */
export function StatusBadge({ status }: { status: 'reported' | 'acknowledged' | 'in_progress' | 'on_hold' | 'resolved' | 'closed' | 'rejected' }) {
  return <span class={`status ${status}`}>{t(`status.${status}`)}</span>;
}
