// The photos of a complaint, and one of them large.
import { useEffect, useRef, useState } from 'preact/hooks';
import { here, type Schemas } from '../client';
import { t } from '../i18n';
import { Icon } from '../ui/icon';
import { Spinner } from '../ui/parts';

type Photo = Schemas['PhotoView'];
type Shown = Photo & { links: NonNullable<Photo['links']> };

interface Props {
  photos: Photo[];
  /** A link does not open any more; others can be asked for. */
  onExpired: () => void;
}

export function Photos({ photos, onExpired }: Props) {
  const [open, setOpen] = useState<number>();
  const asked = useRef(false);
  const ready = photos.filter((it): it is Shown => it.status === 'ready' && Boolean(it.links));
  const expired = () => {
    // Once: a photo that is missing for another reason must not make a circle.
    if (!asked.current) onExpired();
    asked.current = true;
  };
  return (
    <>
      <ul class="gallery">
        {photos.map((photo) => (
          <li key={photo.id}>
            {photo.status === 'ready' && photo.links ? (
              <button
                type="button"
                aria-label={label(photo, ready.indexOf(photo as Shown) + 1)}
                onClick={() => setOpen(ready.indexOf(photo as Shown))}
              >
                <img src={here(photo.links.thumbnail)} alt="" loading="lazy" onError={expired} />
                {photo.kind !== 'evidence' && <span class="kind">{t(`track.photo.${photo.kind}`)}</span>}
              </button>
            ) : (
              <p class="small soft">
                {photo.status === 'failed' ? <Icon name="alert" /> : <Spinner />}
                {t(photo.status === 'failed' ? 'track.photo.failed' : 'track.photo.pending')}
              </p>
            )}
          </li>
        ))}
      </ul>
      {open !== undefined && ready[open] && <Large photos={ready} at={open} onMove={setOpen} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** What a photo's button does, beginning with the word that is seen on it. */
function label(photo: Photo, number: number): string {
  const open = t('track.photo.open', { number });
  return photo.kind === 'evidence' ? open : `${t(`track.photo.${photo.kind}`)}: ${open}`;
}

function Large({ photos, at, onMove, onClose }: { photos: Shown[]; at: number; onMove: (to: number) => void; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const photo = photos[at]!;
  const label = t('track.photo', { number: at + 1, count: photos.length });
  const move = (by: number) => onMove((at + by + photos.length) % photos.length);
  const keys = (event: KeyboardEvent) => {
    const isBack = document.documentElement.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') move(event.key === isBack ? -1 : 1);
  };
  return (
    <dialog ref={dialog} class="large" aria-label={label} onClose={onClose} onKeyDown={keys}>
      <img src={here(photo.links.preview)} alt={label} width={photo.width ?? undefined} height={photo.height ?? undefined} />
      <div class="row">
        {photos.length > 1 && (
          <button type="button" aria-label={t('track.photo.previous')} onClick={() => move(-1)} class="flip">
            <Icon name="previous" />
          </button>
        )}
        <span role="status">{label}</span>
        {photos.length > 1 && (
          <button type="button" aria-label={t('track.photo.next')} onClick={() => move(1)} class="flip">
            <Icon name="next" />
          </button>
        )}
        <button type="button" class="end" onClick={() => dialog.current?.close()}>
          {t('close')}
        </button>
      </div>
    </dialog>
  );
}
