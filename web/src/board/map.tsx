// The map beside the list. Leaflet is loaded when the page is there; the board works without it.
import type * as Leaflet from 'leaflet';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Complaint } from '../../live/src/index.js';
import { t } from '../i18n';
import { Notice } from '../ui/parts';
import { BoardMap } from './boardmap';
import type { Desk } from './desk';

interface Props {
  desk: Desk;
  complaints: Complaint[];
  selected: string | undefined;
  onOpen: (id: string) => void;
}

export function MapPane({ desk, complaints, selected, onOpen }: Props) {
  const ground = useRef<HTMLDivElement>(null);
  const map = useRef<BoardMap | undefined>(undefined);
  const [hasFailed, setFailed] = useState(false);
  const open = useRef(onOpen);
  open.current = onOpen;

  useEffect(() => {
    let isGone = false;
    void import('./leaflet').then(
      (loaded: { default: typeof Leaflet }) => {
        if (isGone || !ground.current) return;
        map.current = new BoardMap(loaded.default, ground.current, (id) => open.current(id), (latitude, longitude) => desk.pointing?.(latitude, longitude));
        desk.changed();
      },
      () => setFailed(true),
    );
    return () => {
      isGone = true;
      map.current?.remove();
    };
  }, []);

  useEffect(() => map.current?.regions(desk.ownRegions));
  useEffect(() => map.current?.show(complaints, selected, (id) => desk.flashes.of(id) !== undefined, desk.categoryName));
  const unplaced = complaints.reduce((sum, { latitude }) => sum + (latitude === null ? 1 : 0), 0);
  return (
    <section class={desk.pointing ? 'map-pane pointing' : 'map-pane'} aria-label={t('map.label')}>
      {hasFailed ? <Notice kind="warning">{t('map.failed')}</Notice> : <div ref={ground} class="map" dir="ltr" />}
      {unplaced > 0 && <p class="unplaced small">{t('board.unplaced', { count: unplaced })}</p>}
    </section>
  );
}
