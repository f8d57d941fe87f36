//! Runs as they are told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::domain::retention::{Counts, Origin, Plan, Run, Stage};
use crate::store::complaints::status_of;
use crate::store::{Session, Store, StoreError, column};

const GET: &str = include_str!("../../../sql/queries/retention/get.sql");
const LIST: &str = include_str!("../../../sql/queries/retention/list.sql");
const COUNTS: &str = include_str!("../../../sql/queries/retention/counts.sql");

/// A run.
///
/// # Errors
/// [`StoreError`].
pub async fn get(store: &Store, run: Uuid) -> Result<Option<Run>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(GET, &[&run]).await?;
    Ok(told(&session, &rows).await?.pop())
}

/// Up to `limit` runs, the latest first, after the one at `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let session = store.session().await?;
    let (time, id) = after.unzip();
    let rows = session.query(LIST, &[&time, &id, &limit]).await?;
    told(&session, &rows).await
}

/// Runs with what they found and did.
async fn told(session: &Session, rows: &[Row]) -> Result<Vec<Run>, StoreError> {
    let mut runs = rows.iter().map(run).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<Uuid> = runs.iter().map(|run| run.id).collect();
    for row in &session.query(COUNTS, &[&ids]).await? {
        let of: Uuid = column(row, "run_id")?;
        let counts = Counts {
            due: column(row, "due")?,
            erased: column(row, "erased")?,
            anonymised: column(row, "anonymised")?,
            held: column(row, "held")?,
            spared: column(row, "spared")?,
            failed: column(row, "failed")?,
        };
        let status = status_of(column(row, "status")?)?;
        if let Some(run) = runs.iter_mut().find(|run| run.id == of) {
            run.counts.insert(status, counts);
        }
    }
    Ok(runs)
}

fn run(row: &Row) -> Result<Run, StoreError> {
    let begun_at: Option<Timestamp> = column(row, "begun_at")?;
    let ended_at: Option<Timestamp> = column(row, "ended_at")?;
    let outcome: Option<&str> = column(row, "outcome")?;
    let origin: &str = column(row, "origin")?;
    let origin = Origin::parse(origin).ok_or_else(|| StoreError::Shape(format!("origin {origin}")));
    let only_status: Option<&str> = column(row, "only_status")?;
    let until = ended_at.unwrap_or_else(Timestamp::now);
    let took = begun_at.map(|begun| until.duration_since(begun).as_millis());
    Ok(Run {
        id: column(row, "id")?,
        origin: origin?,
        asked_by: column(row, "asked_by")?,
        asked_at: column(row, "asked_at")?,
        due_at: column(row, "due_at")?,
        policy: column(row, "policy")?,
        complaint_status: only_status.map(status_of).transpose()?,
        days_old: column(row, "days")?,
        cut_offs: plan(row)?,
        stage: match (outcome, begun_at) {
            (Some("done"), _) => Stage::Done,
            (Some(_), _) => Stage::Failed,
            (None, Some(_)) => Stage::Running,
            (None, None) => Stage::Waiting,
        },
        begun_at,
        ended_at,
        took_ms: took.map(|took| i64::try_from(took).unwrap_or(i64::MAX)),
        node: column(row, "node")?,
        failure: column(row, "failure")?,
        bytes_freed: column(row, "bytes_freed")?,
        counts: BTreeMap::new(),
    })
}

pub(super) fn plan(row: &Row) -> Result<Plan, StoreError> {
    let plan = serde_json::from_value(column(row, "plan")?);
    plan.map_err(|error| StoreError::Shape(format!("the plan of a run: {error}")))
}
