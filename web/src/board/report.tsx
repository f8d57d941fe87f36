// A report that an officer makes on the way: kept and sent later when there is no network.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Choice } from '../ui/choice';
import { Notice } from '../ui/parts';
import { report } from './act';
import type { Desk } from './desk';

export function Report({ desk, onDone }: { desk: Desk; onDone: () => void }) {
  const regions = desk.ownRegions;
  const [category, setCategory] = useState(desk.categories[0]?.id ?? '');
  const [region, setRegion] = useState(regions[0]?.id ?? '');
  const [description, setDescription] = useState('');
  const [address, setAddress] = useState('');
  const [point, setPoint] = useState<{ latitude: number; longitude: number }>();
  const [fault, setFault] = useState('');

  function locate(): void {
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => setPoint({ latitude: coords.latitude, longitude: coords.longitude }),
      () => setFault(t('board.no_location')),
      { enableHighAccuracy: true, timeout: 15_000 },
    );
  }

  function submit(event: Event): void {
    event.preventDefault();
    if (description.trim() === '' || (address.trim() === '' && !point)) {
      setFault(t('board.report_needs'));
      return;
    }
    // With a point alone the server finds the region by it.
    const place = { ...(point ?? { region }), ...(address.trim() && { address: address.trim() }) };
    void report(desk, { category, description: description.trim(), ...place });
    onDone();
  }

  return (
    <form class="stack" onSubmit={submit}>
      {fault && <Notice kind="danger">{fault}</Notice>}
      {desk.isOffline && <Notice>{t('board.report_waits')}</Notice>}
      <Choice id="report-category" label={t('board.category')} value={category} options={desk.categories.map(({ id, name }) => [id, name])} onPick={setCategory} />
      <div class="field">
        <label for="report-description">{t('board.description')}</label>
        <textarea id="report-description" maxLength={4000} value={description} onInput={(event) => setDescription(event.currentTarget.value)} />
      </div>
      <div class="field">
        <label for="report-address">{t('board.address')}</label>
        <input id="report-address" maxLength={500} value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
      </div>
      {!point && (
        <Choice id="report-region" label={t('board.region')} value={region} options={regions.map(({ id, name }) => [id, name])} onPick={setRegion} />
      )}
      <div class="row between">
        <button type="button" onClick={locate}>
          {point ? `${point.latitude.toFixed(5)}, ${point.longitude.toFixed(5)}` : t('board.locate')}
        </button>
        <button type="submit" class="primary">
          {t('board.send')}
        </button>
      </div>
    </form>
  );
}
