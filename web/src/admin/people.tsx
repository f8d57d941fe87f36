// Accounts of officers and admins: made, changed, deactivated.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { TextField } from '../ui/parts';
import { Choice } from '../ui/choice';
import { useLoaded } from './loaded';
import { Ask, Shown, Table } from './parts';
import { all, call, get } from './rest';

type Account = Schemas['Account'];
type Region = Schemas['RegionView'];

export function Tab() {
  const people = useLoaded(() => all<Account>('/admin/accounts'));
  const regions = useLoaded(async () => (await get<{ regions: Region[] }>('/regions')).regions);
  const [edited, setEdited] = useState<Account | 'new'>();
  const [switched, setSwitched] = useState<Account>();
  return (
    <>
      <button type="button" class="primary" onClick={() => setEdited('new')}>
        {t('admin.person_new')}
      </button>
      <Shown of={people}>
        {(data) => (
          <Table
            asCards
            name={t('admin.tab.people')}
            heads={[t('admin.name'), t('admin.email'), t('admin.role'), t('admin.tab.regions'), t('admin.state'), t('admin.act')]}
            empty={t('admin.nothing')}
            rows={data.map((it) => [
              it.name,
              it.email,
              t(`admin.role.${it.role}`),
              it.regions.join(', ') || '–',
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
      {edited && <Edit person={edited === 'new' ? undefined : edited} regions={regions.data ?? []} onDone={people.again} onClose={() => setEdited(undefined)} />}
      {switched && (
        <Ask
          title={t(switched.active ? 'admin.deactivate' : 'admin.activate')}
          what={<p>{t(switched.active ? 'admin.deactivate_person' : 'admin.activate_person', { name: switched.name })}</p>}
          act={t(switched.active ? 'admin.deactivate' : 'admin.activate')}
          isGrave={switched.active}
          onAct={async () => {
            await call('PATCH', `/admin/accounts/${switched.id}`, { active: !switched.active });
            await people.again();
          }}
          onClose={() => setSwitched(undefined)}
        />
      )}
    </>
  );
}

interface EditProps {
  person: Account | undefined;
  regions: Region[];
  onDone: () => Promise<void>;
  onClose: () => void;
}

function Edit({ person, regions, onDone, onClose }: EditProps) {
  const [name, setName] = useState(person?.name ?? '');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState<string>(person?.role ?? 'officer');
  const [theirs, setTheirs] = useState<string[]>(person?.regions ?? []);

  async function save(): Promise<void> {
    const body = { name, role, regions: role === 'admin' ? [] : theirs };
    if (person) await call('PATCH', `/admin/accounts/${person.id}`, password ? { ...body, password } : body);
    else await call('POST', '/admin/accounts', { ...body, email, password });
    await onDone();
  }

  const toggle = (id: string, is: boolean): void => setTheirs(is ? [...theirs, id] : theirs.filter((it) => it !== id));
  const form = (
    <>
      <TextField id="person-name" label={t('admin.name')} value={name} onText={setName} />
      {!person && <TextField id="person-email" label={t('admin.email')} type="email" autocomplete="off" value={email} onText={setEmail} />}
      <TextField id="person-password" label={t('admin.password')} type="password" autocomplete="new-password" isOptional={Boolean(person)} value={password} onText={setPassword} />
      <Choice id="person-role" label={t('admin.role')} value={role} options={(['officer', 'admin'] as const).map((it) => [it, t(`admin.role.${it}`)])} onPick={setRole} />
      {role === 'officer' && (
        <fieldset>
          <legend class="label">{t('admin.tab.regions')}</legend>
          {regions.map(({ id, name }) => (
            <label key={id} class="check">
              <input type="checkbox" checked={theirs.includes(id)} onChange={(event) => toggle(id, event.currentTarget.checked)} /> {name}
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
  return <Ask title={person ? person.name : t('admin.person_new')} what={form} act={t('admin.save')} onAct={save} onClose={onClose} />;
}
