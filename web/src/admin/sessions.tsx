// Who is connected, where, how far behind; and ending a connection.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { ago, t } from '../i18n';
import { useLoaded } from './loaded';
import { Ask, Shown, Table } from './parts';
import { all, call, get } from './rest';

type Stats = Schemas['WebsocketStats'];
type Session = Stats['sessions'][number];
type Account = Schemas['Account'];

export function Tab() {
  // Each look is in the audit trail: it is taken when somebody asks, not by a clock.
  const stats = useLoaded(() => get<Stats>('/websocket/stats'));
  const people = useLoaded(() => all<Account>('/admin/accounts'));
  const [ended, setEnded] = useState<Session>();
  const name = (id: string): string => people.data?.find((person) => person.id === id)?.name ?? id;
  return (
    <Shown of={stats}>
      {(data) => (
        <>
          <button type="button" onClick={() => void stats.again()}>
            {t('admin.refresh')}
          </button>
          <Table
            asCards
            name={t('admin.tab.sessions')}
            heads={[t('admin.who'), t('admin.role'), t('admin.where'), t('admin.node'), t('admin.since'), t('admin.lag'), t('admin.queued'), t('admin.act')]}
            empty={t('admin.no_sessions')}
            rows={data.sessions.map((it) => [
              name(it.account),
              t(`admin.role.${it.role}`),
              `${it.address} · ${it.transport}${it.client ? ` · ${it.client}` : ''}`,
              it.node,
              ago(it.connected_at),
              lag(it),
              t('admin.bytes', { count: it.queued_bytes }),
              <button type="button" class="danger" aria-label={t('admin.kick_who', { name: name(it.account) })} onClick={() => setEnded(it)}>
                {t('admin.kick')}
              </button>,
            ])}
          />
          {ended && (
            <Ask
              title={t('admin.kick')}
              what={<p>{t('admin.kick_what', { name: name(ended.account) })}</p>}
              act={t('admin.kick')}
              isGrave
              onAct={async () => {
                await call('DELETE', `/websocket/sessions/${ended.session}`);
                await stats.again();
              }}
              onClose={() => setEnded(undefined)}
            />
          )}
        </>
      )}
    </Shown>
  );
}

/** Events behind, region by region. */
function lag({ lag }: Session): string {
  const regions = Object.entries(lag);
  return regions.length === 0 ? '–' : regions.map(([region, behind]) => `${region}: ${behind ?? '?'}`).join(', ');
}
