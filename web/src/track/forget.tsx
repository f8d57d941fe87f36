// The reporter's right to be forgotten: name, e-mail address and phone number go, what the report says stays.
import { useState } from 'preact/hooks';
import { api, ask } from '../client';
import { t } from '../i18n';
import { asProblem } from '../problem';
import { Notice, Spinner } from '../ui/parts';

export function Forget({ token }: { token: string }) {
  const [state, setState] = useState<'idle' | 'asking' | 'running' | 'done'>('idle');
  const [problem, setProblem] = useState('');
  const erase = async () => {
    if (state === 'running') return;
    setState('running');
    setProblem('');
    try {
      await ask(api.POST('/api/v1/tracking/{token}/erase-identity', { params: { path: { token } } }));
      setState('done');
    } catch (error) {
      const told = asProblem(error);
      setProblem(told.status === 409 ? t('track.forget.refused') : told.text);
      setState('asking');
    }
  };
  if (state === 'done') return <Notice kind="good">{t('track.forget.done')}</Notice>;
  return (
    <div class="stack">
      <p class="soft">{t('track.forget.what')}</p>
      {state === 'idle' ? (
        <button type="button" onClick={() => setState('asking')}>
          {t('track.forget')}
        </button>
      ) : (
        <>
          <p>
            <strong>{t('track.forget.sure')}</strong>
          </p>
          <div class="row">
            <button type="button" class="danger" aria-busy={state === 'running'} onClick={() => void erase()} ref={focusFirst}>
              {state === 'running' && <Spinner />}
              {t('track.forget.yes')}
            </button>
            <button type="button" class="plain" onClick={() => setState('idle')}>
              {t('cancel')}
            </button>
          </div>
        </>
      )}
      {problem && <Notice kind="danger">{problem}</Notice>}
    </div>
  );
}

/** The button that was pressed is gone: the focus goes to what stands in its place. */
function focusFirst(element: HTMLElement | null): void {
  element?.focus();
}
