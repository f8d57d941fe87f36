//! How often the photo store failed, by kind.

use std::sync::atomic::{AtomicU64, Ordering};

use super::BlobError;

/// Counts since the store was opened. A blob that is not there, or is larger than wanted, is
/// no failure.
#[derive(Debug, Default)]
pub(super) struct BlobFailures {
    away: AtomicU64,
    silent: AtomicU64,
}

impl BlobFailures {
    /// Counts an error, and gives it back.
    pub(super) fn note(&self, error: BlobError) -> BlobError {
        let count = match &error {
            BlobError::Missing(_) | BlobError::TooLarge(_) => return error,
            BlobError::Away(_) => &self.away,
            BlobError::Silent(_) => &self.silent,
        };
        count.fetch_add(1, Ordering::Relaxed);
        error
    }

    /// The counts, by the words used in metrics.
    pub(super) fn counts(&self) -> [(&'static str, u64); 2] {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        [("away", read(&self.away)), ("silent", read(&self.silent))]
    }
}
