//! The sessions that want the same of a region: what is made for one of them is made for all.
//!
//! Those with a filter get only what suits it. The numbers between are covered by marks (`skipped_to`), so
//! that a client knows at each event that nothing is missing: one right before the next event that
//! suits, otherwise one now and then, and none while nothing happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use indexmap::IndexMap;
use uuid::Uuid;

use super::super::queue::{Held, OutQueue};
use super::super::wave::{Tally, Wave};
use super::super::{Form, PublishedEvent};
use crate::domain::event::Filter;
use crate::domain::region::RegionId;
use crate::telemetry::metrics::PushMetrics;

/// So many queues are looked at, and then held, before a wave goes to them: among thousands of sockets none is in the
/// processor's cache when its turn comes.
const BLOCK: usize = 128;

/// What the sessions of a group want.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    /// `None`: everything.
    pub(super) filter: Option<Arc<Filter>>,
    /// In what form.
    pub(super) form: Form,
}

impl Wanted {
    /// Whether it is served with the bytes that were published.
    fn is_as_published(&self) -> bool {
        self.filter.is_none() && self.form == Form::WebSocket
    }

    /// Events that suit, in this form and each behind the mark that it needs, and the number of the last
    /// one: what somebody gets who was told everything up to `told`.
    pub(super) fn made(
        &self,
        region: &RegionId,
        mut told: i64,
        suiting: impl Iterator<Item = PublishedEvent>,
    ) -> (Vec<PublishedEvent>, i64) {
        let make = |event: PublishedEvent| {
            let before = std::mem::replace(&mut told, event.seq);
            let mut frame = self.form.event(&event);
            if event.seq != before + 1 {
                frame = joined(&self.form.skipped_to(region, event.seq - 1), &frame);
            }
            PublishedEvent { frame, ..event }
        };
        (suiting.map(make).collect(), told)
    }
}

/// The sessions.
pub(super) struct Group {
    /// In the order in which they came, as their sockets mostly lie in the system's memory: a wave that goes
    /// through it in that order finds more of it at hand than one in a hash table's order.
    members: IndexMap<Uuid, Arc<OutQueue>>,
    /// Everything up to this number was dealt with, as far as the members were told.
    told: i64,
    told_at: Instant,
}

impl Group {
    /// A group without members, in a region that was published up to `told`.
    pub(super) fn at(told: i64) -> Self {
        Self {
            members: IndexMap::new(),
            told,
            told_at: Instant::now(),
        }
    }

    pub(super) fn add(&mut self, session: Uuid, queue: Arc<OutQueue>) {
        self.members.insert(session, queue);
    }

    pub(super) fn remove(&mut self, session: Uuid) {
        self.members.swap_remove(&session);
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn told(&self) -> i64 {
        self.told
    }

    /// Sends what suits of the next events to every member.
    pub(super) fn send(
        &mut self,
        region: &RegionId,
        wanted: &Wanted,
        events: &[PublishedEvent],
        metrics: &PushMetrics,
    ) {
        let waves = if wanted.is_as_published() {
            self.told = events.last().map_or(self.told, |event| event.seq);
            Wave::all_of(events)
        } else {
            let filter = wanted.filter.as_deref();
            let suiting = events.iter().filter(|event| event.suits(filter)).cloned();
            let (made, told) = wanted.made(region, self.told, suiting);
            if told > self.told {
                (self.told, self.told_at) = (told, Instant::now());
            }
            Wave::all_of(&made)
        };
        if !waves.is_empty() {
            self.push(&waves, metrics);
        }
    }

    fn push(&self, waves: &[Wave], metrics: &PushMetrics) {
        let events: u64 = waves.iter().map(|wave| wave.events).sum();
        let mut tally = Tally::new(metrics);
        let members: Vec<&OutQueue> = self.members.values().map(Arc::as_ref).collect();
        let mut blocks = members.chunks(BLOCK).peekable();
        while let Some(block) = blocks.next() {
            block.iter().for_each(|queue| queue.glance());
            let mut held: Vec<Held<'_>> = block.iter().map(|queue| queue.hold()).collect();
            let open = held.iter().filter(|queue| queue.is_open()).count();
            tally.delivered(events * open as u64);
            // Before the last write: whoever has seen the wave arrive everywhere finds it counted.
            if blocks.peek().is_none() {
                tally.flush();
            }
            for wave in waves {
                tally.sent(wave, &wave.send(&mut held));
            }
        }
        tally.flush();
    }

    /// Tells the members that everything up to `published` was dealt with, when they were told nothing for
    /// a `pause`.
    pub(super) fn mark(&mut self, region: &RegionId, form: &Form, published: i64, pause: Duration) {
        if self.told >= published || self.told_at.elapsed() < pause {
            return;
        }
        (self.told, self.told_at) = (published, Instant::now());
        let mark = form.skipped_to(region, published);
        for queue in self.members.values() {
            queue.push(mark.clone());
        }
    }
}

/// Two frames in one piece.
fn joined(first: &Bytes, second: &Bytes) -> Bytes {
    let mut both = BytesMut::with_capacity(first.len() + second.len());
    both.extend_from_slice(first);
    both.extend_from_slice(second);
    both.freeze()
}
