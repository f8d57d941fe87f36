//! How a shard sends what desks publish: taken in sequence at once, sent in waves.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context, Handler};
use fail::fail_point;

use super::super::Publish;
use super::{Region, RegistryShard};

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
        self.regions
            .entry(publish.region.clone())
            .or_insert_with(|| Region::before(publish))
            .take(publish, self.deps.recent_bytes);
        if !self.is_wave_planned {
            self.is_wave_planned = true;
            let turn = wrap_future(tokio::task::yield_now());
            ctx.spawn(turn.map(|(), shard: &mut Self, _| shard.send_waves()));
        }
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
