//! The open complaints of a region and its head at one moment.
//!
//! Read at once and not page by page: a connection must never wait for a client that reads slowly.

use uuid::Uuid;

use super::complaints::complaint_of;
use super::{Store, StoreError, column};
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;

const READ: &str = include_str!("../../sql/queries/snapshot/read.sql");

/// A region at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// The number of the region's last event.
    pub seq: i64,
    /// The open complaints, oldest first.
    pub complaints: Vec<Complaint>,
}

/// Reads a region; `None` when there is none of that id.
///
/// # Errors
/// [`StoreError`].
pub async fn read(store: &Store, region: &RegionId) -> Result<Option<Snapshot>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(READ, &[&region.as_str()]).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let seq = column(first, "head")?;
    let is_open = column::<Option<Uuid>>(first, "id")?.is_some();
    let open = rows.iter().filter(|_| is_open);
    let complaints = open.map(complaint_of).collect::<Result<_, _>>()?;
    Ok(Some(Snapshot { seq, complaints }))
}
