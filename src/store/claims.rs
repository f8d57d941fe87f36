//! Claims of complaints: who is on the way. The row of a complaint decides between two who race.

use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::presence::{Claim, Person, Release};
use crate::domain::region::RegionId;

const CLAIM: &str = include_str!("../../sql/queries/claims/claim.sql");
const FIND: &str = include_str!("../../sql/queries/claims/find.sql");
const RELEASE: &str = include_str!("../../sql/queries/claims/release.sql");
const CHANGED: &str = include_str!("../../sql/queries/claims/changed.sql");
const LOOK_AFTER: &str = include_str!("../../sql/queries/claims/look_after.sql");
const FORGET_ENDED: &str = include_str!("../../sql/queries/claims/forget_ended.sql");

/// Most claims that an officer can have at a time.
pub const MOST: i64 = 20;

/// A claim as it is after a change.
#[derive(Debug)]
pub struct Changed {
    /// The claim.
    pub claim: Claim,
    /// How long it still holds, by the database's clock; `None`: it is over.
    pub left: Option<Duration>,
    /// Why it is over, or will be when its time is.
    pub reason: Release,
    /// The number of the change.
    pub version: i64,
}

/// Claims a complaint of a region for an officer, or renews their claim; `None` when that cannot be.
///
/// # Errors
/// [`StoreError`].
pub async fn claim(
    store: &Store,
    complaint: Uuid,
    region: &RegionId,
    officer: Uuid,
    minutes: i32,
) -> Result<Option<Claim>, StoreError> {
    let session = store.session().await?;
    let region = region.as_str();
    let rows = session
        .query(CLAIM, &[&complaint, &region, &officer, &minutes, &MOST])
        .await?;
    rows.first().map(claim_of).transpose()
}

/// The claim of a complaint, if it holds.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, complaint: Uuid) -> Result<Option<Claim>, StoreError> {
    let rows = store.session().await?.query(FIND, &[&complaint]).await?;
    rows.first().map(claim_of).transpose()
}

/// Ends the claim of a complaint, of `holder` or, without one, whoever holds it; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn release(
    store: &Store,
    complaint: Uuid,
    holder: Option<Uuid>,
) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let rows = session.query(RELEASE, &[&complaint, &holder]).await?;
    Ok(!rows.is_empty())
}

/// At most `limit` claims that changed behind a change, in order of its number and, of those that changed
/// at once, of the complaint. `after`: that change's number and complaint.
///
/// # Errors
/// [`StoreError`].
pub async fn changed(
    store: &Store,
    after: (i64, Uuid),
    limit: i64,
) -> Result<Vec<Changed>, StoreError> {
    let session = store.session().await?;
    let (version, complaint) = after;
    let rows = session
        .query(CHANGED, &[&version, &complaint, &limit])
        .await?;
    rows.iter().map(changed_of).collect()
}

/// Ends the claims that should not hold any more, lets those lapse whose holders are gone, and says how many
/// changed. `present`: who is online at this node.
///
/// # Errors
/// [`StoreError`].
pub async fn look_after(
    store: &Store,
    present: &[Uuid],
    grace: Duration,
) -> Result<u64, StoreError> {
    let session = store.session().await?;
    let grace_s = grace.as_secs_f64();
    session.execute(LOOK_AFTER, &[&present, &grace_s]).await
}

/// Forgets claims that ended long ago.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_ended(store: &Store) -> Result<(), StoreError> {
    store.session().await?.execute(FORGET_ENDED, &[]).await?;
    Ok(())
}

fn claim_of(row: &Row) -> Result<Claim, StoreError> {
    Ok(Claim {
        complaint: column(row, "complaint_id")?,
        region: RegionId::from_stored(column(row, "region_id")?),
        holder: Person {
            id: column(row, "holder_id")?,
            name: column(row, "holder_name")?,
        },
        claimed_at: column(row, "claimed_at")?,
        until: column(row, "until")?,
    })
}

fn changed_of(row: &Row) -> Result<Changed, StoreError> {
    let left_s: f64 = column(row, "left_s")?;
    let stored: Option<&str> = column(row, "release_reason")?;
    let by_time = if column(row, "is_lapsing")? {
        Release::Disconnected
    } else {
        Release::Expired
    };
    Ok(Changed {
        claim: claim_of(row)?,
        left: Duration::try_from_secs_f64(left_s)
            .ok()
            .filter(|left| !left.is_zero()),
        reason: stored.and_then(Release::parse).unwrap_or(by_time),
        version: column(row, "version")?,
    })
}
