// Categories of complaints: made, changed, deactivated.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { TextField } from '../ui/parts';
import { Choice } from '../ui/choice';
import { useLoaded } from './loaded';
import { Ask, Exact, Lines, Shown, Table } from './parts';
import { call, get } from './rest';

type Category = Schemas['Category'];
const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

export function Tab() {
  const categories = useLoaded(async () => (await get<{ categories: Category[] }>('/categories')).categories);
  const [edited, setEdited] = useState<Category | 'new'>();
  const [switched, setSwitched] = useState<Category>();
  return (
    <>
      <button type="button" class="primary" onClick={() => setEdited('new')}>
        {t('admin.category_new')}
      </button>
      <Shown of={categories}>
        {(data) => (
          <Table
            asCards
            name={t('admin.tab.categories')}
            heads={[t('admin.name'), t('admin.id'), t('admin.hint'), t('admin.severity'), t('admin.state'), t('admin.act')]}
            empty={t('admin.no_categories')}
            rows={data.map((it) => [
              it.name,
              <code>{it.id}</code>,
              <span class="words" dir="auto">
                {it.hint || '–'}
              </span>,
              t(`severity.${it.default_severity}`),
              t(it.active ? 'admin.active' : 'admin.inactive'),
              <div class="row">
                <button type="button" aria-label={t('admin.change_what', { name: it.name })} onClick={() => setEdited(it)}>
                  {t('admin.change')}
                </button>
                <button type="button" class={it.active ? 'danger' : ''} aria-label={t(it.active ? 'admin.deactivate_what' : 'admin.activate_what', { name: it.name })} onClick={() => setSwitched(it)}>
                  {t(it.active ? 'admin.deactivate' : 'admin.activate')}
                </button>
              </div>,
            ])}
          />
        )}
      </Shown>
      {edited && <Edit category={edited === 'new' ? undefined : edited} onDone={categories.again} onClose={() => setEdited(undefined)} />}
      {switched && (
        <Ask
          title={t(switched.active ? 'admin.deactivate' : 'admin.activate')}
          what={<p>{t(switched.active ? 'admin.deactivate_kind' : 'admin.activate_kind', { name: switched.name })}</p>}
          act={t(switched.active ? 'admin.deactivate' : 'admin.activate')}
          isGrave={switched.active}
          onAct={async () => {
            await call('PATCH', `/admin/categories/${switched.id}`, { active: !switched.active });
            await categories.again();
          }}
          onClose={() => setSwitched(undefined)}
        />
      )}
    </>
  );
}

function Edit({ category, onDone, onClose }: { category: Category | undefined; onDone: () => Promise<void>; onClose: () => void }) {
  const [id, setId] = useState('');
  const [name, setName] = useState(category?.name ?? '');
  const [hint, setHint] = useState(category?.hint ?? '');
  const [severity, setSeverity] = useState<string>(category?.default_severity ?? 'medium');
  const [radius, setRadius] = useState(String(category?.duplicate_radius_m ?? 50));
  const [days, setDays] = useState(String(category?.duplicate_days ?? 14));

  async function save(): Promise<void> {
    const body = { name, hint, default_severity: severity, duplicate_radius_m: Number(radius), duplicate_days: Number(days) };
    if (category) await call('PATCH', `/admin/categories/${category.id}`, body);
    else await call('POST', '/admin/categories', { ...body, id });
    await onDone();
  }

  const form = (
    <>
      {!category && <TextField id="category-id" label={t('admin.id')} placeholder="street-light" value={id} onText={setId} />}
      <TextField id="category-name" label={t('admin.name')} value={name} onText={setName} />
      <Lines id="category-hint" label={t('admin.hint')} hint={t('admin.hint_what')} isOptional value={hint} onText={setHint} />
      <Choice id="category-severity" label={t('admin.severity')} value={severity} options={SEVERITIES.map((it) => [it, t(`severity.${it}`)])} onPick={setSeverity} />
      <div class="fields">
        <Exact id="category-radius" type="number" min="0" max="5000" label={t('admin.duplicate_radius')} value={radius} onText={setRadius} />
        <Exact id="category-days" type="number" min="0" max="366" label={t('admin.duplicate_days')} value={days} onText={setDays} />
      </div>
    </>
  );
  return <Ask title={category ? category.name : t('admin.category_new')} what={form} act={t('admin.save')} onAct={save} onClose={onClose} />;
}
