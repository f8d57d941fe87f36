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
use super::super::wave::{Tally, Wave};
use super::super::{Publish, PublishedEvent};
use crate::actors::region_desk::Republish;
use crate::telemetry::metrics::PushMetrics;

/// How long a region's recent events are kept after its last watcher left: a mass reconnect needs them.
const KEEP_UNWATCHED: Duration = Duration::from_secs(120);

/// What a shard knows of one region.
pub(super) struct Region {
    pub(super) recent: Recent,
    watchers: HashMap<Uuid, Arc<OutQueue>>,
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
            watchers: HashMap::new(),
            unsent: Vec::new(),
            unwatched_since: Instant::now(),
            desk: None,
            asked_behind: None,
            behind_at_last_poll: false,
        }
    }

    /// Takes the next events for the next wave. Asks the desk when some before them, or up to the
    /// announced head, were missed.
    pub(super) fn take(&mut self, publish: &Publish, recent_bytes: usize) {
        self.desk = Some(Arc::clone(&publish.desk));
        let most_bytes = if self.is_watched() { recent_bytes } else { 0 };
        for event in publish.events.iter() {
            if self.recent.push(event, most_bytes) && !self.watchers.is_empty() {
                self.unsent.push(event.clone());
            }
        }
        let announced = publish.events.is_empty();
        if self.recent.published() < publish.head {
            self.ask_again(announced);
        }
    }

    /// Sends what was taken to every watcher.
    pub(super) fn send_wave(&mut self, metrics: &PushMetrics) {
        if self.unsent.is_empty() {
            return;
        }
        let waves = Wave::all_of(&std::mem::take(&mut self.unsent));
        let events: u64 = waves.iter().map(|wave| wave.events).sum();
        let mut tally = Tally::new(metrics);
        let mut watchers = self.watchers.values().peekable();
        while let Some(queue) = watchers.next() {
            if !queue.has_ended() {
                tally.delivered(events);
            }
            // Before the last write: whoever has seen the wave arrive everywhere finds it counted.
            if watchers.peek().is_none() {
                tally.flush();
            }
            for wave in &waves {
                let written = queue.push_wave(wave).unwrap_or_default();
                tally.sent(wave, written);
            }
        }
        tally.flush();
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
    pub(super) fn watch(&mut self, session: Uuid, queue: Arc<OutQueue>) {
        self.watchers.insert(session, queue);
    }

    /// Delivers to this session no more.
    pub(super) fn unwatch(&mut self, session: Uuid) {
        if self.watchers.remove(&session).is_some() && self.watchers.is_empty() {
            self.unwatched_since = Instant::now();
        }
    }

    /// Sessions to which it delivers.
    pub(super) fn watchers(&self) -> usize {
        self.watchers.len()
    }

    /// Whether its events are worth keeping.
    fn is_watched(&self) -> bool {
        !self.watchers.is_empty() || self.unwatched_since.elapsed() < KEEP_UNWATCHED
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
