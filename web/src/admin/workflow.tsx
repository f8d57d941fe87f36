// The workflow of a region: drawn as a graph, with what is at fault; set from a document that only tightens it.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { asProblem, type Problem } from '../problem';
import { Notice } from '../ui/parts';
import { Choice } from '../ui/choice';
import { Graph } from './graph';
import { useLoaded } from './loaded';
import { Ask, Faults, Shown, Table } from './parts';
import { call, get } from './rest';

type View = Schemas['WorkflowView'];
type Named = { id: string; name: string };

export function Tab() {
  const places = useLoaded(async () => {
    const [{ regions }, { categories }] = await Promise.all([get<{ regions: Named[] }>('/regions'), get<{ categories: Named[] }>('/categories')]);
    return { regions, categories };
  });
  return (
    <Shown of={places}>
      {({ regions, categories }) => (regions.length > 0 ? <Picked regions={regions} categories={categories} /> : <p class="soft">{t('admin.no_regions')}</p>)}
    </Shown>
  );
}

function Picked({ regions, categories }: { regions: Named[]; categories: Named[] }) {
  const [region, setRegion] = useState(regions[0]!.id);
  const [category, setCategory] = useState('');
  const path = `/regions/${region}/workflow${category ? `?category=${encodeURIComponent(category)}` : ''}`;
  const view = useLoaded(() => get<View>(path), path);
  const named = (it: Named): [string, string] => [it.id, it.name];
  return (
    <>
      <div class="fields">
        <Choice id="workflow-region" label={t('admin.region')} value={region} options={regions.map(named)} onPick={setRegion} />
        <Choice id="workflow-category" label={t('admin.category')} value={category} options={[['', t('admin.all')], ...categories.map(named)]} onPick={setCategory} />
      </div>
      <Shown of={view}>{(data) => <Workflow key={path} path={path} data={data} onDone={view.again} />}</Shown>
    </>
  );
}

function Workflow({ path, data, onDone }: { path: string; data: View; onDone: () => Promise<void> }) {
  return (
    <>
      {data.without.length > 0 && <Notice>{t('admin.without', { names: data.without.map((it) => t(`status.${it}`)).join(', ') })}</Notice>}
      <Graph steps={data.steps} without={data.without} />
      <Table
        name={t('admin.steps')}
        heads={[t('admin.from'), t('admin.step'), t('admin.to'), t('admin.by'), t('admin.needs')]}
        empty={t('admin.nothing')}
        rows={data.steps.map((it) => [
          t(`status.${it.from}`),
          t(`admin.action.${it.action}`),
          it.to.map((to) => t(`status.${to}`)).join(' / '),
          it.roles.map((role) => t(`admin.role.${role}`)).join(', '),
          it.require.map((need) => t(`admin.need.${need}`)).join(', ') || '–',
        ])}
      />
      <Editor path={path} data={data} onDone={onDone} />
    </>
  );
}

function Editor({ path, data, onDone }: { path: string; data: View; onDone: () => Promise<void> }) {
  const [text, setText] = useState(data.document ? JSON.stringify(data.document, null, 2) : '{}');
  const [fault, setFault] = useState<Problem>();
  const [isUnreadable, setUnreadable] = useState(false);
  const [asked, setAsked] = useState<'set' | 'reset'>();

  function ask(event: Event): void {
    event.preventDefault();
    setFault(undefined);
    try {
      JSON.parse(text);
      setUnreadable(false);
      setAsked('set');
    } catch {
      setUnreadable(true);
    }
  }

  /** Faults of the document stay on the page, beside it. */
  async function set(): Promise<void> {
    try {
      await call('PUT', path, text);
      await onDone();
    } catch (error) {
      setFault(asProblem(error));
    }
  }

  return (
    <>
      <form class="card stack" onSubmit={ask}>
        <div class="field">
          <label for="document">{t('admin.document')}</label>
          <p class="hint" id="document-hint">
            {t('admin.document_hint')}
          </p>
          <textarea id="document" class="code" spellcheck={false} aria-describedby="document-hint" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        {isUnreadable && <Notice kind="danger">{t('admin.unreadable')}</Notice>}
        <Faults of={fault} />
        <div class="row">
          <button type="submit" class="primary">
            {t('admin.set')}
          </button>
          {data.document != null && (
            <button type="button" class="danger" onClick={() => setAsked('reset')}>
              {t('admin.reset')}
            </button>
          )}
        </div>
      </form>
      {asked && (
          <Ask
            title={t(asked === 'set' ? 'admin.set' : 'admin.reset')}
            what={<p>{t(asked === 'set' ? 'admin.set_what' : 'admin.reset_what')}</p>}
            act={t(asked === 'set' ? 'admin.set' : 'admin.reset')}
            isGrave={asked === 'reset'}
            onAct={() => (asked === 'set' ? set() : call('DELETE', path).then(onDone))}
            onClose={() => setAsked(undefined)}
          />
        )}
    </>
  );
}
