//! What erasures leave to be done: blobs to remove.
//!
//! What is erased is written by [`super::commit`] alone.

use uuid::Uuid;

use super::{Store, StoreError, column};

const LEASE_BLOBS: &str = include_str!("../../sql/queries/erasures/lease_blobs.sql");
const BLOBS_REMOVED: &str = include_str!("../../sql/queries/erasures/blobs_removed.sql");
const BLOBS_PENDING: &str = include_str!("../../sql/queries/erasures/blobs_pending.sql");

/// Takes at most `limit` photos whose blobs are to be removed; nobody else gets them for some seconds.
///
/// # Errors
/// [`StoreError`].
pub async fn lease_blobs(store: &Store, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(LEASE_BLOBS, &[&limit]).await?;
    rows.iter().map(|row| column(row, "photo_id")).collect()
}

/// Says that the blobs of these photos are removed.
///
/// # Errors
/// [`StoreError`].
pub async fn blobs_removed(store: &Store, photos: &[Uuid]) -> Result<(), StoreError> {
    let session = store.session().await?;
    session.execute(BLOBS_REMOVED, &[&photos]).await?;
    Ok(())
}

/// How many photos wait for the removal of their blobs, of all nodes.
///
/// # Errors
/// [`StoreError`].
pub async fn blobs_pending(store: &Store) -> Result<i64, StoreError> {
    let rows = store.session().await?.query(BLOBS_PENDING, &[]).await?;
    rows.first()
        .map_or(Ok(0), |row| column::<i64>(row, "pending"))
}
