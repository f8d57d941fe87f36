// Where it is, in words and on a map.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Region } from '../map/map';
import { mapTiles } from '../settings';
import { Icon } from '../ui/icon';
import type { View } from './follow';

export function Place({ view, regions }: { view: View; regions: Region[] }) {
  const region = regions.find((it) => it.id === view.region)?.name ?? view.region;
  const { latitude, longitude } = view;
  return (
    <div class="stack">
      <p class="row place">
        <Icon name="pin" />
        <span dir="auto">{view.address ? `${view.address}, ${region}` : region}</span>
      </p>
      {typeof latitude === 'number' && typeof longitude === 'number' && regions.length > 0 && (
        <SmallMap latitude={latitude} longitude={longitude} regions={regions} />
      )}
    </div>
  );
}

function SmallMap({ latitude, longitude, regions }: { latitude: number; longitude: number; regions: Region[] }) {
  const element = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let remove: (() => void) | undefined;
    let isGone = false;
    import('../map/map')
      .then(({ drawMap, marker, STREET }) => {
        if (isGone || !element.current) return;
        const map = drawMap(element.current, regions, false);
        // Where there are no tiles, only the shape of the region says where a point is.
        if (mapTiles) map.setView([latitude, longitude], STREET);
        marker([latitude, longitude]).addTo(map);
        remove = () => map.remove();
      })
      .catch(() => setFailed(true));
    return () => {
      isGone = true;
      remove?.();
    };
  }, [latitude, longitude, regions]);
  if (failed) return <p class="soft small">{t('map.failed')}</p>;
  return (
    <div class="map">
      <div ref={element} role="application" aria-label={t('map.label')} />
    </div>
  );
}
