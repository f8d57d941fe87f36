//! How many lines were made and dropped, since the process began.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::config::LogLevel;

static LINES: [AtomicU64; LogLevel::ALL.len()] = [const { AtomicU64::new(0) }; LogLevel::ALL.len()];
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// Counts a line that is made.
pub(super) fn line(level: LogLevel) {
    if let Some(count) = LINES.get(level as usize) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts a line that is dropped.
pub(super) fn drop_one() {
    DROPPED.fetch_add(1, Ordering::Relaxed);
}

/// Lines that were made, by level.
pub fn lines() -> impl Iterator<Item = (&'static str, u64)> {
    let counts = LINES.iter().map(|count| count.load(Ordering::Relaxed));
    LogLevel::ALL.into_iter().map(LogLevel::as_str).zip(counts)
}

/// Lines that were dropped, because they came faster than they are written.
pub fn dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}
