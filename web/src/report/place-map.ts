// The map on which a place is chosen. A chunk of its own, with Leaflet.
import type { CircleMarker, Map as LeafletMap } from 'leaflet';
import { drawMap, marker, STREET, type Point, type Region } from '../map/map';

export class PlaceMap {
  readonly #map: LeafletMap;
  #marker: CircleMarker | undefined;

  constructor(element: HTMLElement, regions: Region[], onChoose: (point: Point) => void) {
    this.#map = drawMap(element, regions);
    this.#map.on('click', ({ latlng }) => {
      const { lat, lng } = latlng.wrap();
      onChoose({ latitude: lat, longitude: lng });
    });
  }

  /** Shows the chosen point, and goes there when it is out of sight. */
  show(point: Point | null): void {
    this.#marker?.remove();
    this.#marker = undefined;
    if (!point) return;
    const at = { lat: point.latitude, lng: point.longitude };
    this.#marker = marker(at).addTo(this.#map);
    if (!this.#map.getBounds().contains(at)) this.#map.setView(at, STREET);
  }

  /** The middle of what is seen. */
  middle(): Point {
    const { lat, lng } = this.#map.getCenter().wrap();
    return { latitude: lat, longitude: lng };
  }

  remove(): void {
    this.#map.remove();
  }
}
