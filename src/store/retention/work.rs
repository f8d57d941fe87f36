//! What the node does that is at a run. All of it on one connection, which holds the lock: when that is lost, so is the right
//! to say how far the run is.

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::runs::plan;
use crate::domain::region::RegionId;
use crate::domain::retention::{Counts, Origin, Plan};
use crate::domain::status::Status;
use crate::store::complaints::status_of;
use crate::store::{Session, Store, StoreError, column};

const TRY_LOCK: &str = include_str!("../../../sql/queries/retention/try_lock.sql");
const TAKE_UP: &str = include_str!("../../../sql/queries/retention/take_up.sql");
const SAVE_DUE: &str = include_str!("../../../sql/queries/retention/save_due.sql");
const ADVANCE: &str = include_str!("../../../sql/queries/retention/advance.sql");
const FINISH: &str = include_str!("../../../sql/queries/retention/finish.sql");
const FORGET_LOGINS: &str = include_str!("../../../sql/queries/retention/forget_logins.sql");
const MOVE_FLOOR: &str = include_str!("../../../sql/queries/retention/move_floor.sql");

/// A complaint at which a run has arrived: its status, since when it has that, its id.
pub type Place = (Status, Timestamp, Uuid);

/// A run that was taken up.
#[derive(Debug, Clone)]
pub struct TakenUp {
    /// Its id.
    pub id: Uuid,
    /// Who had it made.
    pub origin: Origin,
    /// Who is due.
    pub plan: Plan,
    /// How often it was taken up since it last got on, this time included.
    pub attempts: i32,
    /// The last complaint that it looked at.
    pub at: Option<Place>,
}

/// A connection that holds the lock of runs, or `None` while another node has it.
///
/// # Errors
/// [`StoreError`].
pub async fn lock(store: &Store) -> Result<Option<Session>, StoreError> {
    let session = Session::open(store.database()).await?;
    let rows = session.query(TRY_LOCK, &[]).await?;
    let taken = rows.first().map(|row| column(row, "taken")).transpose()?;
    Ok(taken.unwrap_or(false).then_some(session))
}

/// Takes up the run that is not over, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn take_up(session: &Session, node: &str) -> Result<Option<TakenUp>, StoreError> {
    let rows = session.query(TAKE_UP, &[&node]).await?;
    rows.first().map(taken_up).transpose()
}

fn taken_up(row: &Row) -> Result<TakenUp, StoreError> {
    let origin: &str = column(row, "origin")?;
    let origin = Origin::parse(origin).ok_or_else(|| StoreError::Shape(format!("origin {origin}")));
    let status: Option<&str> = column(row, "at_status")?;
    let since: Option<Timestamp> = column(row, "at_since")?;
    let at = status
        .map(status_of)
        .transpose()?
        .zip(since)
        .zip(column(row, "at_id")?);
    Ok(TakenUp {
        id: column(row, "id")?,
        origin: origin?,
        plan: plan(row)?,
        attempts: column(row, "attempts")?,
        at: at.map(|((status, since), id)| (status, since, id)),
    })
}

/// Notes what is due when a run begins; what was noted before stays.
///
/// # Errors
/// [`StoreError`].
pub async fn save_due(
    session: &Session,
    run: Uuid,
    due: &[(Status, i64)],
) -> Result<(), StoreError> {
    let (statuses, counts): (Vec<&str>, Vec<i64>) = due
        .iter()
        .map(|(status, due)| (status.as_str(), *due))
        .unzip();
    let parameters = [&run as _, &statuses as _, &counts as _];
    session.execute(SAVE_DUE, &parameters).await.map(drop)
}

/// Notes what became of a page and how far the run is, together.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    session: &Session,
    run: Uuid,
    (status, since, id): Place,
    done: Counts,
) -> Result<(), StoreError> {
    let word = status.as_str();
    let parameters: [&(dyn ToSql + Sync); 9] = [
        &run,
        &word,
        &since,
        &id,
        &done.erased,
        &done.anonymised,
        &done.held,
        &done.spared,
        &done.failed,
    ];
    session.execute(ADVANCE, &parameters).await.map(drop)
}

/// Ends a run, well or with the reason why not.
///
/// # Errors
/// [`StoreError`].
pub async fn finish(session: &Session, run: Uuid, failure: Option<&str>) -> Result<(), StoreError> {
    let outcome = if failure.is_some() { "failed" } else { "done" };
    let parameters = [&run as _, &outcome as _, &failure as _];
    session.execute(FINISH, &parameters).await.map(drop)
}

/// Removes logins that ended over a day ago, at most `limit`; how many.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_logins(session: &Session, limit: i64) -> Result<u64, StoreError> {
    session.execute(FORGET_LOGINS, &[&limit]).await
}

/// Moves a region's replay floor up to the last of its events before a time.
///
/// # Errors
/// [`StoreError`].
pub async fn move_floor(
    session: &Session,
    region: &RegionId,
    before: Timestamp,
) -> Result<(), StoreError> {
    let region = region.as_str();
    let moved = session.execute(MOVE_FLOOR, &[&region, &before]).await;
    moved.map(drop)
}
