//! Photos: reads, the leases of those that wait, the bytes of a day, and what sweeps ask.
//!
//! What becomes of a photo is written by [`super::commit`] alone, with its event.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::account::By;
use crate::domain::photo::{PhotoKind, PhotoStatus};
use crate::domain::region::RegionId;

const LIST: &str = include_str!("../../sql/queries/photos/list.sql");
const FIND: &str = include_str!("../../sql/queries/photos/find.sql");
const LEASE: &str = include_str!("../../sql/queries/photos/lease.sql");
const RENEW: &str = include_str!("../../sql/queries/photos/renew.sql");
const GIVE_BACK: &str = include_str!("../../sql/queries/photos/give_back.sql");
const WAITING: &str = include_str!("../../sql/queries/photos/waiting.sql");
const RESERVE: &str = include_str!("../../sql/queries/photos/reserve.sql");
const GIVE_BACK_BYTES: &str = include_str!("../../sql/queries/photos/give_back_bytes.sql");
const FORGET_DAYS: &str = include_str!("../../sql/queries/photos/forget_days.sql");
const STATUSES: &str = include_str!("../../sql/queries/photos/statuses.sql");
const READY_AFTER: &str = include_str!("../../sql/queries/photos/ready_after.sql");
const TAKE_UP_AGAIN: &str = include_str!("../../sql/queries/photos/take_up_again.sql");

/// A photo as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// UUIDv7.
    pub id: Uuid,
    /// Its complaint.
    pub complaint: Uuid,
    /// What it shows.
    pub kind: PhotoKind,
    /// How far it is.
    pub status: PhotoStatus,
    /// Why it failed.
    pub reason: Option<String>,
    /// Who sent it.
    pub by: By,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// When it became ready or failed.
    pub finished_at: Option<Timestamp>,
    /// Bytes as they were sent; then of the pictures.
    pub bytes: i64,
    /// Pixels, when it is ready.
    pub width: Option<i32>,
    /// Pixels, when it is ready.
    pub height: Option<i32>,
    /// A few characters from which a client paints a blur.
    pub placeholder: Option<String>,
    /// When it was taken, as the camera's clock said, if that was to be used.
    pub taken_at: Option<String>,
}

/// A photo to work on.
#[derive(Debug, Clone)]
pub struct Leased {
    /// The photo.
    pub id: Uuid,
    /// Its complaint.
    pub complaint: Uuid,
    /// The complaint's region.
    pub region: RegionId,
    /// When it was uploaded.
    pub uploaded_at: Timestamp,
    /// The how manieth attempt this is.
    pub attempt: i16,
    /// Whether the file's own words about place and time are used.
    pub uses_location: bool,
}

/// The photos of a complaint, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(store: &Store, complaint: Uuid) -> Result<Vec<Stored>, StoreError> {
    let rows = store.session().await?.query(LIST, &[&complaint]).await?;
    rows.iter().map(stored).collect()
}

/// A photo.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, id: Uuid) -> Result<Option<Stored>, StoreError> {
    let rows = store.session().await?.query(FIND, &[&id]).await?;
    rows.first().map(stored).transpose()
}

/// Takes at most `limit` photos that wait, for `lease`: nobody else gets them meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn lease(store: &Store, lease: Duration, limit: i64) -> Result<Vec<Leased>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(LEASE, &[&lease.as_secs_f64(), &limit])
        .await?;
    let leased = |row: &Row| {
        Ok(Leased {
            id: column(row, "id")?,
            complaint: column(row, "complaint_id")?,
            region: RegionId::from_stored(column(row, "region_id")?),
            uploaded_at: column(row, "uploaded_at")?,
            attempt: column(row, "attempts")?,
            uses_location: column(row, "use_location")?,
        })
    };
    rows.iter().map(leased).collect()
}

/// Keeps photos that are being worked on for `lease` from now.
///
/// # Errors
/// [`StoreError`].
pub async fn renew(store: &Store, ids: &[Uuid], lease: Duration) -> Result<(), StoreError> {
    let session = store.session().await?;
    session
        .execute(RENEW, &[&ids, &lease.as_secs_f64()])
        .await?;
    Ok(())
}

