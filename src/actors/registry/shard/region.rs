//! What a shard knows of one region: its recent events, its watchers, and whom to ask for more.
//!
//! Events are taken in sequence at once and sent with the next wave, so that all that came meanwhile
//! goes out in one write a watcher. A wave goes out before anything that tells how far the region is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::Recipient;
use uuid::Uuid;

use super::super::queue::OutQueue;
use super::super::recent::Recent;
use super::super::{Publish, PublishedEvent};
use super::group::{Group, Wanted};
use crate::actors::region_desk::Republish;
use crate::domain::region::RegionId;
use crate::telemetry::metrics::PushMetrics;

/// How long a region's recent events are kept after its last watcher left: a mass reconnect needs them.
const KEEP_UNWATCHED: Duration = Duration::from_secs(120);

/// What a shard knows of one region.
pub(super) struct Region {
    pub(super) recent: Recent,
    /// Those who watch, by what they want.
    groups: HashMap<Wanted, Group>,
    /// Taken, and not yet sent to the watchers.
    unsent: Vec<PublishedEvent>,
    unwatched_since: Instant,
    /// Whom to ask for what was missed.
    desk: Option<Arc<Recipient<Republish>>>,
    /// Behind which number the desk was asked last: asked once each, or shards that miss many
    /// pages would ask for every page they are sent, twice as often with each page.
    asked_behind: Option<i64>,
    behind_at_last_poll: bool,
}

impl Region {
    /// A region of which everything up to `published` is in the database.
    pub(super) fn at(published: i64) -> Self {
        Self {
            recent: Recent::at(published),
            groups: HashMap::new(),
            unsent: Vec::new(),
            unwatched_since: Instant::now(),
            desk: None,
            asked_behind: None,
            behind_at_last_poll: false,
        }
    }

    /// A region that is heard of for the first time by what was published of it.
    pub(super) fn before(publish: &Publish) -> Self {
        let first = publish.events.first();
        Self::at(first.map_or(publish.head, |event| event.seq - 1))
    }

    /// Takes the next events for the next wave. Asks the desk when some before them, or up to the
    /// announced head, were missed. `false` when what comes next is gone: those who watch cannot be told it, the
    /// region begins anew behind it and delivers to nobody.
    #[must_use]
    pub(super) fn take(&mut self, publish: &Publish, recent_bytes: usize) -> bool {
        self.desk = Some(Arc::clone(&publish.desk));
        let most_bytes = if self.is_watched() { recent_bytes } else { 0 };
        for event in publish.events.iter() {
            if self.recent.push(event, most_bytes) && !self.groups.is_empty() {
                self.unsent.push(event.clone());
            }
        }
        let is_whole = self.forget_upto(publish.floor);
        let announced = publish.events.is_empty();
        if self.recent.published() < publish.head {
            self.ask_again(announced || !is_whole);
        }
        is_whole
    }

    /// Forgets what may be gone; `false` when it had not come here yet.
    fn forget_upto(&mut self, floor: i64) -> bool {
        self.recent.forget_upto(floor);
        let is_whole = self.recent.published() >= floor;
        if !is_whole {
            self.recent = Recent::at(floor);
            self.unsent.clear();
            self.groups.clear();
            self.unwatched_since = Instant::now();
        }
        is_whole
    }

    /// Sends what was taken to those who want it.
    pub(super) fn send_wave(&mut self, region: &RegionId, metrics: &PushMetrics) {
        if self.unsent.is_empty() {
            return;
        }
        let events = std::mem::take(&mut self.unsent);
        for (wanted, group) in &mut self.groups {
            group.send(region, wanted, &events, metrics);
        }
    }

    /// Marks how far the region is for those who wanted nothing of it for a `pause`.
    pub(super) fn send_marks(&mut self, region: &RegionId, pause: Duration) {
        let published = self.recent.published();
        for (wanted, group) in &mut self.groups {
            group.mark(region, &wanted.form, published, pause);
        }
    }

    /// How far those who want the same were told that the region is.
    pub(super) fn told(&self, wanted: &Wanted) -> i64 {
        let group = self.groups.get(wanted);
        let group = group.filter(|_| wanted.filter.is_some());
        group.map_or(self.recent.published(), Group::told)
    }

    /// What is behind the database at two polls in a row was missed, not merely on its way.
    pub(super) fn head_polled(&mut self, head: i64) {
        let behind = self.recent.published() < head;
        if behind && self.behind_at_last_poll {
            self.ask_again(true);
        }
        self.behind_at_last_poll = behind;
        if !self.is_watched() {
            self.recent.forget();
        }
    }

    /// Delivers to this session from now on.
    pub(super) fn watch(&mut self, session: Uuid, wanted: &Wanted, queue: Arc<OutQueue>) {
        let published = self.recent.published();
        let group = self.groups.entry(wanted.clone());
        group
            .or_insert_with(|| Group::at(published))
            .add(session, queue);
    }

    /// Delivers to this session no more.
    pub(super) fn unwatch(&mut self, session: Uuid, wanted: &Wanted) {
        let Some(group) = self.groups.get_mut(wanted) else {
            return;
        };
        group.remove(session);
        if group.len() == 0 {
            self.groups.remove(wanted);
            self.unwatched_since = Instant::now();
        }
    }

    /// Sessions to which it delivers.
    pub(super) fn watchers(&self) -> usize {
        self.groups.values().map(Group::len).sum()
    }

    /// Whether its events are worth keeping.
    fn is_watched(&self) -> bool {
        !self.groups.is_empty() || self.unwatched_since.elapsed() < KEEP_UNWATCHED
    }

    /// Asks the desk for what comes behind the last event here; `anew`: even if it was asked before.
    fn ask_again(&mut self, anew: bool) {
        let Some(desk) = &self.desk else { return };
        let after = self.recent.published();
        if self.asked_behind == Some(after) && !anew {
            return;
        }
        self.asked_behind = match desk.try_send(Republish { after }) {
            Ok(()) => Some(after),
            // A busy desk is asked again with the next event or poll.
            Err(_busy) => None,
        };
    }
}
