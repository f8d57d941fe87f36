//! Finds what lies in the store without a row, and rows whose pictures are gone.
//!
//! A blob is written before its row and removed after it, so that a crash between the two leaves blobs, never
//! rows without. Rows without pictures come from a store that lost something: they are told, and only
//! `redress photos sweep` does something about them, for the wrong folder would look the same.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;

use super::blobs::{Blob, BlobError, Blobs, Picture};
use crate::domain::photo::PhotoStatus;
use crate::domain::retention::Kept;
use crate::store::{Store, StoreError, photos};

/// Blobs and rows that are looked at together.
const PAGE: usize = 500;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Photos that are ready for less time are usually not looked for: they may have come after their place in the list was read.
pub const LISTED: Duration = Duration::from_secs(3600);

/// Why a sweep ended early.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The photo store.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How old what nobody needs must be before it goes.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    /// Pictures without a photo.
    pub pictures: Duration,
    /// Sent files without a photo, and files that were begun: one may be under way.
    pub uploads: Duration,
}

impl From<Kept> for Ages {
    fn from(kept: Kept) -> Self {
        let days = |days: u32| DAY * days;
        Self {
            pictures: days(kept.orphaned_photo_days),
            uploads: days(kept.unfinished_upload_days),
        }
    }
}

/// How a sweep goes about it.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// What is younger is left alone.
    pub ages: Ages,
    /// Photos that are ready for less time are not looked for.
    pub listed: Duration,
    /// Whether it only looks.
    pub dry: bool,
    /// Whether photos whose pictures are gone are to fail.
    pub fails_rows: bool,
}

/// What a sweep found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Pictures without a photo that is ready.
    pub pictures: u64,
    /// Uploads without a photo that waits, and uploads that never ended.
    pub uploads: u64,
    /// Bytes of both, without those that never ended.
    pub bytes: u64,
    /// Photos that are ready and whose original is gone.
    pub rows: u64,
}

impl Sweep {
    /// Looks at every blob and every photo that is ready.
    ///
    /// # Errors
    /// [`SweepError`]; what was removed by then stays removed.
    pub async fn run(self, store: &Store, blobs: &Blobs) -> Result<Swept, SweepError> {
        let mut swept = Swept::default();
        let mut originals = HashSet::new();
        let mut all = blobs.all().await?.try_chunks(PAGE);
        while let Some(page) = all.try_next().await.map_err(|error| error.1)? {
            let originals_of = |blob: &Blob| blob.picture == Some(Picture::Original);
            let found = page.iter().filter(|blob| originals_of(blob));
            originals.extend(found.map(|blob| blob.photo));
            self.page(store, blobs, &page, &mut swept).await?;
        }
        swept.uploads += blobs.remove_unfinished(self.ages.uploads, self.dry).await?;
        self.rows(store, &originals, &mut swept).await?;
        Ok(swept)
    }

    async fn page(
        self,
        store: &Store,
        blobs: &Blobs,
        page: &[Blob],
        swept: &mut Swept,
    ) -> Result<(), SweepError> {
        let ids: Vec<Uuid> = page.iter().map(|blob| blob.photo).collect();
        let statuses = photos::statuses(store, &ids).await?;
        let now = Timestamp::now().as_millisecond();
        for blob in page {
            let status = statuses.get(&blob.photo).copied();
            let (needs, age, count) = match blob.picture {
                Some(_) => (PhotoStatus::Ready, self.ages.pictures, &mut swept.pictures),
                None => (PhotoStatus::Pending, self.ages.uploads, &mut swept.uploads),
            };
            let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
            let is_young = now.saturating_sub(blob.since_ms) < age;
            if status == Some(needs) || is_young {
                continue;
            }
            *count += 1;
            swept.bytes += blob.bytes;
            match blob.picture {
                _ if self.dry => {}
                Some(picture) => blobs.remove_picture(blob.photo, picture).await?,
                None => blobs.remove_sent(blob.photo).await?,
            }
        }
        Ok(())
    }

    async fn rows(
        self,
        store: &Store,
        originals: &HashSet<Uuid>,
        swept: &mut Swept,
    ) -> Result<(), SweepError> {
        let mut after = Uuid::nil();
        let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
        loop {
            let page = photos::ready_after(store, after, self.listed, limit).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = *last;
            let gone = page.iter().filter(|id| !originals.contains(id));
            let gone: Vec<Uuid> = gone.copied().collect();
            swept.rows += gone.len() as u64;
            if self.fails_rows && !self.dry && !gone.is_empty() {
                photos::take_up_again(store, &gone).await?;
            }
        }
    }
}
