// The form: what it is, what is wrong, where, photos, and who asks.
import type { ComponentChildren } from 'preact';
import type { Schemas } from '../client';
import { t } from '../i18n';
import type { Point } from '../map/map';
import type { Problem } from '../problem';
import { Fault, Notice, Spinner, TextField } from '../ui/parts';
import { CategoryChoice } from './category';
import { DESCRIPTION_LONGEST, type Draft, type Faults } from './draft';
import { PhotoChoice } from './photos';
import { PlaceChoice } from './place';
import type { Places } from './places';

/** From so few characters on it is said how many are left. */
const NEARLY_FULL = 500;

interface Props {
  places: Places | undefined;
  draft: Draft;
  category: Schemas['Category'] | undefined;
  photos: File[];
  photoPlace: Point | null;
  faults: Faults;
  problem: Problem | undefined;
  isSending: boolean;
  /** What is to be seen before the form. */
  above: ComponentChildren;
  onChange: (part: Partial<Draft>) => void;
  onPhotos: (photos: File[]) => void;
  onSend: () => void;
}

export function Form(props: Props) {
  const { places, draft, category, faults, problem, isSending, onChange } = props;
  const submit = (event: Event) => {
    event.preventDefault();
    props.onSend();
  };
  return (
    <main class="page" id="content">
      <header>
        <h1>{t('report.title')}</h1>
        <p class="lead">{t('report.lead')}</p>
      </header>
      {props.above}
      <form onSubmit={submit} noValidate>
        <div class="card">
          {places ? (
            <CategoryChoice categories={places.categories} value={draft.category} fault={faults.category} onChoose={(id) => onChange({ category: id })} />
          ) : (
            <p class="waiting" role="status">
              <Spinner /> {t('loading')}
            </p>
          )}
        </div>
        <div class="card">
          <Description draft={draft} hint={category?.hint} fault={faults.description} onChange={onChange} />
        </div>
        <div class="card">
          <PlaceChoice regions={places?.regions ?? NONE} draft={draft} faults={faults} photoPlace={props.photoPlace} onChange={onChange} />
        </div>
        <div class="card">
          <PhotoChoice photos={props.photos} onChange={props.onPhotos} />
        </div>
        <div class="card">
          <Contact draft={draft} faults={faults} onChange={onChange} />
        </div>
        <div class="send">
          {problem && (
            <div tabIndex={-1}>
              <Notice kind="danger">{problem.text}</Notice>
            </div>
          )}
          <button class="primary big" aria-busy={isSending} disabled={!places}>
            {isSending && <Spinner />}
            {isSending ? t('report.sending') : t('report.send')}
          </button>
        </div>
      </form>
    </main>
  );
}

/** One list for as long as none came: an effect must not see a new one with every stroke. */
const NONE: Places['regions'] = [];

interface DescriptionProps {
  draft: Draft;
  hint: string | undefined;
  fault: string | undefined;
  onChange: (part: Partial<Draft>) => void;
}

function Description({ draft, hint, fault, onChange }: DescriptionProps) {
  const left = DESCRIPTION_LONGEST - draft.description.length;
  return (
    <div class="field">
      <label for="description">
        <h2>{t('report.description')}</h2>
      </label>
      <p class={hint ? 'question words' : 'hint'} id="description-hint" aria-live="polite">
        {hint || t('report.description.hint')}
      </p>
      <textarea
        id="description"
        rows={5}
        value={draft.description}
        maxLength={DESCRIPTION_LONGEST}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? 'description-hint description-fault' : 'description-hint'}
        onInput={(event) => onChange({ description: event.currentTarget.value })}
      />
      {left < NEARLY_FULL && <p class="hint">{t('report.description.left', { count: left })}</p>}
      <Fault id="description-fault">{fault}</Fault>
    </div>
  );
}

function Contact({ draft, faults, onChange }: { draft: Draft; faults: Faults; onChange: (part: Partial<Draft>) => void }) {
  return (
    <fieldset class="stack" aria-describedby="contact-why">
      <legend>
        <h2>
          {t('report.contact')} <span class="optional">({t('optional')})</span>
        </h2>
      </legend>
      <p class="hint" id="contact-why">
        {t('report.contact.why')}
      </p>
      <TextField id="name" label={t('report.name')} value={draft.name} autocomplete="name" maxLength={200} fault={faults.name} onText={(name) => onChange({ name })} />
      <div class="pair">
        <TextField
          id="email"
          type="email"
          label={t('report.email')}
          value={draft.email}
          autocomplete="email"
          fault={faults.email}
          onText={(email) => onChange({ email })}
        />
        <TextField id="phone" type="tel" label={t('report.phone')} value={draft.phone} autocomplete="tel" fault={faults.phone} onText={(phone) => onChange({ phone })} />
      </div>
    </fieldset>
  );
}
