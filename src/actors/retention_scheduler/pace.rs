//! How much a run does at a time, and how long it lets others go first.

use std::time::Duration;

/// A batch that takes longer is too large: whoever submits to the same lane waits behind it. With 50 ms the p99 of
/// submissions beside a run was 15 times that without one, with 6 ms 1.8 times (`CAPACITY.md`, a retention run).
const LONG: Duration = Duration::from_millis(6);
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
        // Nobody waits: four fifths of a lane's time for the run. Otherwise a quarter.
        let pause = if waiting > 0 { took * 3 } else { took / 4 };
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
            pace.pause(5 * MS, 0);
        }
        assert_eq!(pace.size(), 200);
        for _ in 0..50 {
            pace.pause(7 * MS, 0);
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
            (20 * MS, 0, 5 * MS),
            (20 * MS, 1, 60 * MS),
            (Duration::ZERO, 0, MS),
            (3600 * 1000 * MS, 5, 2000 * MS),
        ] {
            assert_eq!(pace.pause(took, waiting), expected, "{took:?} {waiting}");
        }
    }
}
