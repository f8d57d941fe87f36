//! How much a run does at a time, and how long it lets others go first.

use std::time::Duration;

/// A batch that takes longer is too large: what it writes is flushed with its commit, behind which others' commits
/// wait, and at its end it holds the region's counter (`CAPACITY.md`, a retention run).
const LONG: Duration = Duration::from_millis(8);
/// The smallest batch.
const LEAST: usize = 4;
/// The shortest and the longest pause.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_secs(2));

/// The pace of a run: batches become smaller while they take long, and larger again while they do not.
#[derive(Debug)]
pub(super) struct Pace {
    most: usize,
    size: usize,
}

impl Pace {
    /// Begins with small batches; none is larger than `most`.
    pub(super) fn new(most: u16) -> Self {
        let most = usize::from(most).max(1);
        Self {
            most,
            size: LEAST.min(most),
        }
    }

    /// Complaints of the next batch.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The pause after a batch that took so long, with so many commands of others waiting.
    pub(super) fn pause(&mut self, took: Duration, waiting: i64) -> Duration {
        self.size = if took > LONG {
            (self.size / 2).max(LEAST.min(self.most))
        } else {
            (self.size + self.size / 4 + 1).min(self.most)
        };
        // Nobody waits: half of the time for the run. Otherwise a quarter.
        let pause = if waiting > 0 { took * 3 } else { took };
        pause.clamp(PAUSES.0, PAUSES.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn batches_grow_to_their_bound_while_they_are_quick_and_shrink_while_they_are_not() {
        let mut pace = Pace::new(200);
        assert_eq!(pace.size(), 4);
        for _ in 0..50 {
            pace.pause(7 * MS, 0);
        }
        assert_eq!(pace.size(), 200);
        for _ in 0..50 {
            pace.pause(9 * MS, 0);
        }
        assert_eq!(pace.size(), 4);
        let mut small = Pace::new(1);
        for took in [MS, 100 * MS, MS] {
            small.pause(took, 0);
            assert_eq!(small.size(), 1);
        }
    }

    #[test]
    fn others_go_first_for_longer_when_some_wait() {
        let mut pace = Pace::new(200);
        for (took, waiting, expected) in [
            (20 * MS, 0, 20 * MS),
            (20 * MS, 1, 60 * MS),
            (Duration::ZERO, 0, MS),
            (3600 * 1000 * MS, 5, 2000 * MS),
        ] {
            assert_eq!(pace.pause(took, waiting), expected, "{took:?} {waiting}");
        }
    }
}
