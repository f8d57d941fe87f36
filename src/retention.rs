//! What the command line, the admin routes and the scheduler share of retention: setting the policy, asking for runs, telling
//! what a run would do.
//!
//! Nothing here removes anything: a run that was asked for waits in the database for a node, whose scheduler has the
//! desks erase.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use thiserror::Error;
use uuid::Uuid;

use crate::domain::catalogue::Catalogue;
use crate::domain::fault::Faults;
use crate::domain::retention::{Counts, Origin, Plan, Policy, Purge, parse};
use crate::domain::status::Status;
use crate::store::retention::due::{count_due, due};
use crate::store::retention::{Asked, NewRun, StoredPolicy};
use crate::store::{self, Store, StoreError};

/// Most ids that are told of what would go.
const IDS_MOST: usize = 100;
/// How often a run is asked for when what was in the way is over just then.
const TRIES: usize = 3;

/// Why a policy was not set, or a run not asked for.
#[derive(Debug, Error)]
pub enum RetentionError {
    /// The document is at fault; every fault is listed.
    #[error("the policy cannot be set{}", listed(.0))]
    Invalid(Faults),
    /// The stored policy cannot be read by this program: nothing is removed by guesses.
    #[error("the policy of version {0} cannot be read by this program; set it again")]
    Unreadable(i64),
    /// Another run is not over.
    #[error("the run {0} is not over; one at a time")]
    Busy(Uuid),
    /// The moment of the schedule has had its run.
    #[error("that moment has had its run")]
    Over,
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a run would do.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Of what is due, and kept by legal holds, by status.
    pub counts: BTreeMap<Status, Counts>,
    /// The first of what is due, at most a hundred.
    pub ids: Vec<Uuid>,
    /// The rules with their cut-offs.
    pub plan: Plan,
}

/// Who asks for a run.
#[derive(Debug, Clone, Copy)]
pub enum Asking {
    /// The schedule, for its moment.
    Schedule(Timestamp),
    /// An admin.
    Request(Uuid),
    /// The command line.
    Command,
}

/// The policy that holds, as stored and as read.
///
/// # Errors
/// [`RetentionError::Unreadable`], [`RetentionError::Store`].
pub async fn policy(store: &Store) -> Result<(StoredPolicy, Policy), RetentionError> {
    let stored = store::retention::policy(store).await?;
    match parse(&stored.document) {
        Ok(policy) => Ok((stored, policy)),
        Err(_faults) => Err(RetentionError::Unreadable(stored.version)),
    }
}

/// Has a policy hold from now on; `by` is the admin, if it is one.
///
/// # Errors
/// [`RetentionError`]; the policy before holds on then.
pub async fn set_policy(
    store: &Store,
    catalogue: &Catalogue,
    document: &Value,
    by: Option<Uuid>,
) -> Result<(StoredPolicy, Policy), RetentionError> {
    let policy = parse(document).map_err(RetentionError::Invalid)?;
    let mut faults = Faults::default();
    for rule in policy.rules() {
        let region = rule.region.as_ref();
        if let Some(id) = region.filter(|id| !catalogue.regions.contains_key(*id)) {
            faults.add("rules.region", "unknown", format!("{id} is no region"));
        }
        let category = rule.category.as_ref();
        if let Some(id) = category.filter(|id| !catalogue.categories.contains_key(*id)) {
            faults.add("rules.category", "unknown", format!("{id} is no category"));
        }
    }
    let policy = faults.into_result(Some(policy));
    let policy = policy.map_err(RetentionError::Invalid)?;
    let stored = store::retention::save_policy(store, document, by).await?;
    Ok((stored, policy))
}

/// What a run would do that was asked for now.
///
/// # Errors
/// [`RetentionError`].
pub async fn preview(
    store: &Store,
    purge: Purge,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Preview, RetentionError> {
    let (_, policy) = policy(store).await?;
    let plan = Plan::new(&policy, &purge, now, zone);
    let (mut counts, mut ids) = (BTreeMap::new(), Vec::new());
    for status in plan.statuses() {
        let (due_now, held) = count_due(store, &plan, status, now).await?;
        let found = Counts {
            due: due_now,
            held,
            ..Counts::default()
        };
        counts.insert(status, found);
        let room = i64::try_from(IDS_MOST.saturating_sub(ids.len())).unwrap_or_default();
        let first = due(store, &plan, (status, None), room).await?;
        ids.extend(first.into_iter().map(|due| due.id));
    }
    Ok(Preview { counts, ids, plan })
}

/// Asks for a run; its id. A node takes it up within about a second.
///
/// # Errors
/// [`RetentionError`]: [`RetentionError::Busy`] names the run that is not over.
pub async fn ask(
    store: &Store,
    asking: Asking,
    purge: Purge,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Uuid, RetentionError> {
    let (stored, policy) = policy(store).await?;
    let (origin, asked_by, due_at) = match asking {
        Asking::Schedule(moment) => (Origin::Schedule, None, Some(moment)),
        Asking::Request(admin) => (Origin::Request, Some(admin), None),
        Asking::Command => (Origin::Command, None, None),
    };
    let new = NewRun {
        id: Uuid::now_v7(),
        origin,
        asked_by,
        due_at,
        asked_at: now,
        policy: stored.version,
        purge,
        plan: Plan::new(&policy, &purge, now, zone),
    };
    for _ in 0..TRIES {
        match store::retention::ask(store, &new).await? {
            Asked::Taken => return Ok(new.id),
            Asked::Busy(run) => return Err(RetentionError::Busy(run)),
            Asked::Gone => {}
        }
    }
    Err(RetentionError::Over)
}

fn listed(faults: &Faults) -> String {
    let faults = faults.clone().into_inner().into_iter();
    let lines = faults.map(|fault| format!("\n  {}: {}", fault.field, fault.message));
    lines.collect()
}
