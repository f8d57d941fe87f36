//! Legal holds: reads. They are written by [`super::commit`] alone, under the lock of their complaint.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::complaints::status_of;
use super::{Store, StoreError, column};
use crate::domain::erasure::LegalHold;
use crate::domain::region::RegionId;
use crate::domain::status::Status;

const FIND: &str = include_str!("../../sql/queries/holds/find.sql");
const LIST: &str = include_str!("../../sql/queries/holds/list.sql");

/// A hold in a list.
pub struct Listed {
    /// The complaint.
    pub complaint: Uuid,
    /// Its region.
    pub region: RegionId,
    /// Where it stands.
    pub status: Status,
    /// The hold, in force or over.
    pub hold: LegalHold,
}

/// The hold of a complaint, in force or over.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, complaint: Uuid) -> Result<Option<LegalHold>, StoreError> {
    let rows = store.session().await?.query(FIND, &[&complaint]).await?;
    rows.first().map(hold_of).transpose()
}

/// At most `limit` holds behind the one that was placed at a time on a complaint, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let (placed_at, complaint) = after.unzip();
    let session = store.session().await?;
    let rows = session
        .query(LIST, &[&placed_at, &complaint, &limit])
        .await?;
    let listed = |row: &Row| {
        Ok(Listed {
            complaint: column(row, "complaint_id")?,
            region: RegionId::from_stored(column(row, "region_id")?),
            status: status_of(column(row, "status")?)?,
            hold: hold_of(row)?,
        })
    };
    rows.iter().map(listed).collect()
}

fn hold_of(row: &Row) -> Result<LegalHold, StoreError> {
    Ok(LegalHold {
        placed_by: column(row, "placed_by")?,
        reason: column(row, "reason")?,
        placed_at: column(row, "placed_at")?,
        until: column(row, "until")?,
    })
}
