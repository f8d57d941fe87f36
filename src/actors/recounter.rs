//! The recounter: what is counted by events, held against the rows themselves; and what is overdue by now.
//!
//! A desk counts its region's complaints once and then by its events, and gauges show that for weeks. One region
//! after the other is counted anew in the database; a difference is a bug, and is told by a series and the log. It
//! changes nothing: a restart of the node counts anew. It may take a hundredth of a connection's time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Supervised, WrapFuture,
};
use fail::fail_point;
use jiff::Timestamp;

use super::desks::DesksHandle;
use super::supervise::{self, Supervision};
use crate::domain::region::RegionId;
use crate::store::{Store, StoreError, events, stats};

/// The shortest time between two rounds, each of one region.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// A round is followed by a pause so many times as long.
const REST: u32 = 100;
/// Looks at a region whose counts differ: a change may lie between the two figures of one look.
const LOOKS: usize = 3;

/// What the recounter works with.
#[derive(Clone)]
pub struct RecounterDeps {
    /// Counts.
    pub store: Store,
    /// Asked for what they count.
    pub desks: DesksHandle,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// The actor.
pub struct Recounter {
    deps: RecounterDeps,
    /// The region that was looked at last.
    last: Option<RegionId>,
}

impl Recounter {
    /// Starts the actor on an arbiter. Keep the address: it lives as long as that.
    pub fn start(home: &ArbiterHandle, deps: RecounterDeps) -> Arc<Addr<Self>> {
        let supervision = deps.supervision.clone();
        supervise::start_on(home, "recounter", 16, || Self::new(deps), &supervision)
    }

    fn new(deps: RecounterDeps) -> Self {
        Self { deps, last: None }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/recounter/look", self.deps.supervision.node));
        let regions: Vec<RegionId> = self.deps.desks.complaints().into_keys().collect();
        let next = regions
            .iter()
            .find(|region| Some(*region) > self.last.as_ref());
        self.last = next.or(regions.first()).cloned();
        let begun = Instant::now();
        let work = look(self.deps.clone(), regions, self.last.clone());
        ctx.spawn(work.into_actor(self).map(move |outcome, _, ctx| {
            if let Err(error) = outcome {
                // The head poll tells the operator of an outage.
                slog_scope::debug!("complaints cannot be counted anew: {}", error);
            }
            let pause = begun.elapsed().saturating_mul(REST).max(SHORTEST_PAUSE);
            ctx.run_later(pause, Self::look);
        }));
    }
}

async fn look(
    deps: RecounterDeps,
    regions: Vec<RegionId>,
    next: Option<RegionId>,
) -> Result<(), StoreError> {
    let overdue: HashMap<RegionId, i64> = stats::overdue(&deps.store, Timestamp::now()).await?;
    let complaints = &deps.supervision.metrics.complaints;
    for region in &regions {
        let count = overdue.get(region).copied().unwrap_or_default();
        let gauge = complaints.overdue.with_label_values(&[region.as_str()]);
        gauge.set(count);
    }
    let Some(region) = next else { return Ok(()) };
    let Some(difference) = difference(&deps, &region).await? else {
        return Ok(());
    };
    complaints.recounts.inc();
    let gauge = complaints
        .recount_difference
        .with_label_values(&[region.as_str()]);
    if difference != 0 && gauge.get() != difference {
        slog_scope::error!("the live counts of a region differ from the table by {}", difference;
            "region" => region.as_str());
    }
    gauge.set(difference);
    Ok(())
}

/// By how many complaints what the desk counts differs from the table; `None` when events come too fast for both
/// to be as of the same one.
async fn difference(deps: &RecounterDeps, region: &RegionId) -> Result<Option<i64>, StoreError> {
    let mut found = None;
    for _ in 0..LOOKS {
        let counted = events::tally(&deps.store, region).await?;
        let Some(desk) = deps.desks.of(region) else {
            return Ok(None);
        };
        let before = desk.head();
        let live = desk.complaints().filter(|_| before == counted.head);
        let Some(live) = live.filter(|_| desk.head() == before) else {
            continue;
        };
        let apart = live.iter().zip(counted.complaints);
        let apart: i64 = apart.map(|(live, counted)| (live - counted).abs()).sum();
        found = Some(apart);
        if apart == 0 {
            break;
        }
    }
    Ok(found)
}

impl Actor for Recounter {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/recounter/started", self.deps.supervision.node));
        ctx.run_later(SHORTEST_PAUSE, Self::look);
    }
}

impl Supervised for Recounter {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone());
    }
}
