// One complaint on the map, or several as one: a marker that is changed in place while events come in.
import type * as Leaflet from 'leaflet';
import type { Complaint, Severity } from '../../live/src/index.js';
import { language, t } from '../i18n';

/** All that is to be seen of it. */
export interface Looks {
  count: number;
  worst: Severity;
  isSelected: boolean;
  isFlashing: boolean;
  /** What it is called when it is one. */
  alone: string;
}

export class MapPoint {
  inside: Complaint[] = [];
  readonly #marker: Leaflet.Marker;
  readonly #face = document.createElement('span');
  readonly #element: HTMLElement;
  #looks = '';
  #marks: string[] = [];
  #size = 0;

  constructor(leaflet: typeof Leaflet, map: Leaflet.Map, at: Leaflet.LatLng, onChosen: () => void) {
    // Its size is set with its looks.
    const icon = leaflet.divIcon({ className: 'point', html: this.#face });
    this.#marker = leaflet.marker(at, { keyboard: true, icon }).addTo(map);
    this.#marker.on('click', onChosen).on('keydown', (event) => {
      if (event.originalEvent.key === 'Enter') onChosen();
    });
    this.#element = this.#marker.getElement() as HTMLElement;
  }

  remove(): void {
    this.#marker.remove();
  }

  blur(): void {
    this.#element.blur();
  }

  show(at: Leaflet.LatLng, looks: Looks, inside: Complaint[]): void {
    this.inside = inside;
    if (!this.#marker.getLatLng().equals(at)) this.#marker.setLatLng(at);
    const key = `${language()} ${Object.values(looks).join()}`;
    if (key === this.#looks) return;
    this.#looks = key;
    const { count, worst, isSelected, isFlashing, alone } = looks;
    this.#face.textContent = count > 1 ? compact(count) : '';
    this.#element.setAttribute('aria-label', count > 1 ? t('board.cluster', { count }) : alone);
    this.#mark([count > 1 ? 'many' : 'one', worst, ...(isSelected ? ['selected'] : []), ...(isFlashing ? ['flash'] : [])]);
    this.#resize(count === 1 ? 24 : Math.min(64, 32 + Math.round(Math.log10(count) * 10)));
  }

  /** Only what differs: Leaflet has classes of its own on the element, and a flash must not begin anew. */
  #mark(marks: string[]): void {
    for (const gone of this.#marks.filter((mark) => !marks.includes(mark))) this.#element.classList.remove(gone);
    for (const come of marks.filter((mark) => !this.#marks.includes(mark))) this.#element.classList.add(come);
    this.#marks = marks;
  }

  #resize(size: number): void {
    if (size === this.#size) return;
    this.#size = size;
    Object.assign(this.#element.style, { width: `${size}px`, height: `${size}px`, marginLeft: `${-size / 2}px`, marginTop: `${-size / 2}px` });
  }
}

function compact(count: number): string {
  return count < 1000 ? String(count) : new Intl.NumberFormat(language(), { notation: 'compact' }).format(count);
}
