// What can be done with all complaints that are picked in the list.
import { useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { t } from '../i18n';
import { Choice } from '../ui/choice';
import { stepName, type Said } from './act';
import type { Desk } from './desk';
import { commentMany, relocateMany, takeMany } from './further';
import { CommentField, Question, Why } from './question';
import { MOST } from './selection';
import { offersOfMany, type OfferOfMany } from './steps';

const asks = ({ needsComment, action }: OfferOfMany): boolean => needsComment || action === 'hold';

export function Bulk({ desk, complaints }: { desk: Desk; complaints: Complaint[] }) {
  const picked = desk.selection.of(complaints);

  function leave(): void {
    desk.selection.end();
    document.getElementById('list')?.focus();
  }

  return (
    <section class="bulk stack" aria-label={t('board.bulk')}>
      <div class="row between">
        <p role="status">
          <strong>{t('board.picked', { count: picked.length })}</strong>
        </p>
        <span class="row">
          <button type="button" class="plain" onClick={() => desk.selection.all(complaints)}>
            {t('board.all')}
          </button>
          <button type="button" class="plain" onClick={leave}>
            {t('cancel')}
          </button>
        </span>
      </div>
      {complaints.length > MOST && picked.length === MOST && <p class="hint">{t('board.pick_most', { most: MOST })}</p>}
      {picked.length > 0 ? <Choices desk={desk} picked={picked} onDone={leave} /> : <p class="hint">{t('board.pick_hint')}</p>}
    </section>
  );
}

interface ChoicesProps {
  desk: Desk;
  picked: Complaint[];
  onDone: () => void;
}

function Choices({ desk, picked, onDone }: ChoicesProps) {
  const [asked, setAsked] = useState<string>();
  const group = useRef<HTMLDivElement>(null);
  const { account } = desk;
  if (!account) return null;
  const found = offersOfMany(picked, account, ({ region, category }) => desk.rules.of(region, category));
  const asking = found.find(({ action }) => action === asked);
  const toggle = (name: string): void => setAsked(name === asked ? undefined : name);
  const does = ({ action, on }: OfferOfMany): string => (on.length === picked.length ? stepName(action) : t('board.act_on', { action: stepName(action), count: on.length }));
  const take = (offer: OfferOfMany, said: Said): void => (void takeMany(desk, offer, said), onDone());

  function left(): void {
    setAsked(undefined);
    group.current?.focus();
  }

  const button = (name: string, text: string, isAsking: boolean, tap: () => void) => (
    <button key={name} type="button" aria-expanded={isAsking ? name === asked : undefined} onClick={tap}>
      {text}
    </button>
  );
  return (
    <>
      <div class="row choices" ref={group} tabIndex={-1} role="group" aria-label={t('board.actions')}>
        {found.map((offer) => button(offer.action, does(offer), asks(offer), () => (asks(offer) ? toggle(offer.action) : take(offer, { comment: '' }))))}
        {button('comment', t('board.comment'), true, () => toggle('comment'))}
        {desk.regions.length > 1 && button('move', t('board.further.move'), true, () => toggle('move'))}
      </div>
      {asking && (
        <Why
          key={asking.action}
          id="bulk-why"
          action={stepName(asking.action)}
          does={does(asking)}
          hint={t('board.for_staff')}
          needsComment={asking.needsComment}
          hasEnd={asking.action === 'hold'}
          onSaid={(said) => take(asking, said)}
          onCancel={left}
        />
      )}
      {asked === 'comment' && <CommentAll onSaid={(text) => (void commentMany(desk, picked, text), onDone())} onCancel={left} />}
      {asked === 'move' && <MoveAll desk={desk} complaints={picked} onMoved={onDone} onCancel={left} />}
    </>
  );
}

function CommentAll({ onSaid, onCancel }: { onSaid: (text: string) => void; onCancel: () => void }) {
  const [text, setText] = useState('');
  return (
    <Question label={t('board.comment')} does={t('board.send')} isReady={text.trim() !== ''} onSubmit={() => onSaid(text.trim())} onCancel={onCancel}>
      <CommentField id="bulk-comment" label={t('board.comment')} value={text} hint={t('board.for_staff')} isRequired onText={setText} />
    </Question>
  );
}

interface MoveAllProps {
  desk: Desk;
  complaints: Complaint[];
  onMoved: () => void;
  onCancel: () => void;
}

function MoveAll({ desk, complaints, onMoved, onCancel }: MoveAllProps) {
  const [to, setTo] = useState('');
  const [comment, setComment] = useState('');
  const going = complaints.filter(({ region }) => region !== to);
  const regions = desk.regions.filter(({ id }) => complaints.some(({ region }) => region !== id));
  const name = t('board.further.move');
  const does = going.length === complaints.length ? name : t('board.act_on', { action: name, count: going.length });
  return (
    <Question label={name} does={does} isReady={to !== ''} onSubmit={() => (void relocateMany(desk, going, to, comment.trim()), onMoved())} onCancel={onCancel}>
      <Choice id="bulk-move-to" label={t('board.move_to')} value={to} none={t('board.choose')} options={regions.map(({ id, name }) => [id, name])} onPick={setTo} />
      <p class="hint" role="status">
        {to !== '' && !desk.isOwn(to) ? t('board.move_away') : t('board.move_hint')}
      </p>
      <CommentField id="bulk-move-comment" label={t('board.comment')} value={comment} onText={setComment} />
    </Question>
  );
}
