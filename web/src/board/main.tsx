// The officer's board: list and map side by side, live.
import '../styles/base.css';
import './list.css';
import './map.css';
import './detail.css';
import './board.css';
import { useEffect, useState } from 'preact/hooks';
import { begin } from '../i18n';
import { keepPage } from '../install';
import { Board } from './board';
import { Desk } from './desk';
import { SignIn } from './signin';

const desk = new Desk();

function Page() {
  const [, draw] = useState(0);
  useEffect(() => desk.subscribe(() => draw((drawn) => drawn + 1)), []);
  return desk.stage === 'signed_in' ? <Board desk={desk} /> : <SignIn desk={desk} />;
}

void begin('board', () => <Page />).then(() => desk.begin());
keepPage('/board');
