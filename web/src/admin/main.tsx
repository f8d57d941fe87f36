// The administrators' page: who is signed in, and the tab that the address names.
import '../styles/base.css';
import '../board/detail.css';
import './admin.css';
import { useEffect, useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { begin, t } from '../i18n';
import { asProblem, Problem } from '../problem';
import { signIn, signOut } from '../session';
import { Frame } from '../ui/frame';
import { Notice, Spinner, TextField } from '../ui/parts';
import { get } from './rest';
import { Tabs } from './tabs';

type Account = Schemas['Account'];

function Page() {
  const [account, setAccount] = useState<Account | null>();
  const [fault, setFault] = useState<Problem>();

  async function enter(): Promise<void> {
    setFault(undefined);
    try {
      setAccount(await get<Account>('/auth/me'));
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status !== 401) setFault(problem);
      setAccount(null);
    }
  }
  async function leave(): Promise<void> {
    await signOut().catch(() => undefined);
    setAccount(null);
  }
  useEffect(() => void enter(), []);

  if (account?.role === 'admin') return <Tabs name={account.name} onLeave={() => void leave()} />;
  return (
    <Frame>
      <main class="page narrow" id="content">
        {account === undefined ? (
          <p role="status" class="row">
            <Spinner /> {t('loading')}
          </p>
        ) : account ? (
          <div class="card stack">
            <h1>{t('admin.title')}</h1>
            <Notice kind="warning">{t('admin.not_admin')}</Notice>
            <div class="row">
              <a class="button primary" href="/board">
                {t('admin.to_board')}
              </a>
              <button type="button" onClick={() => void leave()}>
                {t('admin.sign_out')}
              </button>
            </div>
          </div>
        ) : (
          <SignIn fault={fault} onDone={enter} />
        )}
      </main>
    </Frame>
  );
}

function SignIn({ fault, onDone }: { fault: Problem | undefined; onDone: () => Promise<void> }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setRefused('');
    try {
      await signIn(email, password);
      await onDone();
    } catch (error) {
      setRefused(asProblem(error).text);
    } finally {
      setBusy(false);
    }
  }

  const text = refused || fault?.text;
  return (
    <form class="card stack" onSubmit={(event) => void submit(event)}>
      <h1>{t('admin.sign_in')}</h1>
      {text && <Notice kind="danger">{text}</Notice>}
      <TextField id="email" label={t('admin.email')} type="email" autocomplete="username" value={email} onText={setEmail} />
      <TextField id="password" label={t('admin.password')} type="password" autocomplete="current-password" value={password} onText={setPassword} />
      <button type="submit" class="primary big" aria-busy={isBusy}>
        {isBusy && <Spinner />} {t('admin.sign_in')}
      </button>
    </form>
  );
}

void begin('admin', () => <Page />);
