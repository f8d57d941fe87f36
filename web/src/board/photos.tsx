// Photos of a complaint, before and after, and sending one.
import { useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { here } from '../client';
import { t, time } from '../i18n';
import { Icon } from '../ui/icon';
import { Spinner } from '../ui/parts';
import { photo } from './act';
import type { Desk } from './desk';
import type { Photo } from './rest';

const KINDS = ['evidence', 'before', 'after'] as const;

export function Photos({ desk, complaint, photos }: { desk: Desk; complaint: Complaint; photos: Photo[] }) {
  const [kind, setKind] = useState<Photo['kind']>('after');
  const waiting = desk.outbox.pending.filter((deed) => deed.complaint === complaint.id && deed.kind === 'photo');

  function picked(input: HTMLInputElement): void {
    for (const file of input.files ?? []) void photo(desk, complaint, kind, file);
    input.value = '';
  }

  return (
    <section class="stack" aria-labelledby="photos-heading">
      <h3 id="photos-heading">{t('board.photos')}</h3>
      {photos.length + waiting.length === 0 && <p class="soft">{t('board.no_photos')}</p>}
      <ul class="photos">
        {photos.map((one) => (
          <li key={one.id}>
            <Picture photo={one} />
          </li>
        ))}
        {waiting.map((deed) => (
          <li key={deed.id}>
            <figure>
              <div class="missing">
                <Spinner />
              </div>
              <figcaption>{t('board.pending')}</figcaption>
            </figure>
          </li>
        ))}
      </ul>
      <div class="row">
        <label class="unseen" for="photo-kind">
          {t('board.photo_kind')}
        </label>
        <select id="photo-kind" class="short" value={kind} onChange={(event) => setKind(event.currentTarget.value as Photo['kind'])}>
          {KINDS.map((value) => (
            <option key={value} value={value}>
              {t(`board.photo.${value}`)}
            </option>
          ))}
        </select>
        <label class="button file">
          <Icon name="camera" /> {t('board.add_photo')}
          <input class="unseen" type="file" accept="image/jpeg,image/png,image/webp,image/gif" multiple onChange={(event) => picked(event.currentTarget)} />
        </label>
      </div>
    </section>
  );
}

function Picture({ photo }: { photo: Photo }) {
  const { links, kind, status, reason, uploaded_at } = photo;
  const name = t(`board.photo.${kind}`);
  return (
    <figure>
      {links && status === 'ready' ? (
        <a href={here(links.original)} target="_blank" rel="noreferrer">
          <img src={here(links.thumbnail)} alt={t('board.photo_of', { kind: name, time: time(uploaded_at) })} loading="lazy" />
        </a>
      ) : (
        <div class="missing">{status === 'failed' ? <Icon name="alert" /> : <Spinner />}</div>
      )}
      <figcaption>{status === 'failed' ? (reason ?? name) : name}</figcaption>
    </figure>
  );
}
