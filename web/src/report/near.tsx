// Before a new complaint is made: open ones of the same kind close by.
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../client';
import { ago, t } from '../i18n';
import { number } from '../number';
import { asProblem } from '../problem';
import { Icon } from '../ui/icon';
import { Notice, Spinner } from '../ui/parts';

export type Near = Schemas['DuplicateView'];

interface Props {
  near: Near[];
  category: string;
  isSending: boolean;
  problem: string;
  onSupported: (supporters: number) => void;
  onNone: () => void;
  onBack: () => void;
}

export function NearChoice({ near, category, isSending, problem, onSupported, onNone, onBack }: Props) {
  const [running, setRunning] = useState('');
  const [failed, setFailed] = useState('');
  const support = async (id: string) => {
    setRunning(id);
    setFailed('');
    try {
      const { supporters } = await ask(api.POST('/api/v1/complaints/{id}/support', { params: { path: { id } }, body: {} }));
      onSupported(supporters);
    } catch (error) {
      setFailed(asProblem(error).text);
    } finally {
      setRunning('');
    }
  };
  return (
    <main class="page" id="content">
      <header>
        <h1 tabIndex={-1} ref={(it) => it?.focus()}>
          {t('report.near.title')}
        </h1>
        <p class="lead">{t('report.near.lead')}</p>
      </header>
      <ul class="near">
        {near.map((it) => (
          <li class="card" key={it.id}>
            <Icon name="pin" />
            <div class="grow">
              <h2>{category}</h2>
              <p class="soft">
                {t('report.near.distance', { distance: Math.round(it.distance_m) })} · {t('report.near.reported', { ago: ago(it.created_at) })}
              </p>
              <p class="soft small number">
                <bdi dir="ltr">{number(it.id)}</bdi>
              </p>
            </div>
            <button
              type="button"
              class="primary"
              aria-label={`${t('report.near.me_too')}: ${category}, ${number(it.id)}`}
              aria-busy={running === it.id}
              onClick={() => void support(it.id)}
            >
              {running === it.id ? <Spinner /> : <Icon name="people" />}
              {t('report.near.me_too')}
            </button>
          </li>
        ))}
      </ul>
      {(failed || problem) && <Notice kind="danger">{failed || problem}</Notice>}
      <div class="actions">
        <button type="button" class="big" onClick={onNone} aria-busy={isSending}>
          {isSending && <Spinner />}
          {t('report.near.none')}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          {t('report.near.back')}
        </button>
      </div>
    </main>
  );
}
