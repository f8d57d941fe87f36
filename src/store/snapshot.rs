//! The open complaints of a region and its head at one moment, read in pages.

use bb8::PooledConnection;
use uuid::Uuid;

use super::complaints::complaint_of;
use super::events::HEAD;
use super::pool::Opener;
use super::{Store, StoreError, column};
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;

const BEGIN: &str = include_str!("../../sql/queries/snapshot/begin.sql");
const OPEN_COMPLAINTS: &str = include_str!("../../sql/queries/snapshot/open_complaints.sql");
const END: &str = include_str!("../../sql/queries/snapshot/end.sql");

/// Complaints in one page.
pub const PAGE: usize = 200;

/// An open `REPEATABLE READ READ ONLY` transaction on one region. Ended by [`Snapshot::end`];
/// dropped half-way, its connection is closed instead of reused.
pub struct Snapshot<'a> {
    session: Option<PooledConnection<'a, Opener>>,
    region: RegionId,
    last: Option<Uuid>,
    /// The number of the region's last event at that moment.
    pub seq: i64,
}

impl<'a> Snapshot<'a> {
    /// Fixes the moment.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Shape`] when there is no such region.
    pub async fn begin(store: &'a Store, region: &RegionId) -> Result<Self, StoreError> {
        let mut snapshot = Self {
            session: Some(store.session().await?),
            region: region.clone(),
            last: None,
            seq: 0,
        };
        let session = snapshot.session()?;
        session.run(BEGIN).await?;
        let rows = session.query(HEAD, &[&region.as_str()]).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::Shape(format!("there is no region {region}")))?;
        snapshot.seq = column(row, "head")?;
        Ok(snapshot)
    }

    /// The next page; fewer than [`PAGE`] complaints: it was the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_page(&mut self) -> Result<Vec<Complaint>, StoreError> {
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let rows = self
            .session()?
            .query(
                OPEN_COMPLAINTS,
                &[&self.region.as_str(), &self.last, &limit],
            )
            .await?;
        let page: Vec<Complaint> = rows.iter().map(complaint_of).collect::<Result<_, _>>()?;
        self.last = page.last().map(|complaint| complaint.id).or(self.last);
        Ok(page)
    }

    /// Ends the moment and gives the connection back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end(mut self) -> Result<(), StoreError> {
        self.session()?.run(END).await?;
        drop(self.session.take());
        Ok(())
    }

    fn session(&self) -> Result<&PooledConnection<'a, Opener>, StoreError> {
        self.session
            .as_ref()
            .ok_or_else(|| StoreError::Unavailable("the snapshot has ended".into()))
    }
}

impl Drop for Snapshot<'_> {
    /// A transaction left open must not go back to the pool.
    fn drop(&mut self) {
        if let Some(mut session) = self.session.take() {
            session.poison();
        }
    }
}
