//! What the sessions of a shard may watch: a region that an account has lost is left at once, whether or
//! not its session has heard of it.

use actix::{Context, Handler};
use uuid::Uuid;

use super::super::{Order, Regrant};
use super::RegistryShard;
use crate::domain::account::Identity;
use crate::domain::region::RegionId;

impl RegistryShard {
    /// Takes over who a session belongs to now: leaves the regions that it has lost, and tells it when
    /// there are others than before.
    pub(super) fn grant(&mut self, session: Uuid, identity: Identity) {
        let Some(entered) = self.sessions.get_mut(&session) else {
            return;
        };
        let before = std::mem::replace(&mut entered.peer.identity, identity.clone());
        self.census.changed(before.role, identity.role);
        if before.regions == identity.regions {
            return;
        }
        let is_lost = |region: &&RegionId| !identity.may_work_in(region);
        let lost: Vec<RegionId> = entered.regions.keys().filter(is_lost).cloned().collect();
        Self::tell(entered, Order::Grants(identity));
        for region in &lost {
            self.leave(session, region);
        }
    }
}

impl Handler<Regrant> for RegistryShard {
    type Result = ();

    fn handle(&mut self, Regrant(grants): Regrant, ctx: &mut Context<Self>) {
        for (session, identity) in grants.iter() {
            // Another login has taken the session over meanwhile: what was read is not of it.
            let entered = self.sessions.get(session);
            if entered.is_some_and(|entered| entered.peer.identity.login == identity.login) {
                self.grant(*session, identity.clone());
            }
        }
        self.report_counts(ctx);
    }
}
