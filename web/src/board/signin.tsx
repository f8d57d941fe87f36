// Signing in, and what is shown until it is known whether somebody is.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { asProblem } from '../problem';
import { signIn } from '../session';
import { Frame } from '../ui/frame';
import { Notice, Spinner, TextField } from '../ui/parts';
import type { Desk } from './desk';

export function SignIn({ desk }: { desk: Desk }) {
  return (
    <Frame>
      <main class="page sign-in" id="content">
        {desk.stage === 'opening' ? (
          <p class="waiting" role="status">
            <Spinner /> {t('loading')}
          </p>
        ) : (
          <Form desk={desk} />
        )}
      </main>
    </Frame>
  );
}

function Form({ desk }: { desk: Desk }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setFault('');
    try {
      await signIn(email, password);
      await desk.enter();
    } catch (error) {
      setFault(asProblem(error).text);
      document.getElementById('password')?.focus();
    } finally {
      setBusy(false);
    }
  }

  const waiting = desk.outbox?.pending.length ?? 0;
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)}>
      <header>
        <h1>{t('board.sign_in')}</h1>
        <p class="soft">{t('board.sign_in_lead')}</p>
      </header>
      {waiting > 0 && <Notice>{t('board.waiting_sign_in', { count: waiting })}</Notice>}
      {fault && <Notice kind="danger">{fault}</Notice>}
      <TextField id="email" label={t('board.email')} type="email" autocomplete="username" value={email} onText={setEmail} />
      <TextField id="password" label={t('board.password')} type="password" autocomplete="current-password" value={password} onText={setPassword} />
      <button type="submit" class="primary big wide" aria-busy={isBusy} disabled={isBusy}>
        {isBusy && <Spinner />} {t('board.sign_in')}
      </button>
    </form>
  );
}
