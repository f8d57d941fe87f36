//! How a shard sends what desks publish: taken in sequence at once, sent in waves.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context, Handler};
use fail::fail_point;

use super::super::{CloseCode, Disconnect, Publish};
use super::{Region, RegistryShard};
use crate::domain::region::RegionId;

impl Handler<Publish> for RegistryShard {
    type Result = ();

    fn handle(&mut self, publish: Publish, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/registry_shard/publish",
            self.deps.supervision.node
        ));
        self.take(&publish, ctx);
    }
}

impl RegistryShard {
    /// Takes what was published; it is sent when the other tasks of the thread have had a turn, in
    /// one wave with all that is published until then.
    fn take(&mut self, publish: &Publish, ctx: &mut Context<Self>) {
        let region = self.regions.entry(publish.region.clone());
        let region = region.or_insert_with(|| Region::before(publish));
        if !region.take(publish, self.deps.recent_bytes) {
            self.end_watchers(&publish.region);
        }
        if !self.is_wave_planned {
            self.is_wave_planned = true;
            let turn = wrap_future(tokio::task::yield_now());
            ctx.spawn(turn.map(|(), shard: &mut Self, _| shard.send_waves()));
        }
    }

    /// Ends the sessions that watch a region of which they cannot be told what comes next: they come back, and get
    /// a snapshot.
    fn end_watchers(&self, region: &RegionId) {
        let order = Disconnect {
            code: CloseCode::Internal,
            reason: "what was to come next has been erased; come back for a snapshot",
        };
        let watching = self.sessions.values();
        let watching = watching.filter(|entered| entered.regions.contains_key(region));
        watching.for_each(|entered| Self::order(entered, &order));
    }

    /// Sends what was taken and not yet sent.
    pub(super) fn send_waves(&mut self) {
        self.is_wave_planned = false;
        let metrics = &self.deps.supervision.metrics.push;
        for (id, region) in &mut self.regions {
            region.send_wave(id, metrics);
        }
    }
}
