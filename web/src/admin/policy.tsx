// The retention policy as rows: set as a whole.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t, time } from '../i18n';
import { useLoaded } from './loaded';
import { Ask, Exact, Table } from './parts';
import { call, get } from './rest';

type View = Schemas['PolicyView'];
type Rule = View['rules'][number];
type Named = { id: string; name: string };
/** Periods of what is no complaint. */
const KEPT = ['replay_days', 'orphaned_photo_days', 'unfinished_upload_days'] as const;
export const ENDED = ['resolved', 'closed', 'rejected'] as const;

export function Policy({ data, onDone }: { data: View; onDone: () => Promise<void> }) {
  const [rules, setRules] = useState<Rule[]>(data.rules);
  const [isAsked, setAsked] = useState(false);
  const kinds = useLoaded(async () => {
    const [{ regions }, { categories }] = await Promise.all([get<{ regions: Named[] }>('/regions'), get<{ categories: Named[] }>('/categories')]);
    return { regions, categories };
  });
  const change = (at: number, to: Partial<Rule>): void => setRules(rules.map((rule, i) => (i === at ? { ...rule, ...to } : rule)));
  const [kept, setKept] = useState<Record<(typeof KEPT)[number], string>>({
    replay_days: String(data.replay_days),
    orphaned_photo_days: String(data.orphaned_photo_days),
    unfinished_upload_days: String(data.unfinished_upload_days),
  });
  const save = async (): Promise<void> => {
    await call('PUT', '/admin/retention', { rules: rules.map(written), ...Object.fromEntries(KEPT.map((name) => [name, Number(kept[name])])) });
    await onDone();
  };
  const heads = [t('admin.status'), t('admin.region'), t('admin.category'), t('admin.days'), t('admin.treatment'), t('admin.act')];
  const pick = (i: number, head: string): string => `${head} ${i + 1}`;
  return (
    <>
      <p class="soft">
        {data.schedule.on && data.schedule.next_at ? t('admin.next_run', { at: time(data.schedule.next_at) }) : t('admin.no_schedule')}
      </p>
      <Table
        asCards
        name={t('admin.policy')}
        heads={heads}
        empty={t('admin.nothing')}
        rows={rules.map((rule, i) => [
          <select aria-label={pick(i, t('admin.status'))} value={rule.status} onChange={(event) => change(i, { status: event.currentTarget.value as Rule['status'] })}>
            {ENDED.map((it) => (
              <option key={it} value={it}>
                {t(`status.${it}`)}
              </option>
            ))}
          </select>,
          <Which label={pick(i, t('admin.region'))} value={rule.region} all={kinds.data?.regions} onPick={(region) => change(i, { region })} />,
          <Which label={pick(i, t('admin.category'))} value={rule.category} all={kinds.data?.categories} onPick={(category) => change(i, { category })} />,
          <input type="number" min="1" max="36500" aria-label={pick(i, t('admin.days'))} value={rule.days} onInput={(event) => change(i, { days: Number(event.currentTarget.value) })} />,
          <select aria-label={pick(i, t('admin.treatment'))} value={rule.action} onChange={(event) => change(i, { action: event.currentTarget.value as Rule['action'] })}>
            <option value="erase">{t('admin.erase')}</option>
            <option value="anonymise">{t('admin.anonymise')}</option>
          </select>,
          <button type="button" aria-label={pick(i, t('admin.remove'))} onClick={() => setRules(rules.filter((_, k) => k !== i))}>
            {t('admin.remove')}
          </button>,
        ])}
      />
      <div class="fields">
        {KEPT.map((name) => (
          <Exact key={name} id={`policy-${name}`} type="number" min="1" max="36500" label={t(`admin.${name}`)} value={kept[name]} onText={(value) => setKept({ ...kept, [name]: value })} />
        ))}
      </div>
      <div class="row">
        <button type="button" onClick={() => setRules([...rules, { status: 'closed', days: 30, action: 'erase' }])}>
          {t('admin.rule_new')}
        </button>
        <button type="button" class="primary" onClick={() => setAsked(true)}>
          {t('admin.policy_save')}
        </button>
      </div>
      {isAsked && <Ask title={t('admin.policy_save')} what={<p>{t('admin.policy_what')}</p>} act={t('admin.policy_save')} isGrave onAct={save} onClose={() => setAsked(false)} />}
    </>
  );
}

/** One of all, or all; what is not known (any more) stays what it is. */
function Which({ label, value, all = [], onPick }: { label: string; value: string | null | undefined; all: Named[] | undefined; onPick: (id: string | null) => void }) {
  const isKnown = !value || all.some(({ id }) => id === value);
  return (
    <select aria-label={label} value={value ?? ''} onChange={(event) => onPick(event.currentTarget.value || null)}>
      <option value="">{t('admin.all')}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {all.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** A rule as the document has it: what is for all is not named. */
function written({ region, category, ...rest }: Rule): object {
  return { ...rest, ...(region ? { region } : {}), ...(category ? { category } : {}) };
}
