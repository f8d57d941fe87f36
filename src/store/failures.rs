//! How often the database failed, by kind: counted where a statement or a connection fails.

use std::sync::atomic::{AtomicU64, Ordering};

use super::StoreError;

/// Counts since the process began. What a caller expects (a key that exists already, a conflict that is tried
/// again) is no failure.
#[derive(Debug, Default)]
pub struct Failures {
    unavailable: AtomicU64,
    lost: AtomicU64,
    silent: AtomicU64,
    refused: AtomicU64,
}

impl Failures {
    /// Counts an error, and gives it back.
    pub(super) fn note(&self, error: StoreError) -> StoreError {
        let count = match &error {
            StoreError::Unavailable(_) => &self.unavailable,
            StoreError::Lost(_) => &self.lost,
            StoreError::Silent(_) => &self.silent,
            StoreError::Refused { .. } if error.is_transient() || error.is_duplicate() => {
                return error;
            }
            StoreError::Refused { .. } | StoreError::Shape(_) => &self.refused,
        };
        count.fetch_add(1, Ordering::Relaxed);
        error
    }

    /// The counts, by the words used in metrics.
    pub fn counts(&self) -> [(&'static str, u64); 4] {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        [
            ("unavailable", read(&self.unavailable)),
            ("lost", read(&self.lost)),
            ("silent", read(&self.silent)),
            ("refused", read(&self.refused)),
        ]
    }
}
