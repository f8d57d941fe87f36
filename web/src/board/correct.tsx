// Corrects what a complaint says: only what is changed here is sent.
import { useEffect, useState } from 'preact/hooks';
import type { Severity } from '../../live/src/index.js';
import { t } from '../i18n';
import { Choice } from '../ui/choice';
import { Notice } from '../ui/parts';
import { changeOf, typedOf, type Typed } from './correction';
import { correct } from './further';
import { SEVERITIES } from './listing';
import type { Asking } from './more';
import { Question } from './question';

export function Correct({ desk, complaint, onDone }: Asking) {
  const [typed, setTyped] = useState<Typed>(() => typedOf(complaint));
  const [fault, setFault] = useState('');
  const [isPointing, setPointing] = useState(false);
  const set = (change: Partial<Typed>): void => setTyped((before) => ({ ...before, ...change }));
  const put = (latitude: number, longitude: number): void => set({ latitude: latitude.toFixed(6), longitude: longitude.toFixed(6) });
  useEffect(() => {
    desk.point(isPointing ? (latitude, longitude) => (put(latitude, longitude), setPointing(false)) : undefined);
    return () => desk.point(undefined);
  }, [isPointing]);
  const change = changeOf(complaint, typed);

  function submit(): void {
    if (change === 'no_place') setFault(t('board.place_needs'));
    else void correct(desk, complaint, change), onDone();
  }

  function locate(): void {
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => put(coords.latitude, coords.longitude),
      () => setFault(t('board.no_location')),
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  }

  const name = t('board.further.correct');
  return (
    <Question label={name} does={t('board.save')} isReady={change === 'no_place' || Object.keys(change).length > 0} onSubmit={submit} onCancel={onDone}>
      {fault && <Notice kind="danger">{fault}</Notice>}
      <div class="pair">
        <Choice id="correct-category" label={t('board.category')} value={typed.category} options={desk.categories.map(({ id, name }) => [id, name])} onPick={(category) => set({ category })} />
        <Choice
          id="correct-severity"
          label={t('board.severity')}
          value={typed.severity}
          options={SEVERITIES.map((severity) => [severity, t(`severity.${severity}`)])}
          onPick={(severity) => set({ severity: severity as Severity })}
        />
      </div>
      <div class="field">
        <label for="correct-description">{t('board.description')}</label>
        <textarea id="correct-description" required maxLength={4000} value={typed.description} onInput={(event) => set({ description: event.currentTarget.value })} />
      </div>
      <div class="field">
        <label for="correct-address">{t('board.address')}</label>
        <input id="correct-address" maxLength={500} value={typed.address} onInput={(event) => set({ address: event.currentTarget.value })} />
      </div>
      <div class="pair">
        {(['latitude', 'longitude'] as const).map((side) => (
          <div key={side} class="field">
            <label for={`correct-${side}`}>{t(`board.${side}`)}</label>
            <input id={`correct-${side}`} inputMode="decimal" dir="ltr" value={typed[side]} onInput={(event) => set({ [side]: event.currentTarget.value })} />
          </div>
        ))}
      </div>
      <div class="row">
        <button type="button" class="on-map" aria-pressed={isPointing} onClick={() => setPointing(!isPointing)}>
          {t('board.on_map')}
        </button>
        <button type="button" onClick={locate}>
          {t('board.locate')}
        </button>
      </div>
      {isPointing && (
        <p class="hint" role="status">
          {t('board.point_now')}
        </p>
      )}
    </Question>
  );
}
