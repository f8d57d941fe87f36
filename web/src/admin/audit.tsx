// The audit trail: who did what, when, to what, and with what outcome; narrowed by each of these.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { TextField } from '../ui/parts';
import { Choice } from '../ui/choice';
import { useLoaded } from './loaded';
import { Exact, Shown, Table, ToComplaint } from './parts';
import { all, get } from './rest';

type Listing = Schemas['Listing_AuditEntryView'];
type Entry = Listing['items'][number];
type Account = Schemas['Account'];
/** What the server narrows by; empty: not at all. Times are as fields write them, in the viewer's zone. */
const ALL = { by: '', action: '', subject: '', from: '', until: '' };
type Filter = typeof ALL;

const MOST = 50;
const IS_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function Tab() {
  const [asked, setAsked] = useState<Filter>(ALL);
  const [cursor, setCursor] = useState('');
  const query = queryOf(asked, cursor);
  const entries = useLoaded(() => get<Listing>(`/admin/audit?${query}`), query);
  const people = useLoaded(() => all<Account>('/admin/accounts'));
  const names = new Map(people.data?.map(({ id, name }) => [id, name]));
  const search = (filter: Filter): void => {
    setCursor('');
    setAsked(filter);
  };
  return (
    <>
      <Filters people={people.data ?? []} onSearch={search} />
      <Shown of={entries}>
        {(data) => (
          <>
            <Table
              asCards
              name={t('admin.tab.audit')}
              heads={[t('admin.number'), t('admin.when'), t('admin.who'), t('admin.where'), t('admin.audit_action'), t('admin.subject'), t('admin.outcome'), t('admin.reason')]}
              empty={t(asked === ALL ? 'admin.nothing' : 'admin.nothing_found')}
              rows={data.items.map((it) => [
                it.number,
                <time dateTime={it.at}>{time(it.at)}</time>,
                who(it, names),
                it.origin,
                <code>{it.action}</code>,
                subject(it, names),
                it.outcome,
                <span dir="auto">{it.reason ?? '–'}</span>,
              ])}
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

function Filters({ people, onSearch }: { people: Account[]; onSearch: (filter: Filter) => void }) {
  const [filter, setFilter] = useState<Filter>(ALL);
  const set = (name: keyof Filter) => (value: string) => setFilter({ ...filter, [name]: value });
  function submit(event: Event): void {
    event.preventDefault();
    onSearch(filter);
  }
  function reset(): void {
    setFilter(ALL);
    onSearch(ALL);
  }
  return (
    <form class="card fields" onSubmit={submit}>
      <Choice id="audit-by" label={t('admin.who')} value={filter.by} options={[['', t('admin.all')], ...people.map(({ id, name }): [string, string] => [id, name])]} onPick={set('by')} />
      <TextField id="audit-action" label={t('admin.audit_action_begins')} placeholder="DELETE /api/v1/admin" value={filter.action} onText={set('action')} />
      <TextField id="audit-subject" label={t('admin.audit_subject')} value={filter.subject} onText={set('subject')} />
      <Exact id="audit-from" type="datetime-local" label={t('admin.from_time')} value={filter.from} onText={set('from')} />
      <Exact id="audit-until" type="datetime-local" label={t('admin.until_time')} value={filter.until} onText={set('until')} />
      <div class="row together">
        <button type="submit" class="primary">
          {t('admin.search')}
        </button>
        <button type="button" onClick={reset}>
          {t('admin.everything')}
        </button>
      </div>
    </form>
  );
}

function queryOf({ from, until, ...words }: Filter, cursor: string): string {
  const query = new URLSearchParams({ limit: String(MOST) });
  for (const [name, value] of Object.entries(words)) if (value.trim()) query.set(name, value.trim());
  if (from) query.set('from', new Date(from).toISOString());
  if (until) query.set('until', new Date(until).toISOString());
  if (cursor) query.set('cursor', cursor);
  return query.toString();
}

/** Accounts by their names, for as long as they have one. */
function who({ by }: Entry, names: Map<string, string>): string {
  if (!by.id) return by.kind;
  return `${by.kind} ${names.get(by.id) ?? by.id}`;
}

function subject({ subject, action }: Entry, names: Map<string, string>) {
  if (!subject) return '–';
  if (IS_ID.test(subject) && /complaint|reporter|identity/.test(action)) return <ToComplaint id={subject} />;
  return names.get(subject) ?? subject;
}
