// How the installation is: health, nodes, versions, and where to read on.
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { asProblem, problemOf } from '../problem';
import { dashboards } from '../settings';
import { useLoaded } from './loaded';
import { Shown, Table } from './parts';
import { get } from './rest';

type Health = Schemas['HealthView'];
type Stats = Schemas['WebsocketStats'];
const EVERY_MS = 5_000;

async function health(): Promise<Health> {
  const answer = await fetch('/health').catch((error: unknown) => {
    throw asProblem(error);
  });
  // An unhealthy server answers 503 and says what it knows all the same.
  const told = (await answer.json().catch(() => undefined)) as Health | undefined;
  if (!told?.version) throw problemOf(answer.status, told, answer.headers);
  return told;
}

export function Tab() {
  const seen = useLoaded(health, '', EVERY_MS);
  // Each look at the nodes is in the audit trail: once, when the tab is opened.
  const stats = useLoaded(() => get<Stats>('/websocket/stats'));
  return (
    <>
      <Shown of={seen}>
        {(data) => (
          <dl class="figures">
            <Figure name={t('admin.health')} value={data.status} />
            <Figure name={t('admin.version')} value={data.version} />
            <Figure name={t('admin.database')} value={data.database_round_trip_ms == null ? '–' : t('admin.ms', { count: Math.round(data.database_round_trip_ms * 10) / 10 })} />
            <Figure name={t('admin.connections')} value={data.cluster.websocket_connections} />
            <Figure name={t('admin.as_of')} value={time(data.timestamp, { timeStyle: 'medium' })} />
          </dl>
        )}
      </Shown>
      <Shown of={stats}>
        {(data) => (
          <Table
            name={t('admin.nodes')}
            heads={[t('admin.node'), t('admin.state'), t('admin.connections')]}
            empty={t('admin.nothing')}
            rows={data.nodes.map((it) => [it.name, t(it.answered ? 'admin.answered' : 'admin.silent'), it.connections])}
          />
        )}
      </Shown>
      <section class="card stack">
        <h2>{t('admin.read_on')}</h2>
        <p class="row">
          <a href="/docs/">{t('admin.docs')}</a>
          <a href="/api/v1/openapi.json">OpenAPI</a>
          <a href="/metrics">{t('admin.metrics')}</a>
          {dashboards && (
            <a href={dashboards} rel="noreferrer">
              {t('admin.dashboards')}
            </a>
          )}
        </p>
        {!dashboards && <p class="soft">{t('admin.no_dashboards')}</p>}
      </section>
    </>
  );
}

function Figure({ name, value }: { name: string; value: string | number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
