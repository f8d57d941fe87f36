// The audit trail: who did what, when, and with what outcome.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { TextField } from '../ui/parts';
import { useLoaded } from './loaded';
import { Shown, Table } from './parts';
import { get } from './rest';

type Listing = Schemas['Listing_AuditEntryView'];

export function Tab() {
  const [words, setWords] = useState('');
  const [action, setAction] = useState('');
  const [cursor, setCursor] = useState('');
  const query = new URLSearchParams({ limit: '50', ...(action ? { action } : {}), ...(cursor ? { cursor } : {}) }).toString();
  const entries = useLoaded(() => get<Listing>(`/admin/audit?${query}`), query);

  function search(event: Event): void {
    event.preventDefault();
    setCursor('');
    setAction(words.trim());
  }

  return (
    <>
      <form class="fields" onSubmit={search}>
        <TextField id="audit-action" label={t('admin.audit_action')} placeholder="DELETE" isOptional value={words} onText={setWords} />
        <button type="submit">{t('admin.search')}</button>
      </form>
      <Shown of={entries}>
        {(data) => (
          <>
            <Table
              name={t('admin.tab.audit')}
              heads={[t('admin.number'), t('admin.when'), t('admin.who'), t('admin.where'), t('admin.audit_action'), t('admin.subject'), t('admin.outcome'), t('admin.reason')]}
              empty={t('admin.nothing')}
              rows={data.items.map((it) => [it.number, time(it.at), it.by.id ? `${it.by.kind} ${it.by.id}` : it.by.kind, it.origin, <code>{it.action}</code>, it.subject ?? '–', it.outcome, it.reason ?? '–'])}
            />
            <div class="row">
              {cursor && (
                <button type="button" onClick={() => setCursor('')}>
                  {t('admin.latest')}
                </button>
              )}
              {data.next_cursor && (
                <button type="button" onClick={() => setCursor(data.next_cursor ?? '')}>
                  {t('admin.older')}
                </button>
              )}
            </div>
          </>
        )}
      </Shown>
    </>
  );
}
