//! A run from where it is to its end.

use std::time::{Duration, Instant};

use fail::fail_point;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::SchedulerDeps;
use super::batch::{NotNow, erase};
use super::pace::Pace;
use super::record;
use crate::access::former_staff;
use crate::actors::kill_point::kill_point;
use crate::domain::erasure::settled;
use crate::domain::retention::{Counts, Origin, Plan};
use crate::domain::status::Status;
use crate::retention::{RetentionError, policy};
use crate::store::retention::due::{count_due, due};
use crate::store::retention::work::{
    TakenUp, advance, finish, forget_logins, lock, move_floor, save_due, take_up,
};
use crate::store::{Session, StoreError, events, stats};
use crate::telemetry::sentry;

/// How long a node waits that found another one at the run, before it looks again.
const ELSEWHERE: Duration = Duration::from_secs(4);
/// How often a run is taken up without getting on before it is given up.
const ATTEMPTS_MOST: i32 = 20;
/// Ended logins that are removed at a time.
const LOGINS: i64 = 1000;

/// Takes up the run that is not over, unless another node is at it, and goes on with it to its end.
pub(super) async fn work(deps: &SchedulerDeps) -> Result<(), StoreError> {
    let Some(session) = lock(&deps.store).await? else {
        tokio::time::sleep(ELSEWHERE).await;
        return Ok(());
    };
    kill_point("retention_locked");
    deps.supervision.metrics.retention.running.set(1);
    while let Some(run) = take_up(&session, &deps.supervision.node).await? {
        kill_point("retention_taken_up");
        let begun = Instant::now();
        let entry = record::begun(deps, &run).await?;
        let failure = drive(deps, &session, &run).await?;
        if let Some(failure) = &failure {
            slog_scope::error!("a retention run failed: {}", failure; "run" => run.id.to_string());
            sentry::report_failed_run("retention");
        }
        finish(&session, run.id, failure.as_deref()).await?;
        record::ended(deps, &run, (entry, failure.is_some())).await?;
        kill_point("retention_finished");
        let metrics = &deps.supervision.metrics.retention;
        metrics.duration.set(begun.elapsed().as_secs_f64());
        let outcome = if failure.is_some() { "failed" } else { "done" };
        metrics.runs.with_label_values(&[outcome]).inc();
        slog_scope::info!("a retention run has ended"; "run" => run.id.to_string(), "outcome" => outcome);
    }
    Ok(())
}

/// Does what is left of a run; why it is given up, if it is.
async fn drive(
    deps: &SchedulerDeps,
    session: &Session,
    run: &TakenUp,
) -> Result<Option<String>, StoreError> {
    if run.attempts > ATTEMPTS_MOST {
        let told = format!("it was taken up {ATTEMPTS_MOST} times and did not get on");
        return Ok(Some(told));
    }
    if run.at.is_none() {
        note_due(deps, session, run).await?;
    }
    count_days(deps).await?;
    kill_point("retention_days_counted");
    let mut pace = Pace::new(deps.settings.retention_batch);
    let left = |status: &Status| run.at.is_none_or(|(at, ..)| *status >= at);
    for status in run.plan.statuses().filter(left) {
        let at = run.at.filter(|(at, ..)| *at == status);
        let mut after = at.map(|(_, since, id)| (since, id));
        while let Some(last) = step(deps, session, run, (status, after), &mut pace).await? {
            after = Some(last);
        }
        kill_point("retention_status_done");
    }
    if run.origin == Origin::Schedule {
        keep_house(deps, session).await?;
        kill_point("retention_house_kept");
    }
    Ok(None)
}

async fn note_due(
    deps: &SchedulerDeps,
    session: &Session,
    run: &TakenUp,
) -> Result<(), StoreError> {
    let mut found = Vec::new();
    for status in run.plan.statuses() {
        let (due, _held) = count_due(&deps.store, &run.plan, status, Timestamp::now()).await?;
        found.push((status, due));
    }
    save_due(session, run.id, &found).await?;
    kill_point("retention_counted");
    Ok(())
}

/// Counts days that are over before their events go: a lane that had to would keep others waiting meanwhile. Each takes
/// a core of the database for some 30 ms, and a first run has years of them: after each, others go first for as long.
async fn count_days(deps: &SchedulerDeps) -> Result<(), StoreError> {
    let mut begun = Instant::now();
    while stats::count_next_day(&deps.store, settled(Timestamp::now())).await? {
        tokio::time::sleep(begun.elapsed()).await;
        begun = Instant::now();
    }
    Ok(())
}

/// One page of what is due; the last complaint of it, `None` when none was left.
async fn step(
    deps: &SchedulerDeps,
    session: &Session,
    run: &TakenUp,
    (status, after): (Status, Option<(Timestamp, Uuid)>),
    pace: &mut Pace,
) -> Result<Option<(Timestamp, Uuid)>, StoreError> {
    fail_point!(&format!(
        "{}/retention_scheduler/step",
        deps.supervision.node
    ));
    let plan: &Plan = &run.plan;
    let limit = i64::from(deps.settings.retention_batch);
    let page = due(&deps.store, plan, (status, after), limit).await?;
    let Some(last) = page.last().map(|last| (last.since, last.id)) else {
        return Ok(None);
    };
    kill_point("retention_batch_read");
    let done = erase(deps, (run.id, run.origin), page, pace).await;
    let done = done.map_err(|NotNow(why)| StoreError::Unavailable(why))?;
    advance(session, run.id, (status, last.0, last.1), done).await?;
    kill_point("retention_advanced");
    count(deps, done);
    Ok(Some(last))
}

fn count(deps: &SchedulerDeps, done: Counts) {
    let complaints = &deps.supervision.metrics.retention.complaints;
    for (outcome, number) in [
        ("erased", done.erased),
        ("anonymised", done.anonymised),
        ("held", done.held),
        ("spared", done.spared),
        ("failed", done.failed),
    ] {
        let number = u64::try_from(number).unwrap_or_default();
        complaints.with_label_values(&[outcome]).inc_by(number);
    }
}

/// What else has its time: former staff, logins that ended, and missed events that can be read again.
async fn keep_house(deps: &SchedulerDeps, session: &Session) -> Result<(), StoreError> {
    let period = deps.settings.privacy.former_staff();
    let former = former_staff::anonymise(&deps.store, period).await?;
    if !former.is_empty() {
        slog_scope::info!("accounts of former staff were anonymised"; "accounts" => former.len());
    }
    while forget_logins(session, LOGINS).await? > 0 {}
    let days = match policy(&deps.store).await {
        Ok((_, policy)) => policy.kept.replay_days,
        Err(RetentionError::Store(error)) => return Err(error),
        // It was told when the run was asked for.
        Err(_unreadable) => return Ok(()),
    };
    let age = SignedDuration::from_hours(24 * i64::from(days));
    let before = Timestamp::now().saturating_sub(age);
    let before = before.unwrap_or(Timestamp::UNIX_EPOCH);
    for region in events::heads(&deps.store).await?.keys() {
        // A region by itself: two statements that take several counters could wait for each other.
        move_floor(session, region, before).await?;
    }
    Ok(())
}
