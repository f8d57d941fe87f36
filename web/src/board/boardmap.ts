// The map itself: boundaries, clusters and single complaints. Draws what is in view only, and keeps the markers that
// stay, so that focus and clicks do not get lost while events come in.
import type * as Leaflet from 'leaflet';
import type { Complaint, Severity } from '../../live/src/index.js';
import { t } from '../i18n';
import { mapCredit, mapTiles } from '../settings';
import { clusters, type Cluster, type Place } from './clusters';
import { SEVERITIES } from './listing';
import type { Region } from './rest';

/** Pixels within which complaints are shown as one. */
const CELL = 64;
const CELL_NEAR = 28;
const NEAR = 16;
const CLOSEST = 18;
/** The list shows what is new at once; the map may be a moment later. */
const DRAW_EVERY_MS = 300;

interface Drawn {
  marker: Leaflet.Marker;
  looks: string;
}

export class BoardMap {
  readonly #map: Leaflet.Map;
  readonly #drawn = new Map<string, Drawn>();
  #boundaries: Leaflet.GeoJSON | undefined;
  #shownRegions = '';
  #complaints: Complaint[] = [];
  #byId = new Map<string, Complaint>();
  #selected: string | undefined;
  #isFlashing: (id: string) => boolean = () => false;
  #name: (category: string) => string = (category) => category;
  #hasView = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether somebody has moved the map: from then on it shows what they chose. */
  #isTouched = false;

