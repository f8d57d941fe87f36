//! What a shard missed is published again, as far as it is still there.

use std::time::Instant;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, WrapFuture};
use fail::fail_point;

use super::{PAGE, RegionDesk, Republish};
use crate::store::events;

impl Handler<Republish> for RegionDesk {
    type Result = ();

    /// A page at a time: a shard that still misses some asks again.
    fn handle(&mut self, Republish { after }: Republish, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/region_desk/republish",
            self.deps.supervision.node
        ));
        let head = self.tally.map_or(0, |tally| tally.head);
        if after >= head {
            return;
        }
        let (store, region) = (self.deps.store.clone(), self.deps.region.clone());
        let read = async move { events::after(&store, &region, after, PAGE).await };
        ctx.spawn(read.into_actor(self).map(move |page, desk, ctx| {
            let page = match page {
                Ok(page) => page,
                Err(error) => return desk.note_failure("read events again", &error),
            };
            desk.raise_floor(page.floor);
            // Below the floor they are gone: the floor alone says so.
            let is_whole = page.floor <= after;
            let known = page.events.iter().filter(|_| is_whole);
            let known = known.take_while(|event| event.seq <= head);
            let now = Instant::now();
            let frames = known.map(|event| desk.framed(event, now)).collect();
            if !desk.publish(head, frames, ctx) {
                slog_scope::debug!("the registry is busy; its shards ask again");
            }
        }));
    }
}
