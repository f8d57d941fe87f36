//! Complaints whose time is up by a plan.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::only;
use crate::domain::region::RegionId;
use crate::domain::retention::{Line, Plan, Treatment};
use crate::domain::status::Status;
use crate::store::{Store, StoreError, column};

const COUNT_DUE: &str = include_str!("../../../sql/queries/retention/count_due.sql");
const DUE: &str = include_str!("../../../sql/queries/retention/due.sql");

/// A complaint whose time is up.
#[derive(Debug, Clone)]
pub struct Due {
    /// The complaint.
    pub id: Uuid,
    /// Its region, a moment ago.
    pub region: RegionId,
    /// When it entered its status.
    pub since: Timestamp,
    /// What is to become of it.
    pub action: Treatment,
}

/// How many complaints in a status are due, and how many of them a legal hold keeps at `now`.
///
/// # Errors
/// [`StoreError`].
pub async fn count_due(
    store: &Store,
    plan: &Plan,
    status: Status,
    now: Timestamp,
) -> Result<(i64, i64), StoreError> {
    let Some(latest) = plan.latest(status) else {
        return Ok((0, 0));
    };
    let lines = Lines::of(plan, status);
    let session = store.session().await?;
    let rows = session
        .query(
            COUNT_DUE,
            &[
                &lines.regions,
                &lines.categories,
                &lines.befores,
                &lines.anonymise,
                &status.as_str(),
                &latest,
                &now,
            ],
        )
        .await?;
    let row = only(&rows)?;
    Ok((column(row, "due")?, column(row, "held")?))
}

/// At most `limit` complaints in a status that are due, the longest waiting first, behind one.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    store: &Store,
    plan: &Plan,
    (status, after): (Status, Option<(Timestamp, Uuid)>),
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let Some(latest) = plan.latest(status) else {
        return Ok(Vec::new());
    };
    let lines = Lines::of(plan, status);
    let (since, id) = after.unwrap_or((Timestamp::UNIX_EPOCH, Uuid::nil()));
    let session = store.session().await?;
    let rows = session
        .query(
            DUE,
            &[
                &lines.regions,
                &lines.categories,
                &lines.befores,
                &lines.anonymise,
                &status.as_str(),
                &latest,
                &since,
                &id,
                &limit,
            ],
        )
        .await?;
    let due = |row: &Row| {
        let anonymises: bool = column(row, "anonymises")?;
        Ok(Due {
            id: column(row, "id")?,
            region: RegionId::from_stored(column(row, "region_id")?),
            since: column(row, "status_since")?,
            action: if anonymises {
                Treatment::Anonymise
            } else {
                Treatment::Erase
            },
        })
    };
    rows.iter().map(due).collect()
}

/// The rules of a status as a statement takes them.
struct Lines<'a> {
    regions: Vec<Option<&'a str>>,
    categories: Vec<Option<&'a str>>,
    befores: Vec<Timestamp>,
    anonymise: Vec<bool>,
}

impl<'a> Lines<'a> {
    fn of(plan: &'a Plan, status: Status) -> Self {
        let lines = plan.lines().iter().filter(|line| line.status == status);
        let lines: Vec<&Line> = lines.collect();
        let each = lines.iter();
        Self {
            regions: each.clone().map(|line| line.region.as_deref()).collect(),
            categories: each.clone().map(|line| line.category.as_deref()).collect(),
            befores: each.clone().map(|line| line.before).collect(),
            anonymise: each
                .map(|line| line.action == Treatment::Anonymise)
                .collect(),
        }
    }
}
