//! Retention policies, and the asking for runs. Who is due is found by [`due`], runs are read by [`runs`], and what the node
//! does that is at one is in [`work`].

pub mod due;
pub mod runs;
pub mod work;

use jiff::Timestamp;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::retention::{Origin, Plan, Purge};
use crate::domain::status::Status;

const POLICY: &str = include_str!("../../sql/queries/retention/policy.sql");
const SAVE_POLICY: &str = include_str!("../../sql/queries/retention/save_policy.sql");
const PULSE: &str = include_str!("../../sql/queries/retention/pulse.sql");
const ASK: &str = include_str!("../../sql/queries/retention/ask.sql");
const WITHDRAW: &str = include_str!("../../sql/queries/retention/withdraw.sql");

/// A policy as it is stored.
#[derive(Debug, Clone)]
pub struct StoredPolicy {
    /// Counts up with every change.
    pub version: i64,
    /// As it was sent.
    pub document: Value,
    /// Since when it holds.
    pub set_at: Timestamp,
    /// The admin who set it; `None`: the command line, or nobody yet.
    pub set_by: Option<Uuid>,
}

/// Where the schedule stands.
#[derive(Debug, Clone, Copy)]
pub struct Pulse {
    /// The run that is not over.
    pub open_run: Option<Uuid>,
    /// The first moment of the schedule after this has no run yet.
    pub since: Timestamp,
    /// When a run of the schedule was last done.
    pub last_done: Option<Timestamp>,
}

/// A run that is to be made.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its id (UUIDv7).
    pub id: Uuid,
    /// Who has it made.
    pub origin: Origin,
    /// The admin.
    pub asked_by: Option<Uuid>,
    /// The moment of the schedule.
    pub due_at: Option<Timestamp>,
    /// Now.
    pub asked_at: Timestamp,
    /// The version of the policy.
    pub policy: i64,
    /// What it is narrowed to.
    pub purge: Purge,
    /// The rules with their cut-offs.
    pub plan: Plan,
}

/// What became of the asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It waits for a node.
    Taken,
    /// Another run is not over.
    Busy(Uuid),
    /// What was in the way is over by now, or the moment has had its run.
    Gone,
}

/// The policy that holds.
///
/// # Errors
/// [`StoreError`].
pub async fn policy(store: &Store) -> Result<StoredPolicy, StoreError> {
    let rows = store.session().await?.query(POLICY, &[]).await?;
    stored_policy(only(&rows)?)
}

/// Has a policy hold from now on.
///
/// # Errors
/// [`StoreError`].
pub async fn save_policy(
    store: &Store,
    document: &Value,
    by: Option<Uuid>,
) -> Result<StoredPolicy, StoreError> {
    let session = store.session().await?;
    let rows = session.query(SAVE_POLICY, &[document, &by]).await?;
    stored_policy(only(&rows)?)
}

/// Where the schedule stands.
///
/// # Errors
/// [`StoreError`].
pub async fn pulse(store: &Store) -> Result<Pulse, StoreError> {
    let rows = store.session().await?.query(PULSE, &[]).await?;
    let row = only(&rows)?;
    Ok(Pulse {
        open_run: column(row, "open_run")?,
        since: column(row, "since")?,
        last_done: column(row, "last_done")?,
    })
}

/// Asks for a run.
///
/// # Errors
/// [`StoreError`].
pub async fn ask(store: &Store, new: &NewRun) -> Result<Asked, StoreError> {
    let session = store.session().await?;
    let only_status = new.purge.status.map(Status::as_str);
    let days = new.purge.days.map(i32::try_from).transpose();
    let days = days.map_err(|error| StoreError::Shape(format!("days: {error}")))?;
    let plan = serde_json::to_value(&new.plan);
    let plan = plan.map_err(|error| StoreError::Shape(format!("plan: {error}")))?;
    let rows = session
        .query(
            ASK,
            &[
                &new.id,
                &new.origin.as_str(),
                &new.due_at,
                &new.asked_at,
                &new.asked_by,
                &new.policy,
                &only_status,
                &days,
                &plan,
            ],
        )
        .await?;
    let row = only(&rows)?;
    let asked: Option<Uuid> = column(row, "asked")?;
    let open: Option<Uuid> = column(row, "open_run")?;
    Ok(match (asked, open) {
        (Some(_), _) => Asked::Taken,
        (None, Some(open)) => Asked::Busy(open),
        (None, None) => Asked::Gone,
    })
}

/// Takes back a run that no node has taken up; `false` when one has.
///
/// # Errors
/// [`StoreError`].
pub async fn withdraw(store: &Store, run: Uuid) -> Result<bool, StoreError> {
    Ok(store.session().await?.execute(WITHDRAW, &[&run]).await? > 0)
}

fn stored_policy(row: &Row) -> Result<StoredPolicy, StoreError> {
    Ok(StoredPolicy {
        version: column(row, "version")?,
        document: column(row, "document")?,
        set_at: column(row, "set_at")?,
        set_by: column(row, "set_by")?,
    })
}

fn only(rows: &[Row]) -> Result<&Row, StoreError> {
    let row = rows.first();
    row.ok_or_else(|| StoreError::Shape("expected one row".into()))
}
