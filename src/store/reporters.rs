//! What somebody reported, by who they are.

use tokio_postgres::Row;
use uuid::Uuid;

use super::complaints::status_of;
use super::{Store, StoreError, column};
use crate::domain::region::RegionId;
use crate::domain::status::Status;

const COMPLAINTS_OF: &str = include_str!("../../sql/queries/reporters/complaints_of.sql");

/// A complaint that somebody reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The complaint.
    pub id: Uuid,
    /// Its region.
    pub region: RegionId,
    /// Where it stands.
    pub status: Status,
}

/// At most `limit` complaints whose reporter gave this e-mail address, in order of id. Reads all reporters, which takes
/// a second or so of a million.
///
/// # Errors
/// [`StoreError`].
pub async fn complaints_of(
    store: &Store,
    email: &str,
    limit: i64,
) -> Result<Vec<Reported>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query_at_length(COMPLAINTS_OF, &[&email, &limit])
        .await?;
    let reported = |row: &Row| {
        Ok(Reported {
            id: column(row, "id")?,
            region: RegionId::from_stored(column(row, "region_id")?),
            status: status_of(column(row, "status")?)?,
        })
    };
    rows.iter().map(reported).collect()
}