/// Gives a photo back that could not be worked on; nobody tries again within `pause`.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back(store: &Store, id: Uuid, pause: Duration) -> Result<(), StoreError> {
    let session = store.session().await?;
    session
        .execute(GIVE_BACK, &[&id, &pause.as_secs_f64()])
        .await?;
    Ok(())
}

/// How many photos wait, of all nodes.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(store: &Store) -> Result<i64, StoreError> {
    let rows = store.session().await?.query(WAITING, &[]).await?;
    rows.first()
        .map_or(Ok(0), |row| column::<i64>(row, "waiting"))
}

/// Takes bytes of a submitter's day, of which there are `most`; `false` when so many are not left.
///
/// # Errors
/// [`StoreError`].
pub async fn reserve(
    store: &Store,
    submitter: &[u8],
    bytes: i64,
    most: i64,
) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let rows = session.query(RESERVE, &[&submitter, &bytes, &most]).await?;
    Ok(!rows.is_empty())
}

/// Gives bytes of a submitter's day back.
///
/// # Errors
/// [`StoreError`].
pub async fn give_back_bytes(
    store: &Store,
    submitter: &[u8],
    bytes: i64,
) -> Result<(), StoreError> {
    let session = store.session().await?;
    session
        .execute(GIVE_BACK_BYTES, &[&submitter, &bytes])
        .await?;
    Ok(())
}

/// Forgets the bytes of days that are over.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_days(store: &Store) -> Result<(), StoreError> {
    store.session().await?.execute(FORGET_DAYS, &[]).await?;
    Ok(())
}

/// How far photos are; those that are not there are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn statuses(
    store: &Store,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, PhotoStatus>, StoreError> {
    let rows = store.session().await?.query(STATUSES, &[&ids]).await?;
    let pair = |row: &Row| Ok((column(row, "id")?, status_of(row)?));
    rows.iter().map(pair).collect()
}

/// At most `limit` photos behind `after` that are ready for longer than `age`, in order of id.
///
/// # Errors
/// [`StoreError`].
pub async fn ready_after(
    store: &Store,
    after: Uuid,
    age: Duration,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(READY_AFTER, &[&after, &age.as_secs_f64(), &limit])
        .await?;
    rows.iter().map(|row| column(row, "id")).collect()
}

/// Has photos worked on again whose pictures are gone.
///
/// # Errors
/// [`StoreError`].
pub async fn take_up_again(store: &Store, ids: &[Uuid]) -> Result<(), StoreError> {
    let session = store.session().await?;
    session.execute(TAKE_UP_AGAIN, &[&ids]).await?;
    Ok(())
}

fn stored(row: &Row) -> Result<Stored, StoreError> {
    Ok(Stored {
        id: column(row, "id")?,
        complaint: column(row, "complaint_id")?,
        kind: kind_of(row)?,
        status: status_of(row)?,
        reason: column(row, "reason")?,
        by: by_of(row)?,
        uploaded_at: column(row, "uploaded_at")?,
        finished_at: column(row, "finished_at")?,
        bytes: column(row, "bytes")?,
        width: column(row, "width")?,
        height: column(row, "height")?,
        placeholder: column(row, "placeholder")?,
        taken_at: column(row, "taken_at")?,
    })
}

pub(super) fn kind_of(row: &Row) -> Result<PhotoKind, StoreError> {
    let word: &str = column(row, "kind")?;
    let unknown = || StoreError::Shape(format!("unknown kind of photo {word:?}"));
    PhotoKind::parse(word).ok_or_else(unknown)
}

pub(super) fn status_of(row: &Row) -> Result<PhotoStatus, StoreError> {
    let word: &str = column(row, "status")?;
    let unknown = || StoreError::Shape(format!("unknown status of a photo {word:?}"));
    PhotoStatus::parse(word).ok_or_else(unknown)
}

pub(super) fn by_of(row: &Row) -> Result<By, StoreError> {
    let (kind, id): (&str, Option<Uuid>) = (column(row, "by_kind")?, column(row, "by_id")?);
    By::from_stored(kind, id)
        .ok_or_else(|| StoreError::Shape(format!("unknown sender of a photo {kind:?}")))
}
