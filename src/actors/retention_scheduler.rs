//! The retention scheduler: sees to it that complaints go when their time is up.
//!
//! Owns nothing that a crash could lose: which run there is, and how far it is, is in the database. Every node looks once
//! a second. When a moment of the schedule has come it asks for a run, as an admin may; the first to do so is the one.
//! Whoever gets the lock of runs takes up the run that is not over and goes on from where it was. Deletes nothing
//! itself: the desks do, in bounded batches, with pauses between them in which others go first.

mod batch;
mod pace;
mod work;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, ArbiterHandle, AsyncContext, Context, Handler, Message,
    Supervised, WrapFuture,
};
use fail::fail_point;
use jiff::{SignedDuration, Timestamp};

use super::desks::DesksHandle;
use super::supervise::{self, Supervision};
use crate::config::{RetentionSettings, Switch};
use crate::domain::retention::Purge;
use crate::retention::{Asking, RetentionError, ask};
use crate::store::retention::{Pulse, pulse};
use crate::store::{Store, StoreError};

/// Messages that the mailbox holds; one that is refused does no harm, for the next look finds the same.
const MAILBOX: usize = 16;
/// Time between looks.
const INTERVAL: Duration = Duration::from_secs(1);
/// A run of the schedule that begins so much after its moment and the jitter is worth a warning.
const LATE: SignedDuration = SignedDuration::from_mins(15);

/// What the scheduler works with.
#[derive(Clone)]
pub struct SchedulerDeps {
    /// The database.
    pub store: Store,
    /// They erase.
    pub desks: DesksHandle,
    /// When runs begin, and how much they do at a time.
    pub settings: Arc<RetentionSettings>,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// How others reach the scheduler. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct SchedulerHandle(Arc<Addr<RetentionScheduler>>);

impl SchedulerHandle {
    /// Starts the actor on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: SchedulerDeps) -> Self {
        let supervision = deps.supervision.clone();
        let make = || RetentionScheduler::new(deps);
        let name = "retention_scheduler";
        Self(supervise::start_on(home, name, MAILBOX, make, &supervision))
    }

    /// Says that a run was asked for.
    pub fn asked(&self) {
        if self.0.try_send(Look).is_err() {
            slog_scope::debug!("the retention scheduler is busy; it looks within a second");
        }
    }
}

/// Look whether there is a run to take up.
#[derive(Message)]
#[rtype(result = "()")]
struct Look;

/// The actor.
pub struct RetentionScheduler {
    deps: SchedulerDeps,
    /// It looks, or is at a run.
    is_looking: bool,
}

impl RetentionScheduler {
    fn new(deps: SchedulerDeps) -> Self {
        Self {
            deps,
            is_looking: false,
        }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/retention_scheduler/look",
            self.deps.supervision.node
        ));
        if std::mem::replace(&mut self.is_looking, true) {
            return;
        }
        let looked = look(self.deps.clone());
        ctx.spawn(looked.into_actor(self).map(|looked, scheduler, _| {
            scheduler.is_looking = false;
            scheduler.deps.supervision.metrics.retention.running.set(0);
            if let Err(error) = looked {
                // The head poll tells the operator of an outage; a run goes on when it is over.
                slog_scope::debug!("retention cannot go on now: {}", error);
            }
        }));
    }
}

/// Takes up the run that is not over, or asks for one when a moment of the schedule has come.
async fn look(deps: SchedulerDeps) -> Result<(), StoreError> {
    let found = pulse(&deps.store).await?;
    let now = Timestamp::now();
    show(&deps, &found, now);
    if found.open_run.is_none() && !begin(&deps, &found, now).await? {
        return Ok(());
    }
    work::work(&deps).await
}

