//! Complaints whose time has come.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::region::RegionId;

const DUE: &str = include_str!("../../sql/queries/timers/due.sql");

/// A complaint at which its desk must look.
pub struct Due {
    /// The complaint.
    pub complaint: Uuid,
    /// Its region.
    pub region: RegionId,
    /// Since when.
    pub at: Timestamp,
}

/// At most `limit` complaints whose timer is at or before `now`, the longest waiting first.
///
/// # Errors
/// [`StoreError`].
pub async fn due(store: &Store, now: Timestamp, limit: i64) -> Result<Vec<Due>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(DUE, &[&now, &limit]).await?;
    let due = |row: &Row| {
        Ok(Due {
            complaint: column(row, "id")?,
            region: RegionId::from_stored(column(row, "region_id")?),
            at: column(row, "timer_at")?,
        })
    };
    rows.iter().map(due).collect()
}
