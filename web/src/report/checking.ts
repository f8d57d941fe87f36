// What is at fault in a report: before the server is asked, and as it answered.
import { has, t } from '../i18n';
import type { Region } from '../map/map';
import type { Problem } from '../problem';
import type { Draft, Faults, FieldName } from './draft';
import { isRegionNeeded } from './place';

/** What is not there yet, before the server is asked. */
export function missing(draft: Draft, regions: Region[]): Faults {
  const faults: Faults = {};
  if (!draft.category) faults.category = t('report.fault.category');
  if (!draft.description.trim()) faults.description = t('report.fault.description');
  if (!draft.point && !draft.address.trim()) faults.place = t('report.fault.place');
  else if (isRegionNeeded(regions, draft.point) && !draft.region) faults.region = t('report.fault.region');
  return faults;
}

const FIELDS: Record<string, FieldName> = {
  latitude: 'place',
  longitude: 'place',
  address: 'place',
  'reporter.name': 'name',
  'reporter.email': 'email',
  'reporter.phone': 'phone',
};

/** What the server found, at our fields. */
export function faultsOf(problem: Problem): Faults {
  const faults: Faults = {};
  for (const { field, message } of problem.body.errors ?? []) {
    const name = FIELDS[field] ?? (field as FieldName);
    const key = `report.fault.${name}`;
    faults[name] = has(key) ? t(key) : t('report.fault.server', { detail: message });
  }
  return faults;
}

/** Faults that are left when fields were changed. */
export function without(faults: Faults, changed: Partial<Draft>): Faults {
  const left = { ...faults };
  for (const name of Object.keys(changed)) delete left[name as FieldName];
  if ('point' in changed || 'address' in changed) delete left.place;
  if ('point' in changed) delete left.region;
  return left;
}

/** Goes to the first field at fault, else to what is said about all of them. */
export function focusFault(): void {
  requestAnimationFrame(() => {
    const first = document.querySelector<HTMLElement>('[aria-invalid="true"], .fault');
    const target = first?.matches('input, select, textarea') ? first : first?.closest('fieldset')?.querySelector<HTMLElement>('input, button, textarea');
    (target ?? document.querySelector<HTMLElement>('.notice.danger'))?.focus();
    (first ?? document.querySelector('.notice.danger'))?.scrollIntoView({ block: 'center' });
  });
}
