// The map itself: boundaries, clusters and single complaints. Draws what is in view only, and keeps the markers that
// stay, so that focus and clicks do not get lost while events come in.
import type * as Leaflet from 'leaflet';
import type { Complaint, Severity } from '../../live/src/index.js';
import { t } from '../i18n';
import { mapCredit, mapTiles } from '../settings';
import { clusters, type Cluster, type Place } from './clusters';
import { SEVERITIES } from './listing';
import { MapPoint } from './mappoint';
import type { Region } from './rest';

/** Pixels within which complaints are shown as one. */
const CELL = 64;
const CELL_NEAR = 28;
const NEAR = 16;
const CLOSEST = 18;
/** The list shows what is new at once; the map may be a moment later. */
const DRAW_EVERY_MS = 300;

export class BoardMap {
  readonly #map: Leaflet.Map;
  readonly #drawn = new Map<string, MapPoint>();
  readonly #points = new WeakMap<Complaint, Leaflet.Point>();
  #boundaries: Leaflet.GeoJSON | undefined;
  #shownRegions = '';
  #complaints: Complaint[] = [];
  #selected: string | undefined;
  #isFlashing: (id: string) => boolean = () => false;
  #name: (category: string) => string = (category) => category;
  #hasView = false;
  #wasCovered = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether somebody has moved the map: from then on it shows what they chose. */
  #isTouched = false;

  constructor(
    private readonly leaflet: typeof Leaflet,
    ground: HTMLElement,
    private readonly onOpen: (id: string) => void,
    onPoint: (latitude: number, longitude: number) => void,
  ) {
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const motion = { fadeAnimation: !isCalm, zoomAnimation: !isCalm, markerZoomAnimation: !isCalm };
    // Tiles are sharp at whole zooms only; without any the regions fill the map.
    this.#map = leaflet.map(ground, { zoomControl: false, attributionControl: mapCredit !== '', maxZoom: CLOSEST, zoomSnap: mapTiles ? 1 : 0.25, ...motion });
    leaflet.control.zoom({ zoomInTitle: t('map.in'), zoomOutTitle: t('map.out') }).addTo(this.#map);
    if (mapTiles) leaflet.tileLayer(mapTiles, { attribution: escaped(mapCredit) }).addTo(this.#map);
    this.#map.setView([0, 0], 2);
    this.#map.on('moveend', () => this.#draw());
    this.#map.on('click', ({ latlng }) => onPoint(latlng.lat, latlng.lng));
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
    const isCovered = isChosen && this.#covered() !== this.#wasCovered;
    if (!this.#hasView || (isCovered && !this.#isTouched)) this.#frame();
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
    this.#wasCovered = this.#covered();
    this.#map.fitBounds(bounds, { ...this.#around(16), maxZoom: NEAR, animate: false });
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
    this.#map.panInside([chosen.latitude, chosen.longitude], this.#around(40));
  }

  /** Pixels of the map's width that a detail lies over; 0 where it lies beside the map or over all of it. */
  #covered(): number {
    const detail = document.querySelector<HTMLElement>('.detail');
    const { x: width } = this.#map.getSize();
    const isOver = detail !== null && getComputedStyle(detail).position === 'absolute' && detail.offsetWidth < width - 100;
    return isOver ? detail.offsetWidth : 0;
  }

  /** So many pixels to each side of the part of the map that nothing covers. */
  #around(pixels: number): { paddingTopLeft: [number, number]; paddingBottomRight: [number, number] } {
    const covered = this.#covered() + pixels;
    const isLeft = document.documentElement.dir === 'rtl';
    return { paddingTopLeft: [isLeft ? covered : pixels, pixels], paddingBottomRight: [isLeft ? pixels : covered, pixels] };
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const zoom = this.#map.getZoom();
    const scale = 2 ** zoom;
    const view = this.#map.getBounds().pad(0.15);
    const [south, north, west, east] = [view.getSouth(), view.getNorth(), view.getWest(), view.getEast()];
    const places: Place[] = [];
    const chosen: Cluster[] = [];
    for (const complaint of this.#complaints) {
      const { id, latitude, longitude } = complaint;
      if (latitude === null || longitude === null || latitude < south || latitude > north || longitude < west || longitude > east) continue;
      const at = this.#worldPoint(complaint, latitude, longitude);
      const place = { complaint, x: at.x * scale, y: at.y * scale };
      // What is looked at stands by itself, whatever is close.
      if (id === this.#selected) chosen.push({ x: place.x, y: place.y, inside: [complaint] });
      else places.push(place);
    }
    const found = [...clusters(places, zoom >= NEAR ? CELL_NEAR : CELL), ...chosen];
    const left = new Set(this.#drawn.keys());
    for (const cluster of found) left.delete(this.#place(cluster, zoom));
    for (const key of left) {
      this.#drawn.get(key)?.remove();
      this.#drawn.delete(key);
    }
  }

  /** Where a complaint is on the map at its smallest; reckoned once, as there may be ten thousand. */
  #worldPoint(complaint: Complaint, latitude: number, longitude: number): Leaflet.Point {
    let point = this.#points.get(complaint);
    if (!point) {
      point = this.#map.project([latitude, longitude], 0);
      this.#points.set(complaint, point);
    }
    return point;
  }

  /** Draws one, or moves and changes the marker that it has. Its key. */
  #place(cluster: Cluster, zoom: number): string {
    const [first] = cluster.inside;
    const id = first?.id ?? '';
    const isOne = cluster.inside.length === 1;
    const key = isOne ? id : `${zoom}:${Math.floor(cluster.x / CELL_NEAR)}:${Math.floor(cluster.y / CELL_NEAR)}`;
    const at = this.#map.unproject([cluster.x, cluster.y], zoom);
    const looks = {
      count: cluster.inside.length,
      worst: worstOf(cluster.inside),
      isSelected: id === this.#selected,
      isFlashing: cluster.inside.some((one) => this.#isFlashing(one.id)),
      alone: first ? `${this.#name(first.category)}, ${t(`severity.${first.severity}`)}` : '',
    };
    let point = this.#drawn.get(key);
    if (!point) {
      point = new MapPoint(this.leaflet, this.#map, at, () => this.#chosen(key));
      this.#drawn.set(key, point);
    }
    point.show(at, looks, cluster.inside);
    return key;
  }

  /** Opens a complaint; goes closer to several, or opens the first where they are at one place. */
  #chosen(key: string): void {
    const inside = this.#drawn.get(key)?.inside ?? [];
    const [first] = inside;
    if (!first) return;
    if (inside.length === 1 || this.#map.getZoom() >= CLOSEST) {
      this.onOpen(first.id);
      return;
    }
    const bounds = this.leaflet.latLngBounds([]);
    for (const { latitude, longitude } of inside) if (latitude !== null && longitude !== null) bounds.extend([latitude, longitude]);
    if (bounds.isValid()) this.#map.fitBounds(bounds, { maxZoom: CLOSEST, padding: [40, 40] });
    this.#drawn.get(key)?.blur();
  }
}

function worstOf(complaints: Complaint[]): Severity {
  const worst = complaints.reduce((most, { severity }) => Math.max(most, SEVERITIES.indexOf(severity)), 0);
  return SEVERITIES[worst] ?? 'low';
}

/** Leaflet takes a credit as HTML; ours is text. */
function escaped(text: string): string {
  const box = document.createElement('span');
  box.textContent = text;
  return box.innerHTML;
}
