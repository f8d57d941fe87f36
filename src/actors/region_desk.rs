//! A region's desk: its commands in order, its events in sequence, its status counts.
//!
//! Holds no complaint as truth: after a panic it reads its head and counts from the database and
//! goes on. Events are published strictly by number; what another process committed in between is
//! read from the table first, what comes twice is dropped. Awaits nothing above it.

mod erasing;
mod handle;
mod hearing;
mod messages;
mod open;
mod republish;
mod sequence;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Supervised, WrapFuture};
use fail::fail_point;

use super::command::Answer;
use super::desks::Counted;
use super::registry::{Publish, PublishedEvent, frame};
use crate::domain::event::Event;
use crate::store::events::Tally;
use crate::store::{StoreError, complaints, events};
pub use erasing::Outcome;
pub use handle::{DeskDeps, DeskHandle, LiveCounts, NOT_LOADED};
pub use hearing::HeardBy;
use hearing::Hearing;
pub use messages::{Committed, Republish};
use messages::{HeadSeen, Recount, Take};
pub use open::OpenCell;
pub(super) use sequence::next_ones;

/// Events of one page read from the table.
const PAGE: i64 = 500;
/// The pause before the database or a full registry is tried again.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// The actor.
pub struct RegionDesk {
    deps: DeskDeps,
    /// For readers in other threads: the head of `tally`.
    head: Arc<AtomicI64>,
    /// `None` until it is read from the database.
    tally: Option<Tally>,
    /// The highest number that is known to be committed.
    known: i64,
    /// How it came to be known.
    hearing: Hearing,
    /// Up to which number events may be gone, as far as is known.
    floor: i64,
    /// A read of the table is under way, or waits for its retry.
    reading: bool,
}

impl RegionDesk {
    fn new(deps: DeskDeps, head: Arc<AtomicI64>) -> Self {
        Self {
            deps,
            head,
            tally: None,
            known: 0,
            hearing: Hearing::default(),
            floor: 0,
            reading: false,
        }
    }

    /// Reads head and counts from one snapshot.
    fn load(&mut self, ctx: &mut Context<Self>) {
        self.reading = true;
        let (store, region) = (self.deps.store.clone(), self.deps.region.clone());
        let read = async move {
            let tally = events::tally(&store, &region).await?;
            // Read later: what happens in between is told again by its events.
            Ok((tally, complaints::open(&store, &region).await?))
        };
        ctx.spawn(read.into_actor(self).map(|read, desk, ctx| match read {
            Ok((tally, open)) => {
                desk.reading = false;
                desk.deps.open.begin(&desk.deps.region, &open);
                desk.raise_floor(tally.floor);
                desk.enter(tally);
                desk.announce(ctx);
                desk.catch_up(ctx);
            }
            Err(error) => {
                desk.note_failure("read its counts", &error);
                ctx.run_later(RETRY_PAUSE, Self::load);
            }
        }));
    }

    /// Tells the registry how far the region is, without events.
    fn announce(&mut self, ctx: &mut Context<Self>) {
        let head = self.head.load(Ordering::Relaxed);
        if !self.publish(head, Vec::new(), ctx) {
            ctx.run_later(RETRY_PAUSE, Self::announce);
        }
    }

    fn hear(&mut self, head: i64, by: HeardBy) {
        if head > self.known {
            self.known = head;
            self.hearing.heard(by);
        }
    }

    /// Reads from the table what is committed and not published, page by page.
    fn catch_up(&mut self, ctx: &mut Context<Self>) {
        let Some(tally) = self.tally else { return };
        if self.reading || tally.head >= self.known {
            return;
        }
        self.reading = true;
        let (store, region) = (self.deps.store.clone(), self.deps.region.clone());
        let read = async move { events::after(&store, &region, tally.head, PAGE).await };
        ctx.spawn(read.into_actor(self).map(move |page, desk, ctx| {
            let moved = match page {
                // What came next is gone: nothing can be published behind it but a new beginning.
                Ok(page) if page.floor > tally.head => return desk.load(ctx),
                Ok(page) => {
                    desk.raise_floor(page.floor);
                    let lag = desk.hearing.lag(&page.events);
                    let moved = desk.advance(page.events, Instant::now(), ctx);
                    lag.filter(|_| moved).into_iter().for_each(|lag| {
                        lag.show(&desk.deps.supervision.metrics.database.feed_lag);
                    });
                    moved
                }
                Err(error) => {
                    desk.note_failure("read events", &error);
                    false
                }
            };
            if moved {
                desk.go_on(ctx);
            } else {
                ctx.run_later(RETRY_PAUSE, Self::go_on);
            }
        }));
    }

