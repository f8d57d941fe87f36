//! The regions of a session: admission, joining, leaving, and what its client has seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::{ActorFutureExt, AsyncContext, WrapFuture};

use super::super::protocol::{ErrorCode, Position, ServerMessage};
use super::super::subscribe::{Failure, Subscription};
use super::{Ctx, Watch, WsSession};
use crate::actors::registry::shard::{Leave, Seen};
use crate::domain::account::Identity;
use crate::domain::region::RegionId;

impl WsSession {
    /// The region, when this session may watch it now.
    pub(super) fn admit(
        &self,
        region: &str,
        identity: &Identity,
    ) -> Result<RegionId, (ErrorCode, &'static str)> {
        let region = RegionId::parse(region)
            .map_err(|(_, _)| (ErrorCode::UnknownRegion, "there is no such region"))?;
        if !self.deps.catalogue.get().regions.contains_key(&region) {
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

    pub(super) fn subscribe(
        &mut self,
        id: Option<u64>,
        region: RegionId,
        since: Option<Position>,
        snapshot: bool,
        presence: bool,
        ctx: &mut Ctx,
    ) {
        let subscription = Subscription {
            id,
            region: region.clone(),
            since,
            snapshot,
            presence,
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
        self.regions.insert(region, Watch::Joining(join));
    }

    fn joined(&mut self, id: Option<u64>, region: RegionId, outcome: Result<(), Failure>) {
        match outcome {
            Ok(()) => {
                self.regions.insert(region, Watch::Live);
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
        match self.regions.remove(&region) {
            None => {
                return self.refuse(
                    id,
                    ErrorCode::BadRequest,
                    "this session does not watch the region",
                );
            }
            Some(Watch::Joining(join)) => {
                ctx.cancel_future(join);
            }
            Some(Watch::Live) => {}
        }
        let shard = self.shard.clone();
        let leave = Leave {
            session: self.id,
            region: region.clone(),
        };
        let left = async move { shard.leave(leave).await };
        ctx.wait(left.into_actor(self).map(move |(), session, _| {
            session.say(&ServerMessage::Unsubscribed {
                id,
                region: &region,
                code: "client",
            });
        }));
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
