// The short number by which people speak of a complaint: the last eight digits of its id, which are random.

/** `2E98-75D0` of `01a20fc8-216b-70c5-a9b0-dbfd2e9875d0`. */
export function number(id: string): string {
  const digits = id.replace(/-/g, '').slice(-8).toUpperCase();
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