    /// Up to this number nothing is given to anybody any more.
    fn raise_floor(&mut self, floor: i64) {
        self.floor = self.floor.max(floor);
    }

    fn go_on(&mut self, ctx: &mut Context<Self>) {
        self.reading = false;
        self.catch_up(ctx);
    }

    /// Publishes `events` and counts them in; `false` when they are not the next ones or the
    /// registry has no room: nothing has happened then.
    fn advance(
        &mut self,
        events: Vec<Event>,
        committed_at: Instant,
        ctx: &mut Context<Self>,
    ) -> bool {
        let Some(mut tally) = self.tally else {
            return false;
        };
        let Some((fresh, last)) = next_ones(tally.head, events) else {
            return false;
        };
        let published = fresh
            .iter()
            .map(|event| self.framed(event, committed_at))
            .collect();
        if !self.publish(last, published, ctx) {
            return false;
        }
        let push = &self.deps.supervision.metrics.push;
        push.events_published.inc_by(fresh.len() as u64);
        fresh.iter().for_each(|event| tally.count(event));
        self.deps.open.follow(&fresh);
        self.enter(tally);
        true
    }

    fn framed(&self, event: &Event, committed_at: Instant) -> PublishedEvent {
        PublishedEvent {
            seq: event.seq,
            frame: frame::text(&event.message(&self.deps.region)),
            sides: event.sides().cloned(),
            committed_at,
        }
    }

    fn publish(&self, head: i64, events: Vec<PublishedEvent>, ctx: &mut Context<Self>) -> bool {
        self.deps.registry.publish(Publish {
            region: self.deps.region.clone(),
            head,
            floor: self.floor,
            events: events.into(),
            desk: Arc::new(ctx.address().recipient()),
        })
    }

    /// Makes `tally` the desk's state and reports it.
    #[expect(
        clippy::disallowed_methods,
        reason = "bounded: one message a batch or page of this region"
    )]
    fn enter(&mut self, tally: Tally) {
        self.tally = Some(tally);
        self.known = self.known.max(tally.head);
        self.deps.counts.show(&tally.complaints);
        self.head.store(tally.head, Ordering::Relaxed);
        self.deps.totals.do_send(Counted {
            region: self.deps.region.clone(),
            complaints: tally.complaints,
        });
    }

    fn note_failure(&self, what: &str, error: &StoreError) {
        slog_scope::warn!("a desk could not {}: {}", what, error; "region" => self.deps.region.as_str());
    }
}

impl Actor for RegionDesk {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/region_desk/started",
            self.deps.supervision.node
        ));
        self.load(ctx);
    }
}

impl Supervised for RegionDesk {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone(), Arc::clone(&self.head));
    }
}

impl Handler<Take> for RegionDesk {
    type Result = ();

    fn handle(&mut self, Take(command): Take, _: &mut Context<Self>) {
        fail_point!(&format!("{}/region_desk/take", self.deps.supervision.node));
        if !command.work.is_abandoned() {
            self.deps.lane.hand_over(command);
        }
    }
}

impl Handler<Committed> for RegionDesk {
    type Result = ();

    fn handle(&mut self, fact: Committed, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/region_desk/committed",
            self.deps.supervision.node
        ));
        let last = fact.events.last().map_or(0, |event| event.seq);
        self.hear(last, HeardBy::Commit);
        self.raise_floor(fact.floor);
        self.deps.hints.committed(&self.deps.region, last);
        if self.reading || !self.advance(fact.events, fact.committed_at, ctx) {
            self.catch_up(ctx);
        }
        fact.answers.into_iter().for_each(Answer::give);
    }
}

impl Handler<HeadSeen> for RegionDesk {
    type Result = ();

    fn handle(&mut self, HeadSeen(head, by): HeadSeen, ctx: &mut Context<Self>) {
        self.hear(head, by);
        self.catch_up(ctx);
    }
}

impl Handler<Recount> for RegionDesk {
    type Result = ();

    fn handle(&mut self, _: Recount, _: &mut Context<Self>) {
        if let Some(tally) = self.tally {
            self.enter(tally);
        }
    }
}
