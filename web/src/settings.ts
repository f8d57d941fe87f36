// What the server tells a page in its head: the operator's settings that a page needs before it asks for anything.

function told(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="redress-${name}"]`)?.content ?? '';
}

/** Address template of map tiles with {z}, {x} and {y}; empty: boundaries and points are drawn on plain ground. */
export const mapTiles: string = told('map-tiles');

/** Whom the map tiles are owed to; text, not HTML. */
export const mapCredit: string = told('map-credit');

/** Where the operator's dashboards are, told to the administrators' page alone; empty: nowhere. */
export const dashboards: string = told('dashboards');
