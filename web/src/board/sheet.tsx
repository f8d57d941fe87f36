// A dialogue over the board; the browser keeps the focus in it and closes it with Escape.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Icon } from '../ui/icon';

export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby="sheet-heading" onClose={onClose}>
      <header class="detail-head">
        <h2 id="sheet-heading">{title}</h2>
        <button type="button" class="plain icon-only" aria-label={t('close')} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div class="sheet-body">{children}</div>
    </dialog>
  );
}
