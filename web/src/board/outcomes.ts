// What the server made of what was done here: its answer is shown at once, before or after the event that says the same.
import type { Claim, Complaint, LiveEvent } from '../../live/src/index.js';
import type { Deed, Result } from '../deed';
import type { Problem } from '../problem';
import { t } from '../i18n';
import type { Desk } from './desk';

interface BulkAnswer {
  results: Result[];
}

export class Outcomes {
  constructor(private readonly desk: Desk) {}

  done(deed: Deed, answer: unknown): void {
    const { desk } = this;
    const told = answer as (Partial<Complaint> & Partial<Claim>) | undefined;
    // The answer to a change is the complaint; the event says the same, before or after.
    if (told?.version !== undefined) this.#agreed(told as Complaint);
    if (deed.kind === 'claim' && told?.holder) desk.people.keepClaim(told as Claim);
    if (deed.kind === 'release') desk.people.claims.delete(deed.complaint);
    if (deed.kind === 'bulk') this.#told(answer as BulkAnswer | undefined);
    if (deed.kind === 'report') desk.messages.add('good', t('board.reported'));
    desk.details.acted(deed);
    desk.changed();
  }

  #told(answer: BulkAnswer | undefined): void {
    const results = answer?.results ?? [];
    const count = results.filter(({ problem }) => !problem).length;
    this.desk.messages.add(count === results.length ? 'good' : 'danger', t('board.bulk_done', { count, all: results.length }));
  }

  refused(deed: Deed, problem: Problem, isOfBulk: boolean): void {
    const { desk } = this;
    if (deed.current) this.#agreed(deed.current);
    const claim = problem.body.current as Partial<Claim> | undefined;
    if (claim?.holder && claim.complaint) desk.people.keepClaim(claim as Claim);
    desk.flashes.add(deed.complaint, false);
    // Where the complaint is looked at, it is said there; of a bulk it is said once.
    if (deed.complaint !== desk.details.id && !isOfBulk) desk.messages.add('danger', t('board.not_done', { action: deed.what }));
    desk.details.refresh();
  }

  /** Shows a complaint as the server answered it, unless something newer was told. */
  #agreed(complaint: Complaint): void {
    const { desk } = this;
    const known = desk.open.find(complaint.id);
    if (known && known.version < complaint.version) {
      // Where it was it is dropped, if it went; where it is now it is shown only to who works there.
      const regions = new Set([known.region, ...(desk.isOwn(complaint.region) ? [complaint.region] : [])]);
      for (const region of regions) desk.open.apply({ type: 'event', region, complaint } as LiveEvent);
    }
    desk.details.agreed(complaint);
  }
}
