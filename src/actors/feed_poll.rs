//! The head poll: once a second one small query tells how far every region is in the database.
//!
//! This is how a desk learns of events that another process committed, how a shard notices that it
//! missed some, and how this node learns of new regions and of a new epoch. It also forgets idempotency keys
//! whose time is up. Hints may be faster; the poll is what makes a lost hint harmless.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;
use jiff::{SignedDuration, Timestamp};

use super::desks::DesksHandle;
use super::registry::RegistryHandle;
use super::supervise::{self, Supervision};
use crate::store::catalogue::CatalogueCell;
use crate::store::{Store, StoreError, events, installation};

/// Time between polls.
pub const INTERVAL: Duration = Duration::from_secs(1);
/// How long an idempotency key is remembered.
const KEYS_LIVE: SignedDuration = SignedDuration::from_hours(24);
/// Polls between two looks for expired keys.
const FORGET_EVERY: u64 = 60;

/// What the poll works with.
#[derive(Clone)]
pub struct FeedPollDeps {
    /// The database.
    pub store: Store,
    /// Told about heads and new regions.
    pub desks: DesksHandle,
    /// Told about heads.
    pub registry: RegistryHandle,
    /// Reloaded when another node changed a region or category.
    pub catalogue: CatalogueCell,
    /// Names the history of the database that everything was read from.
    pub epoch: Arc<str>,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// The actor.
pub struct FeedPoll {
    deps: FeedPollDeps,
    polls: u64,
    reachable: bool,
}

impl FeedPoll {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: FeedPollDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(home, "feed_poll", 16, || Self::new(deps), &supervision)
    }

    fn new(deps: FeedPollDeps) -> Self {
        Self {
            deps,
            polls: 0,
            reachable: true,
        }
    }

    fn poll(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/feed_poll/poll", self.deps.supervision.node));
        self.polls += 1;
        let forget = self.polls % FORGET_EVERY == 1;
        let work = poll(self.deps.clone(), forget);
        ctx.spawn(work.into_actor(self).map(|outcome, poll, ctx| {
            poll.note(outcome);
            ctx.run_later(INTERVAL, Self::poll);
        }));
    }

    /// Logs a change, not every second of an outage.
    fn note(&mut self, outcome: Result<(), StoreError>) {
        match &outcome {
            Ok(()) if !self.reachable => slog_scope::info!("the database is back"),
            Ok(()) => {}
            Err(error) if self.reachable => slog_scope::error!("the database is away: {}", error),
            Err(error) => slog_scope::debug!("the database is still away: {}", error),
        }
        self.reachable = outcome.is_ok();
        let up = &self.deps.supervision.metrics.database.up;
        up.set(i64::from(self.reachable));
    }
}

async fn poll(deps: FeedPollDeps, forget: bool) -> Result<(), StoreError> {
    if deps.store.lineage().is_over() {
        // The node ends what was read; there is nothing to say of the database.
        return Ok(());
    }
    let metrics = &deps.supervision.metrics;
    let begun = Instant::now();
    let heads = Arc::new(events::heads(&deps.store).await?);
    metrics
        .database
        .round_trip
        .set(begun.elapsed().as_secs_f64());
    metrics
        .database
        .feed_gaps
        .inc_by(deps.desks.heads_polled(&heads));
    // Opening may have been interrupted by a panic, here or when the region was created.
    let without_desk = deps.desks.missing(heads.keys());
    if !without_desk.is_empty() {
        deps.desks.open(without_desk).await;
    }
    deps.registry.heads_polled(heads);
    let pulse = installation::pulse(&deps.store).await?;
    if pulse.epoch != *deps.epoch {
        deps.store.lineage().end("a new epoch has begun");
        return Ok(());
    }
    if pulse.catalogue_version > deps.catalogue.get().version {
        deps.catalogue.reload(&deps.store).await?;
    }
    if forget {
        installation::forget_expired_keys(&deps.store, Timestamp::now() - KEYS_LIVE).await?;
    }
    Ok(())
}

impl Actor for FeedPoll {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/feed_poll/started", self.deps.supervision.node));
        self.poll(ctx);
    }
}

impl Supervised for FeedPoll {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone());
    }
}
