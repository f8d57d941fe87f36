// What can be done with a complaint beside the workflow's steps: correct it, give it to somebody, move it, merge it.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { t } from '../i18n';
import { Choice } from '../ui/choice';
import { number } from '../number';
import { Correct } from './correct';
import type { Desk } from './desk';
import { candidates } from './duplicates';
import { give, merge, relocate } from './further';
import { CommentField, Question } from './question';
import * as rest from './rest';
import type { Officer } from './rest';
import { furthers, type Further } from './steps';

export function More({ desk, complaint }: { desk: Desk; complaint: Complaint }) {
  const [asked, setAsked] = useState<Further>();
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => setAsked(undefined), [complaint.id, complaint.status, complaint.region]);
  const { account } = desk;
  if (!account) return null;
  const found = furthers(complaint, account, desk.regions.length > 1, desk.open.count() > 1);
  if (found.length === 0) return null;

  function done(): void {
    setAsked(undefined);
    group.current?.focus();
  }

  const asking = { desk, complaint, onDone: done };
  return (
    <div class="stack">
      <div class="row more" ref={group} tabIndex={-1} role="group" aria-label={t('board.more')}>
        {found.map((name) => (
          <button key={name} type="button" class="plain" aria-expanded={name === asked} onClick={() => setAsked(name === asked ? undefined : name)}>
            {t(`board.further.${name}`)}
          </button>
        ))}
      </div>
      {asked === 'correct' && <Correct {...asking} />}
      {asked === 'give' && <Give {...asking} />}
      {asked === 'move' && <Move {...asking} />}
      {asked === 'merge' && <Merge {...asking} />}
    </div>
  );
}

export interface Asking {
  desk: Desk;
  complaint: Complaint;
  onDone: () => void;
}

/** To an officer of its region: who is online comes first. */
function Give({ desk, complaint, onDone }: Asking) {
  const [asked, setAsked] = useState<Officer[]>([]);
  const [to, setTo] = useState('');
  useEffect(() => {
    rest.officers(complaint.region).then(setAsked, () => undefined);
  }, [complaint.region]);
  const others = officersOf(desk, complaint.region, asked).filter(({ id, role }) => role === 'officer' && id !== complaint.assignee);
  const chosen = others.find(({ id }) => id === to);
  const name = (officer: Officer): string => (officer.online ? t('board.name_online', { name: officer.name }) : officer.name);
  return (
    <Question label={t('board.further.give')} does={t('board.further.give')} isReady={chosen !== undefined} onSubmit={() => (chosen && void give(desk, complaint, chosen), onDone())} onCancel={onDone}>
      <Choice id="give-to" label={t('board.give_to')} value={to} none={t('board.choose')} options={others.map((officer) => [officer.id, name(officer)])} onPick={setTo} />
    </Question>
  );
}

/** Who works in a region, as it was asked for; who is online, as the live feed tells it, comes first. */
function officersOf(desk: Desk, region: string, asked: Officer[]): Officer[] {
  const here = desk.people.presence.get(region);
  const online = [...(here?.values() ?? [])].map(({ id, name, role }) => ({ id, name, role: role ?? '', online: true }));
  const others = asked.filter(({ id }) => !here?.has(id)).map((officer) => (here ? { ...officer, online: false } : officer));
  return [...online.sort((one, other) => one.name.localeCompare(other.name)), ...others];
}

function Move({ desk, complaint, onDone }: Asking) {
  const [to, setTo] = useState('');
  const [comment, setComment] = useState('');
  const regions = desk.regions.filter(({ id }) => id !== complaint.region);
  const isLeft = to !== '' && !desk.isOwn(to);
  return (
    <Question label={t('board.further.move')} does={t('board.further.move')} isReady={to !== ''} onSubmit={() => (void relocate(desk, complaint, to, comment.trim()), onDone())} onCancel={onDone}>
      <Choice id="move-to" label={t('board.move_to')} value={to} none={t('board.choose')} options={regions.map(({ id, name }) => [id, name])} onPick={setTo} />
      <p class="hint" role="status">
        {isLeft ? t('board.move_away') : t('board.move_hint')}
      </p>
      <CommentField id="move-comment" label={t('board.comment')} value={comment} onText={setComment} />
    </Question>
  );
}

function Merge({ desk, complaint, onDone }: Asking) {
  const [words, setWords] = useState('');
  const [into, setInto] = useState('');
  const [comment, setComment] = useState('');
  const found = candidates(complaint, desk.open.all(), words, desk.categoryName);
  const isChosen = found.some(({ complaint: other }) => other.id === into);
  return (
    <Question label={t('board.further.merge')} does={t('board.further.merge')} isReady={isChosen} onSubmit={() => (void merge(desk, complaint, into, comment.trim()), onDone())} onCancel={onDone}>
      <p class="hint">{t('board.merge_hint')}</p>
      <div class="field">
        <label for="merge-words">{t('board.merge_find')}</label>
        <input id="merge-words" type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </div>
      <fieldset class="candidates">
        <legend class="label">{t('board.merge_into')}</legend>
        {found.length === 0 && <p class="soft">{t('board.none_found')}</p>}
        {found.map(({ complaint: other, metres }) => (
          <label key={other.id} class="candidate">
            <input type="radio" name="into" checked={other.id === into} onChange={() => setInto(other.id)} />
            <span>
              <strong>{desk.categoryName(other.category)}</strong> <span class="number" dir="ltr">#{number(other.id)}</span>{' '}
              {metres !== undefined && <span class="soft small">{t('board.away', { metres })}</span>}
              <span class="what">{other.description}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <CommentField id="merge-comment" label={t('board.comment')} value={comment} onText={setComment} />
    </Question>
  );
}
