//! Complaints that a run has read: a batch of each region to its desk, one after the other, and what became of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::SchedulerDeps;
use super::pace::Pace;
use crate::actors::command::CommandError;
use crate::actors::kill_point::kill_point;
use crate::actors::region_desk::Outcome;
use crate::domain::account::By;
use crate::domain::change::Refusal;
use crate::domain::erasure::{Erasure, Mode, Reason};
use crate::domain::region::RegionId;
use crate::domain::retention::{Counts, Origin, Treatment};
use crate::store::retention::due::Due;

/// How long a desk may take for a batch.
const DEADLINE: Duration = Duration::from_secs(30);
/// How often what did not come through is tried again, with a longer pause each time.
const TRIES: u32 = 4;
/// The first of these pauses.
const PAUSE: Duration = Duration::from_millis(100);

/// The desks could not be asked, or did not answer, again and again: the run goes on later.
#[derive(Debug)]
pub(super) struct NotNow(pub(super) String);

/// A complaint on its way.
#[derive(Debug, Clone)]
struct Waiting {
    id: Uuid,
    region: RegionId,
    action: Treatment,
    /// It was asked for before, and nobody knows what came of it.
    may_be_done: bool,
}

/// Has the desks erase or anonymise complaints that are due, with a pause after each batch.
pub(super) async fn erase(
    deps: &SchedulerDeps,
    (run, origin): (Uuid, Origin),
    page: Vec<Due>,
    pace: &mut Pace,
) -> Result<Counts, NotNow> {
    let mut done = Counts::default();
    let mut waiting: Vec<Waiting> = page.into_iter().map(Waiting::from).collect();
    let mut why = String::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            tokio::time::sleep(PAUSE * attempt * attempt).await;
        }
        let asked = ask(deps, (run, origin), waiting, pace).await;
        waiting = Vec::new();
        for (complaint, outcome) in asked {
            if let Some(again) = count(complaint, outcome, &mut done, &mut why) {
                waiting.push(again);
            }
        }
        if waiting.is_empty() {
            return Ok(done);
        }
    }
    Err(NotNow(why))
}

/// Asks the desks, batch by batch. A batch is of one region and one treatment: each region more costs it another counter
/// and another message.
async fn ask(
    deps: &SchedulerDeps,
    (run, origin): (Uuid, Origin),
    waiting: Vec<Waiting>,
    pace: &mut Pace,
) -> Vec<(Waiting, Outcome)> {
    let mut parts: BTreeMap<(RegionId, Mode), Vec<Waiting>> = BTreeMap::new();
    for complaint in waiting {
        let part = (complaint.region.clone(), mode(complaint.action));
        parts.entry(part).or_default().push(complaint);
    }
    let mut asked = Vec::new();
    for ((region, mode), part) in parts {
        let erasure = Erasure {
            mode,
            reason: reason(origin),
            run: Some(run),
        };
        let mut left = part.into_iter();
        while left.len() > 0 {
            let batch: Vec<Waiting> = left.by_ref().take(pace.size()).collect();
            let begun = Instant::now();
            asked.extend(ask_desk(deps, &region, erasure, batch).await);
            kill_point("retention_batch_erased");
            let waiting = deps.supervision.metrics.desks.waiting();
            tokio::time::sleep(pace.pause(begun.elapsed(), waiting)).await;
        }
    }
    asked
}

async fn ask_desk(
    deps: &SchedulerDeps,
    region: &RegionId,
    erasure: Erasure,
    batch: Vec<Waiting>,
) -> Vec<(Waiting, Outcome)> {
    let Some(desk) = deps.desks.of(region) else {
        let away = |complaint| (complaint, Outcome::Failed(CommandError::UnknownRegion));
        return batch.into_iter().map(away).collect();
    };
    let ids: Vec<Uuid> = batch.iter().map(|complaint| complaint.id).collect();
    let outcomes = desk.erase(&ids, erasure, By::System, DEADLINE).await;
    batch.into_iter().zip(outcomes).collect()
}

/// Counts what became of a complaint; gives it back when it is to be tried again.
fn count(
    mut complaint: Waiting,
    outcome: Outcome,
    done: &mut Counts,
    why: &mut String,
) -> Option<Waiting> {
    match outcome {
        Outcome::Erased => complaint.count_done(done),
        // What nobody knew of before was done then.
        Outcome::Gone if complaint.may_be_done => complaint.count_done(done),
        Outcome::Gone => done.spared += 1,
        Outcome::Refused(Refusal::Held { .. }) => done.held += 1,
        Outcome::Refused(_) => done.spared += 1,
        Outcome::Failed(CommandError::Elsewhere(region)) => {
            complaint.region = region;
            return Some(complaint);
        }
        Outcome::Failed(error) if is_passing(&error) => {
            complaint.may_be_done |= error.may_be_done();
            *why = error.to_string();
            return Some(complaint);
        }
        Outcome::Failed(error) => {
            slog_scope::warn!("a complaint that is due could not be erased: {}", error;
                "complaint" => complaint.id.to_string());
            done.failed += 1;
        }
    }
    None
}

/// Whether it may be otherwise a moment later.
fn is_passing(error: &CommandError) -> bool {
    match error {
        CommandError::Overloaded
        | CommandError::Interrupted
        | CommandError::DeadlinePassed
        | CommandError::Unavailable(_)
        | CommandError::OutcomeUnknown(_) => true,
        CommandError::Database(_)
        | CommandError::UnknownRegion
        | CommandError::UnknownComplaint
        | CommandError::Elsewhere(_)
        | CommandError::Stale(_)
        | CommandError::Refused(..)
        | CommandError::KeyReused => false,
    }
}

impl Waiting {
    fn count_done(&self, done: &mut Counts) {
        match self.action {
            Treatment::Erase => done.erased += 1,
            Treatment::Anonymise => done.anonymised += 1,
        }
    }
}

impl From<Due> for Waiting {
    fn from(due: Due) -> Self {
        Self {
            id: due.id,
            region: due.region,
            action: due.action,
            may_be_done: false,
        }
    }
}

fn mode(action: Treatment) -> Mode {
    match action {
        Treatment::Erase => Mode::Erase,
        Treatment::Anonymise => Mode::Anonymise,
    }
}

fn reason(origin: Origin) -> Reason {
    match origin {
        Origin::Schedule => Reason::Retention,
        Origin::Request | Origin::Command => Reason::Purge,
    }
}
