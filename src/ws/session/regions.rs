//! The regions of a session: admission, joining, leaving, and what its client has seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, WrapFuture};
use fail::fail_point;

use super::super::protocol::{ErrorCode, ServerMessage, SubscribeMessage};
use super::super::subscribe::{Failure, Subscription};
use super::{Ctx, Stage, Watch, WsSession};
use crate::actors::registry::shard::{Leave, Seen};
use crate::domain::account::Identity;
use crate::domain::catalogue::Catalogue;
use crate::domain::region::RegionId;

impl WsSession {
    /// Begins a subscription, or says why not.
    pub(super) fn subscribe(
        &mut self,
        asked: SubscribeMessage,
        identity: &Identity,
        ctx: &mut Ctx,
    ) {
        let (id, catalogue) = (asked.id, self.deps.catalogue.get());
        let region = match self.admit(&asked.region, identity, &catalogue) {
            Ok(region) => region,
            Err((code, message)) => return self.refuse(id, code, message),
        };
        let filter = asked.filter.unwrap_or_default();
        let filter = match filter.parse(identity.account, &catalogue) {
            Ok(filter) => filter,
            Err(message) => return self.refuse(id, ErrorCode::BadRequest, &message),
        };
        let subscription = Subscription {
            id,
            region: region.clone(),
            since: asked.since,
            snapshot: asked.snapshot,
            filter,
            presence: asked.presence,
            session: self.id,
            shard: self.shard.clone(),
            queue: Arc::clone(&self.queue),
            deps: Arc::clone(&self.deps),
        };
        let joined = region.clone();
        let join = ctx.spawn(subscription.join().into_actor(self).map(
            move |outcome, session, _| {
                session.joined(id, joined, outcome);
            },
        ));
        self.regions.insert(region, Watch::Joining(join, id));
    }

    /// The region, when this session may watch it now.
    fn admit(
        &self,
        region: &str,
        identity: &Identity,
        catalogue: &Catalogue,
    ) -> Result<RegionId, (ErrorCode, &'static str)> {
        let region = RegionId::parse(region)
            .map_err(|(_, _)| (ErrorCode::UnknownRegion, "there is no such region"))?;
        if !catalogue.regions.contains_key(&region) {
            return Err((ErrorCode::UnknownRegion, "there is no such region"));
        }
        if !identity.may_work_in(&region) {
            return Err((ErrorCode::Forbidden, "this region is not granted to you"));
        }
        if self.regions.contains_key(&region) {
            return Err((
                ErrorCode::AlreadySubscribed,
                "this session watches the region already",
            ));
        }
        if self.regions.len() >= self.deps.live.max_regions {
            return Err((
                ErrorCode::TooManyRegions,
                "this session watches as many regions as it may",
            ));
        }
        Ok(region)
    }

    fn joined(&mut self, id: Option<u64>, region: RegionId, outcome: Result<(), Failure>) {
        match outcome {
            Ok(()) => {
                self.regions.insert(region, Watch::Live);
            }
            Err(Failure::Forbidden) => {
                self.regions.remove(&region);
                self.say_left(id, &region, "forbidden");
            }
            Err(failure) => {
                self.regions.remove(&region);
                self.refuse(id, failure.code(), &failure.to_string());
            }
        }
    }

    /// Leaves at the shard first: no event of the region follows the answer.
    pub(super) fn unsubscribe(&mut self, id: Option<u64>, region: &str, ctx: &mut Ctx) {
        let region = RegionId::from_stored(region);
        let Some(leave) = self.give_up(&region, ctx) else {
            let reason = "this session does not watch the region";
            return self.refuse(id, ErrorCode::BadRequest, reason);
        };
        let shard = self.shard.clone();
        let left = async move { shard.leave(leave).await };
        ctx.wait(left.into_actor(self).map(move |(), session, _| {
            session.say_left(id, &region, "client");
        }));
    }

    /// Takes over the regions that the account may watch now; those that it has lost are left, and the
    /// client hears of both.
    pub(super) fn adopt(&mut self, identity: Identity, ctx: &mut Ctx) {
        fail_point!(&format!("{}/ws_session/adopt", self.deps.node), |_| ());
        let is_lost = |region: &&RegionId| !identity.may_work_in(region);
        let lost: Vec<RegionId> = self.regions.keys().filter(is_lost).cloned().collect();
        let asked = |region: RegionId| match self.regions.get(&region) {
            // Whoever waits for an answer to its message has it here.
            Some(Watch::Joining(_, id)) => (region, *id),
            Some(Watch::Live) | None => (region, None),
        };
        let lost: Vec<_> = lost.into_iter().map(asked).collect();
        let regions = lost.iter().map(|(region, _)| region);
        let leaves: Vec<Leave> = regions.filter_map(|one| self.give_up(one, ctx)).collect();
        let (shard, granted) = (self.shard.clone(), self.granted(&identity));
        self.stage = Stage::Connected(identity);
        let left = async move {
            // The shard has left them; a join that was on its way when it did is undone too.
            for leave in leaves {
                shard.leave(leave).await;
            }
        };
        ctx.wait(left.into_actor(self).map(move |(), session, _| {
            for (region, id) in lost {
                session.say_left(id, &region, "forbidden");
            }
            session.say(&ServerMessage::Granted { regions: granted });
        }));
    }

    /// Watches a region no more; what is to be said to the shard, if it was watched.
    fn give_up(&mut self, region: &RegionId, ctx: &mut Ctx) -> Option<Leave> {
        if let Watch::Joining(join, _) = self.regions.remove(region)? {
            ctx.cancel_future(join);
        }
        Some(Leave {
            session: self.id,
            region: region.clone(),
        })
    }

    fn say_left(&self, id: Option<u64>, region: &RegionId, code: &'static str) {
        self.say(&ServerMessage::Unsubscribed { id, region, code });
    }

    pub(super) fn note_seen(&self, seen: BTreeMap<String, i64>) {
        let known = |(region, number): (String, i64)| {
            let region = RegionId::from_stored(&region);
            self.regions
                .contains_key(&region)
                .then_some((region, number))
        };
        let numbers: BTreeMap<_, _> = seen.into_iter().filter_map(known).collect();
        if !numbers.is_empty() {
            self.shard.seen(Seen {
                session: self.id,
                numbers,
            });
        }
    }
}
