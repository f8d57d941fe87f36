// After it was sent: the number, the way back, and the photos on their way.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../client';
import { t } from '../i18n';
import { number } from '../number';
import { asProblem, type Problem } from '../problem';
import { Icon } from '../ui/icon';
import { Notice, Spinner } from '../ui/parts';
import { uploadPatiently } from './upload';

interface Props {
  sent: Schemas['SubmissionView'];
  region: string;
  photos: File[];
  /** Photos that are still to be sent, whenever sending came to an end, for whatever reason. */
  onLeft: (photos: File[]) => void;
  /** Somebody took the way to the report. */
  onSeen: () => void;
  onAnother: () => void;
}

export function Done({ sent, region, photos, onLeft, onSeen, onAnother }: Props) {
  const path = `/t/${sent.tracking_token}`;
  const address = location.origin + path;
  return (
    <main class="page" id="content">
      <header class="arrived">
        <span class="tick">
          <Icon name="check" />
        </span>
        <div>
          <h1 tabIndex={-1} ref={(it) => it?.focus()}>
            {t('report.done.title')}
          </h1>
          <p class="lead">{t('report.done.lead', { region })}</p>
        </div>
      </header>
      <section class="card receipt">
        <div class="stack">
          <div>
            <p class="soft">{t('report.done.number')}</p>
            <p class="number large">
              <bdi dir="ltr">{number(sent.id)}</bdi>
            </p>
          </div>
          <a class="button primary big" href={path} onClick={onSeen}>
            {t('report.done.track')}
          </a>
          <Kept address={address} />
        </div>
        <figure>
          <QrCode text={address} />
          <figcaption class="soft small">{t('report.done.scan')}</figcaption>
        </figure>
      </section>
      <Sending sent={sent} photos={photos} onLeft={onLeft} />
      <button type="button" class="plain" onClick={onAnother}>
        {t('report.done.another')}
      </button>
    </main>
  );
}

/** The address to keep, with a button to copy it where the browser allows. */
function Kept({ address }: { address: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      setCopied(true);
    } catch {
      document.querySelector<HTMLInputElement>('#address-kept')?.select();
    }
  };
  return (
    <div>
      <label for="address-kept" class="hint">
        {t('report.done.keep')}
      </label>
      <div class="kept">
        <input id="address-kept" dir="ltr" readOnly value={address} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" onClick={() => void copy()}>
          <Icon name={isCopied ? 'check' : 'copy'} />
          <span role="status">{isCopied ? t('copied') : t('copy')}</span>
        </button>
      </div>
    </div>
  );
}

/** The address as a QR code: one path of squares, loaded when it is needed. */
function QrCode({ text }: { text: string }) {
  const [code, setCode] = useState<{ size: number; path: string }>();
  useEffect(() => {
    void import('uqr').then(({ encode }) => {
      const { data, size } = encode(text, { border: 2 });
      const squares = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')));
      setCode({ size, path: squares.join('') });
    });
  }, [text]);
  return (
    <svg class="qr" role="img" aria-label={t('report.done.qr')} viewBox={`0 0 ${code?.size ?? 1} ${code?.size ?? 1}`} shape-rendering="crispEdges">
      {code && <path d={code.path} />}
    </svg>
  );
}

type Way = { share: number } | { failed: Problem } | 'waiting' | 'sent';

function Sending({ sent, photos, onLeft }: { sent: Schemas['SubmissionView']; photos: File[]; onLeft: (photos: File[]) => void }) {
  const [ways, setWays] = useState<Way[]>(() => photos.map(() => 'waiting'));
  const isUnderWay = ways.some((way) => way === 'waiting' || (typeof way === 'object' && 'share' in way));
  const set = (i: number, way: Way) => setWays((all) => all.map((old, at) => (at === i ? way : old)));
  const send = async (i: number) => {
    try {
      set(i, { share: 0 });
      await uploadPatiently(sent.id, sent.tracking_token, photos[i]!, (share) => set(i, { share }));
      set(i, 'sent');
    } catch (error) {
      set(i, { failed: asProblem(error) });
    }
  };
  const latest = useRef<Way[]>(ways);
  latest.current = ways;
  const sendThose = async (isDue: (way: Way) => boolean) => {
    for (let i = 0; i < photos.length; i++) if (isDue(latest.current[i]!)) await send(i);
  };
  useEffect(() => {
    void sendThose(() => true);
    const again = () => void sendThose(hasPassed);
    addEventListener('online', again);
    return () => removeEventListener('online', again);
  }, []);
  useEffect(() => {
    if (!isUnderWay) onLeft(photos.filter((_, i) => hasPassed(ways[i]!)));
  }, [isUnderWay]);
  useEffect(() => {
    if (!isUnderWay) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isUnderWay]);
  if (photos.length === 0) return null;
  return (
    <section class="card stack">
      <h2>{t('report.done.photos')}</h2>
      <ul class="uploads">
        {photos.map((photo, i) => (
          <Upload key={i} name={photo.name} way={ways[i]!} onAgain={() => void send(i)} />
        ))}
      </ul>
      {isUnderWay && <Notice>{t('report.done.leave')}</Notice>}
    </section>
  );
}

/** Whether a photo failed by what passes: then it may be sent again. */
function hasPassed(way: Way): boolean {
  return typeof way === 'object' && 'failed' in way && way.failed.isPassing;
}

function Upload({ name, way, onAgain }: { name: string; way: Way; onAgain: () => void }) {
  const isFailed = typeof way === 'object' && 'failed' in way;
  const share = typeof way === 'object' && 'share' in way ? way.share : undefined;
  return (
    <li>
      <span class="grow name">{name}</span>
      {way === 'waiting' && <span class="soft">{t('report.done.photo.waiting')}</span>}
      {way === 'sent' && (
        <span class="sent">
          <Icon name="check" /> {t('report.done.photo.sent')}
        </span>
      )}
      {typeof way === 'object' && 'share' in way && (
        <span class="soft row">
          <Spinner /> {t('report.done.photo.sending', { percent: Math.round(way.share * 100) })}
        </span>
      )}
      {isFailed && (
        <button type="button" class="plain" onClick={onAgain}>
          {t('again')}
        </button>
      )}
      {isFailed && <p class="fault">{way.failed.text}</p>}
      {share !== undefined && <progress max={1} value={share} aria-label={name} />}
    </li>
  );
}
