// The map of every page: Leaflet on plain ground with the regions' boundaries, and the operator's tiles if there are any.
// Loaded only when a map is shown.
import {
  circleMarker,
  control,
  geoJSON,
  latLngBounds,
  map as leaflet,
  tileLayer,
  type LatLngExpression,
  type Map as LeafletMap,
} from 'leaflet';
import type { Geometry } from 'geojson';
import 'leaflet/dist/leaflet.css';
import './map.css';
import { t } from '../i18n';
import { mapCredit, mapTiles } from '../settings';

export interface Region {
  id: string;
  name: string;
  boundary?: unknown;
}

/** A point in WGS84 degrees. */
export interface Point {
  latitude: number;
  longitude: number;
}

/** A closer look than this says nothing where there are no tiles. */
const CLOSEST = 19;
/** How close a map goes to show one point. */
export const STREET = 16;

/** A map in that element, showing all regions, with their names unless something else says them. */
export function drawMap(element: HTMLElement, regions: Region[], hasNames = true): LeafletMap {
  const map = leaflet(element, { zoomControl: false, attributionControl: false, maxZoom: CLOSEST, zoomSnap: 0.5 });
  control.zoom({ zoomInTitle: t('map.in'), zoomOutTitle: t('map.out') }).addTo(map);
  if (mapTiles) {
    tileLayer(mapTiles, { maxZoom: CLOSEST, referrerPolicy: 'no-referrer' }).addTo(map);
    if (mapCredit) control.attribution({ prefix: false }).addAttribution(asText(mapCredit)).addTo(map);
  }
  drawRegions(map, regions, hasNames);
  return map;
}

/** Leaflet takes HTML for names and credits; ours are text. */
export function asText(text: string): string {
  const element = document.createElement('span');
  element.textContent = text;
  return element.innerHTML;
}

function drawRegions(map: LeafletMap, regions: Region[], hasNames: boolean): void {
  const bounds = latLngBounds([]);
  const shapes = regions.flatMap(({ name, boundary }) => (boundary ? [{ name, shape: geoJSON(boundary as Geometry, { interactive: false, style: { className: 'region' } }) }] : []));
  for (const { shape } of shapes) bounds.extend(shape.getBounds());
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [12, 12] });
  else map.setView([20, 0], 2);
  // Once it is known what is in sight: a name's place is reckoned from it.
  for (const { name, shape } of shapes) {
    shape.addTo(map);
    if (hasNames) shape.bindTooltip(asText(name), { permanent: true, direction: 'center', className: 'region-name' });
  }
}

/** A point that stands out, as a circle: no picture to load, and the same in every scheme. */
export function marker(at: LatLngExpression, className = 'point') {
  return circleMarker(at, { className, radius: 10, interactive: false });
}
