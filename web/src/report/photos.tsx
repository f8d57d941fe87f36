// Photos to send along: chosen, taken or dropped, seen before they are sent.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Icon } from '../ui/icon';
import { Fault } from '../ui/parts';

const MOST = 10;
const LARGEST = 15 * 1024 * 1024;
const KINDS = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

interface Props {
  photos: File[];
  onChange: (photos: File[]) => void;
}

export function PhotoChoice({ photos, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState('');
  const [isOver, setOver] = useState(false);
  const add = (files: File[]) => {
    const good = files.filter((file) => KINDS.includes(file.type) && file.size <= LARGEST);
    const bad = files.find((file) => !good.includes(file));
    const all = [...photos, ...good];
    setFault(bad ? t('report.photos.not_read', { name: bad.name }) : all.length > MOST ? t('report.photos.too_many') : '');
    onChange(all.slice(0, MOST));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    add([...(event.dataTransfer?.files ?? [])]);
  };
  return (
    <fieldset class="stack">
      <legend>
        <h2>
          {t('report.photos')} <span class="optional">({t('optional')})</span>
        </h2>
      </legend>
      <p class="hint">{t('report.photos.hint')}</p>
      <div
        class={`photos ${isOver ? 'over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {photos.map((photo, i) => (
          <Preview key={`${photo.name}-${photo.lastModified}-${i}`} photo={photo} onRemove={() => onChange(photos.filter((it) => it !== photo))} />
        ))}
        {photos.length < MOST && (
          <button type="button" class="add" onClick={() => input.current?.click()}>
            <Icon name="camera" />
            {t('report.photos.add')}
          </button>
        )}
      </div>
      <input
        ref={input}
        id="photos"
        type="file"
        class="unseen"
        tabIndex={-1}
        aria-label={t('report.photos.add')}
        accept={KINDS.join(',')}
        multiple
        onChange={(event) => {
          add([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      <Fault id="photos-fault">{fault}</Fault>
    </fieldset>
  );
}

function Preview({ photo, onRemove }: { photo: File; onRemove: () => void }) {
  const [address, setAddress] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(photo);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return (
    <figure class="preview">
      {address && <img src={address} alt={photo.name} />}
      <button type="button" aria-label={t('report.photos.remove', { name: photo.name })} onClick={onRemove}>
        <Icon name="cross" />
      </button>
    </figure>
  );
}