/// Asks for the run of the schedule if its time has come; whether there is a run now.
async fn begin(deps: &SchedulerDeps, found: &Pulse, now: Timestamp) -> Result<bool, StoreError> {
    let Some(moment) = moment(deps, found) else {
        return Ok(false);
    };
    let most = deps.settings.retention_jitter;
    let jitter = jitter(most, &deps.supervision.node, moment);
    let since = now.duration_since(moment);
    if since < jitter {
        return Ok(false);
    }
    let zone = &deps.settings.zone.retention_time_zone;
    let asking = Asking::Schedule(moment);
    match ask(&deps.store, asking, Purge::default(), now, zone).await {
        Ok(run) => {
            slog_scope::info!("a retention run begins"; "run" => run.to_string());
            if since - jitter > LATE {
                slog_scope::warn!("the retention run of {} begins late", moment;
                    "late_s" => since.as_secs());
            }
            Ok(true)
        }
        // Another node was first, or an admin.
        Err(RetentionError::Busy(_)) => Ok(true),
        Err(RetentionError::Over) => Ok(false),
        Err(RetentionError::Store(error)) => Err(error),
        Err(error @ (RetentionError::Unreadable(_) | RetentionError::Invalid(_))) => {
            slog_scope::error!("the retention run of {} cannot begin: {}", moment, error);
            Ok(false)
        }
    }
}

/// The first moment of the schedule that has no run yet, if this node keeps to the schedule.
fn moment(deps: &SchedulerDeps, found: &Pulse) -> Option<Timestamp> {
    let settings = &deps.settings;
    match settings.retention {
        Switch::On => {
            let zone = &settings.zone.retention_time_zone;
            settings.retention_schedule.next(found.since, zone)
        }
        Switch::Off => None,
    }
}

fn show(deps: &SchedulerDeps, found: &Pulse, now: Timestamp) {
    let metrics = &deps.supervision.metrics.retention;
    let last_done = found.last_done.map_or(0, Timestamp::as_second);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are far below 2^52"
    )]
    metrics.last_done.set(last_done as f64);
    let begins = moment(deps, found).map(|moment| moment + deps.settings.retention_jitter);
    let late = begins.map_or(0.0, |begins| now.duration_since(begins).as_secs_f64());
    metrics.late.set(late.max(0.0));
}

/// How much after a moment of the schedule a node begins: another time on each node and for each moment, so that many
/// installations on one machine do not begin together.
fn jitter(most: Duration, node: &str, moment: Timestamp) -> SignedDuration {
    let mut hasher = DefaultHasher::new();
    (node, moment.as_second()).hash(&mut hasher);
    let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
    let drawn = hasher.finish() % most.saturating_add(1);
    SignedDuration::from_millis(i64::try_from(drawn).unwrap_or_default())
}

impl Actor for RetentionScheduler {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/retention_scheduler/started",
            self.deps.supervision.node
        ));
        // A run that this node was at before a restart is taken up again: its lock went with its connection.
        self.look(ctx);
        ctx.run_interval(INTERVAL, Self::look);
    }
}

impl Supervised for RetentionScheduler {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone());
    }
}

impl Handler<Look> for RetentionScheduler {
    type Result = ();

    fn handle(&mut self, _: Look, ctx: &mut Context<Self>) {
        fail_point!(&format!(
            "{}/retention_scheduler/handle",
            self.deps.supervision.node
        ));
        self.look(ctx);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jitter_is_within_its_bound_and_another_one_elsewhere() {
        let moment: Timestamp = "2026-11-26T03:00:00Z".parse().unwrap();
        let most = Duration::from_secs(600);
        let drawn: Vec<_> = (0..20)
            .map(|node| jitter(most, &format!("n{node}"), moment))
            .collect();
        assert!(drawn.iter().all(|one| !one.is_negative()));
        assert!(drawn.iter().all(|one| one.as_secs() <= 600));
        assert!(drawn.iter().any(|one| *one != drawn[0]));
        assert_eq!(jitter(most, "n0", moment), drawn[0]);
        assert!(jitter(Duration::ZERO, "n0", moment).is_zero());
    }
}
