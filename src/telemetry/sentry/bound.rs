//! How many failures are reported at most: a fault that strikes every request is known after a few reports.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The time over which reports are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// Most reports of one kind (a route, a place of a panic, a run) in a window.
const OF_KIND: u32 = 5;
/// Most reports in a window.
const IN_ALL: usize = 30;

static REPORTED: AtomicU64 = AtomicU64::new(0);
static LEFT_OUT: AtomicU64 = AtomicU64::new(0);

/// The reports of the present window.
#[derive(Debug, Default)]
pub(super) struct Bound {
    since: Option<Instant>,
    all: usize,
    kinds: HashMap<String, u32>,
}

impl Bound {
    /// Whether one more report of this kind may be made at `now`; counts it, whichever.
    pub(super) fn takes(&mut self, kind: &str, now: Instant) -> bool {
        let is_over = |since: Instant| now.duration_since(since) >= WINDOW;
        if self.since.is_none_or(is_over) {
            *self = Self {
                since: Some(now),
                ..Self::default()
            };
        }
        let takes = self.all < IN_ALL && {
            let of_kind = self.kinds.entry(kind.to_owned()).or_default();
            *of_kind += 1;
            *of_kind <= OF_KIND
        };
        self.all += usize::from(takes);
        let count = if takes { &REPORTED } else { &LEFT_OUT };
        count.fetch_add(1, Ordering::Relaxed);
        takes
    }
}

/// Failures that were reported and left out, since the process began, by the words used in metrics.
pub fn counts() -> [(&'static str, u64); 2] {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    [("reported", read(&REPORTED)), ("left_out", read(&LEFT_OUT))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_of_a_kind_and_not_many_in_all_are_reported_a_minute() {
        let mut bound = Bound::default();
        let begin = Instant::now();
        let taken = |bound: &mut Bound, kind: &str, now| {
            let tries = (0..100).filter(|_| bound.takes(kind, now));
            tries.count()
        };
        assert_eq!(taken(&mut bound, "one", begin), 5);
        let others: usize = (0..100)
            .map(|kind| taken(&mut bound, &format!("kind {kind}"), begin))
            .sum();
        assert_eq!(others, 25);
        assert!(bound.kinds.len() <= IN_ALL, "{}", bound.kinds.len());
        let later = begin + WINDOW;
        assert_eq!(taken(&mut bound, "one", later), 5);
    }
}
