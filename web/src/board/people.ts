// Who is online where, who is on the way to which complaint, and what people are called: as the live feed tells it.
import type { Claim, ClaimsMessage, Person, PresenceMessage } from '../../live/src/index.js';

export class People {
  /** By complaint. */
  readonly claims = new Map<string, Claim>();
  /** By region and account. */
  readonly presence = new Map<string, Map<string, Person>>();
  /** By account; empty where nobody could say. */
  readonly names = new Map<string, string>();

  present(message: PresenceMessage): void {
    if (message.officers) this.presence.set(message.region, new Map());
    const here = this.presence.get(message.region) ?? new Map<string, Person>();
    this.presence.set(message.region, here);
    for (const person of [...(message.officers ?? []), ...(message.joined ?? [])]) {
      here.set(person.id, person);
      this.names.set(person.id, person.name);
    }
    for (const { id } of message.left ?? []) here.delete(id);
  }

  claimed(message: ClaimsMessage): void {
    if (message.claims) {
      for (const [id, claim] of this.claims) if (claim.region === message.region) this.claims.delete(id);
    }
    for (const claim of [...(message.claims ?? []), ...(message.claimed ?? [])]) this.keepClaim(claim);
    for (const { complaint } of message.released ?? []) this.claims.delete(complaint);
  }

  keepClaim(claim: Claim): void {
    this.claims.set(claim.complaint, claim);
    this.names.set(claim.holder.id, claim.holder.name);
  }
}
