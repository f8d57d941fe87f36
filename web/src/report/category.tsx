// What it is: the active categories as tiles, with a search where they are many.
import { useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { Fault } from '../ui/parts';

/** From so many categories on there is a search. */
const MANY = 13;

interface Props {
  categories: Schemas['Category'][];
  value: string;
  fault: string | undefined;
  onChoose: (id: string) => void;
}

export function CategoryChoice({ categories, value, fault, onChoose }: Props) {
  const [wanted, setWanted] = useState('');
  const words = wanted.trim().toLocaleLowerCase();
  const shown = categories.filter((it) => it.id === value || it.name.toLocaleLowerCase().includes(words));
  return (
    <fieldset aria-describedby={fault ? 'category-fault' : undefined} aria-invalid={fault ? 'true' : undefined} class="choice">
      <legend>
        <h2>{t('report.category')}</h2>
      </legend>
      {categories.length >= MANY && (
        <input
          type="search"
          class="find"
          value={wanted}
          placeholder={t('report.category.find')}
          aria-label={t('report.category.find')}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <div class="tiles">
        {shown.map((it) => (
          <label class="tile" key={it.id}>
            <input type="radio" name="category" value={it.id} checked={it.id === value} onChange={() => onChoose(it.id)} />
            <span>{it.name}</span>
          </label>
        ))}
      </div>
      {shown.length === 0 && <p class="soft">{t('report.category.none')}</p>}
      <Fault id="category-fault">{fault}</Fault>
    </fieldset>
  );
}
