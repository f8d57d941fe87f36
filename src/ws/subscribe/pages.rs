//! Sends from the table what the shard does not hold any more, page by page.

use super::super::protocol::Mode;
use super::{EVENTS, Failure, Subscription};
use crate::actors::registry::shard::{Approach, Reached};
use crate::domain::event::Event;
use crate::store::events;

impl Subscription {
    /// Sends a page from the table, after the answer if that was not given yet.
    pub(super) async fn read_on(
        &self,
        approach: &mut Approach,
        announce: &mut Option<Mode>,
        head: i64,
    ) -> Result<Reached, Failure> {
        let mut told = approach.seq();
        let page = events::after(&self.deps.store, &self.region, told, EVENTS).await?;
        let numbers = page.events.iter().map(|event| event.seq);
        let reached = approach.reach(page.floor, head, numbers);
        let Reached::Further(last) = reached else {
            return Ok(reached);
        };
        if let Some(mode) = announce.take() {
            self.send(self.subscribed(mode, head)).await?;
        }
        for event in page.events.iter().filter(|event| self.wants(event)) {
            self.skip_to(event.seq - 1, told).await?;
            let message = event.message(&self.region);
            let message = self.form().message("event", Some(event.seq), &message);
            self.send(message).await?;
            told = event.seq;
        }
        self.skip_to(last, told).await?;
        approach.told(last);
        Ok(reached)
    }

    fn wants(&self, event: &Event) -> bool {
        let filter = self.filter.as_ref();
        filter.is_none_or(|filter| filter.matches(event.sides().map(AsRef::as_ref)))
    }

    /// Marks that there was nothing more up to `seq`, for a client that was told everything up to `told`.
    async fn skip_to(&self, seq: i64, told: i64) -> Result<(), Failure> {
        if seq == told {
            return Ok(());
        }
        self.send(self.form().skipped_to(&self.region, seq)).await
    }
}
