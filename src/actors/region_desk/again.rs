//! Publishing again what a shard has missed.

use std::time::Instant;

use actix::{ActorFutureExt, AsyncContext, Context, Handler, WrapFuture};
use fail::fail_point;

use super::{PAGE, RegionDesk, Republish};
use crate::domain::event::Event;
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
            let events: Vec<Event> = match page {
                Ok(page) => page
                    .into_iter()
                    .take_while(|event| event.seq <= head)
                    .collect(),
                Err(error) => return desk.note_failure("read events again", &error),
            };
            let now = Instant::now();
            let frames = events.iter().map(|event| desk.framed(event, now)).collect();
            if !desk.publish(head, frames, ctx) {
                slog_scope::debug!("the registry is busy; its shards ask again");
            }
        }));
    }
}