  constructor(
    private readonly leaflet: typeof Leaflet,
    ground: HTMLElement,
    private readonly onOpen: (id: string) => void,
  ) {
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const motion = { fadeAnimation: !isCalm, zoomAnimation: !isCalm, markerZoomAnimation: !isCalm };
    this.#map = leaflet.map(ground, { zoomControl: false, attributionControl: mapCredit !== '', maxZoom: CLOSEST, ...motion });
    leaflet.control.zoom({ zoomInTitle: t('map.in'), zoomOutTitle: t('map.out') }).addTo(this.#map);
    if (mapTiles) leaflet.tileLayer(mapTiles, { attribution: escaped(mapCredit) }).addTo(this.#map);
    this.#map.setView([0, 0], 2);
    this.#map.on('moveend', () => this.#draw());
    for (const touch of ['pointerdown', 'wheel', 'keydown']) ground.addEventListener(touch, () => (this.#isTouched = true), { passive: true });
    new ResizeObserver(() => this.#resized()).observe(ground);
  }

  remove(): void {
    clearTimeout(this.#timer);
    this.#map.remove();
  }

  regions(regions: Region[]): void {
    const key = regions.map(({ id }) => id).join();
    if (key === this.#shownRegions) return;
    this.#shownRegions = key;
    this.#boundaries?.remove();
    const features = regions.flatMap(({ boundary }) => (boundary ? [{ type: 'Feature' as const, properties: {}, geometry: boundary }] : []));
    const style = { className: 'region', interactive: false };
    this.#boundaries = this.leaflet.geoJSON({ type: 'FeatureCollection', features } as GeoJSON.FeatureCollection, { ...style, style: () => style }).addTo(this.#map);
    this.#frame();
  }

  show(complaints: Complaint[], selected: string | undefined, isFlashing: (id: string) => boolean, name: (category: string) => string): void {
    const isChosen = selected !== this.#selected;
    this.#complaints = complaints;
    this.#selected = selected;
    this.#isFlashing = isFlashing;
    this.#name = name;
    if (!this.#hasView) this.#frame();
    if (isChosen) this.#reveal();
    if (isChosen) this.#draw();
    else this.#timer ??= setTimeout(() => this.#draw(), DRAW_EVERY_MS);
  }

  /** Shows all regions, or all complaints where no region has a boundary. */
  #frame(): void {
    let bounds = this.#boundaries?.getBounds();
    if (!bounds?.isValid()) {
      bounds = this.leaflet.latLngBounds([]);
      for (const { latitude, longitude } of this.#complaints) if (latitude !== null && longitude !== null) bounds.extend([latitude, longitude]);
    }
    if (!bounds.isValid()) return;
    this.#hasView = true;
    this.#map.fitBounds(bounds, { padding: [16, 16], maxZoom: NEAR, animate: false });
  }

  #resized(): void {
    this.#map.invalidateSize({ pan: false });
    if (!this.#isTouched) this.#frame();
    this.#reveal();
  }

  /** Brings what is looked at into the part of the map that nothing covers. */
  #reveal(): void {
    const chosen = this.#complaints.find(({ id }) => id === this.#selected);
    if (!chosen || chosen.latitude === null || chosen.longitude === null) return;
    const detail = document.querySelector<HTMLElement>('.detail');
    const { x: width } = this.#map.getSize();
    const isOver = detail !== null && getComputedStyle(detail).position === 'absolute' && detail.offsetWidth < width - 100;
    const covered = isOver ? detail.offsetWidth : 0;
    const isLeft = document.documentElement.dir === 'rtl';
    this.#map.panInside([chosen.latitude, chosen.longitude], {
      paddingTopLeft: [isLeft ? covered + 40 : 40, 40],
      paddingBottomRight: [isLeft ? 40 : covered + 40, 40],
    });
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const zoom = this.#map.getZoom();
    const view = this.#map.getBounds().pad(0.15);
    this.#byId = new Map();
    const places: Place[] = [];
    const chosen: Cluster[] = [];
    for (const complaint of this.#complaints) {
      const { id, latitude, longitude } = complaint;
      if (latitude === null || longitude === null) continue;
      if (latitude < view.getSouth() || latitude > view.getNorth() || longitude < view.getWest() || longitude > view.getEast()) continue;
      this.#byId.set(id, complaint);
      const { x, y } = this.#map.project([latitude, longitude], zoom);
      // What is looked at stands by itself, whatever is close.
      if (id === this.#selected) chosen.push({ x, y, ids: [id] });
      else places.push({ id, x, y });
    }
    const found = [...clusters(places, zoom >= NEAR ? CELL_NEAR : CELL), ...chosen];
    const left = new Set(this.#drawn.keys());
    for (const cluster of found) left.delete(this.#place(cluster, zoom));
    for (const key of left) {
      this.#drawn.get(key)?.marker.remove();
      this.#drawn.delete(key);
    }
  }

  /** Draws one, or moves and changes the marker that it has. Its key. */
  #place(cluster: Cluster, zoom: number): string {
    const [first = ''] = cluster.ids;
    const isOne = cluster.ids.length === 1;
    const key = isOne ? first : `${zoom}:${Math.floor(cluster.x / CELL_NEAR)}:${Math.floor(cluster.y / CELL_NEAR)}`;
    const at = this.#map.unproject([cluster.x, cluster.y], zoom);
    const worst = worstOf(cluster.ids.map((id) => this.#byId.get(id)?.severity ?? 'low'));
    const marks = [first === this.#selected && 'selected', cluster.ids.some((id) => this.#isFlashing(id)) && 'flash'].filter(Boolean).join(' ');
    const looks = `${isOne ? 'one' : cluster.ids.length} ${worst} ${marks}`;
    const known = this.#drawn.get(key);
    if (known) {
      known.marker.setLatLng(at);
      if (known.looks !== looks) this.#dress(known.marker, cluster, worst, marks);
      known.looks = looks;
      return key;
    }
    const marker = this.leaflet.marker(at, { keyboard: true, icon: this.#icon(cluster, worst, marks) });
    marker.on('click', () => this.#chosen(key, cluster.ids)).on('keydown', (event) => {
      if (event.originalEvent.key === 'Enter') this.#chosen(key, cluster.ids);
    });
    marker.addTo(this.#map);
    this.#label(marker, cluster);
    this.#drawn.set(key, { marker, looks });
    return key;
  }

  #dress(marker: Leaflet.Marker, cluster: Cluster, worst: Severity, marks: string): void {
    marker.setIcon(this.#icon(cluster, worst, marks));
    marker.off('click').on('click', () => this.#chosen('', cluster.ids));
    this.#label(marker, cluster);
  }

  #label(marker: Leaflet.Marker, { ids: [first = '', ...rest] }: Cluster): void {
    const complaint = this.#byId.get(first);
    const alone = complaint ? `${this.#name(complaint.category)}, ${t(`severity.${complaint.severity}`)}` : '';
    marker.getElement()?.setAttribute('aria-label', rest.length > 0 ? t('board.cluster', { count: rest.length + 1 }) : alone);
  }

  #icon(cluster: Cluster, worst: Severity, marks: string): Leaflet.DivIcon {
    const count = cluster.ids.length;
    const size = count === 1 ? 24 : Math.min(64, 32 + Math.round(Math.log10(count) * 10));
    const face = document.createElement('span');
    if (count > 1) face.textContent = new Intl.NumberFormat(document.documentElement.lang, { notation: 'compact' }).format(count);
    return this.leaflet.divIcon({ className: `point ${count > 1 ? 'many' : 'one'} ${worst} ${marks}`, html: face, iconSize: [size, size] });
  }

  /** Opens a complaint; goes closer to several, or opens the first where they are at one place. */
  #chosen(key: string, ids: string[]): void {
    const [first = ''] = ids;
    if (ids.length === 1 || this.#map.getZoom() >= CLOSEST) {
      this.onOpen(first);
      return;
    }
    const bounds = this.leaflet.latLngBounds([]);
    for (const id of ids) {
      const complaint = this.#byId.get(id);
      if (complaint?.latitude != null && complaint.longitude !== null) bounds.extend([complaint.latitude, complaint.longitude]);
    }
    if (bounds.isValid()) this.#map.fitBounds(bounds, { maxZoom: CLOSEST, padding: [40, 40] });
    this.#drawn.get(key)?.marker.getElement()?.blur();
  }
}

function worstOf(severities: Severity[]): Severity {
  return severities.reduce((worst, one) => (SEVERITIES.indexOf(one) > SEVERITIES.indexOf(worst) ? one : worst), 'low' as Severity);
}

/** Leaflet takes a credit as HTML; ours is text. */
function escaped(text: string): string {
  const box = document.createElement('span');
  box.textContent = text;
  return box.innerHTML;
}
