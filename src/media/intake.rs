//! How photos come in: so many uploads at a time, one beginning after the other.
//!
//! What arrives faster than pictures can be made only waits for them. Twelve uploads that begin at the same moment keep
//! every core busy until they are there, and whoever else asks for something waits as long; one after the other they
//! are done at the same time and are not felt.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes a second that begin to come in, for each thread that makes pictures: about twice what a thread gets done of
/// photos of 12 megapixels (`CAPACITY.md`, photos).
const THREAD_RATE: f64 = 32e6;
/// How long the next one waits at most for one before it, however large.
const LONGEST: Duration = Duration::from_millis(250);
/// Who would have to wait longer is told to come again.
const PATIENCE: Duration = Duration::from_secs(20);

/// The turns of uploads on this node.
#[derive(Debug)]
pub struct Intake {
    places: Arc<Semaphore>,
    /// Bytes a second.
    rate: f64,
    /// When the next one may begin.
    next: Mutex<Instant>,
}

impl Intake {
    /// At most so many uploads at a time, for so many threads that make pictures.
    pub fn new(most: u32, threads: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1))),
            #[expect(clippy::cast_precision_loss, reason = "a number of threads")]
            rate: THREAD_RATE * threads.max(1) as f64,
            next: Mutex::new(Instant::now()),
        }
    }

    /// A place for an upload, until it is dropped; none when too many are under way.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Waits until an upload of about so many bytes may begin; `false` when that would take too long.
    pub async fn turn(&self, bytes: u64) -> bool {
        let Some(begins) = self.begins(bytes, Instant::now()) else {
            return false;
        };
        tokio::time::sleep_until(begins.into()).await;
        true
    }

    /// When an upload of so many bytes begins that comes now: at once, or behind those that came before.
    fn begins(&self, bytes: u64, now: Instant) -> Option<Instant> {
        #[expect(clippy::cast_precision_loss, reason = "bytes of an upload")]
        let takes = Duration::from_secs_f64(bytes as f64 / self.rate);
        let mut next = self
            .next
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        let begins = now.max(*next);
        if begins - now > PATIENCE {
            return None;
        }
        *next = begins + takes.min(LONGEST);
        Some(begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_begin_one_after_the_other_and_the_first_at_once() {
        let (intake, now) = (Intake::new(4, 2), Instant::now());
        let waits = |bytes, after| {
            let came = now + Duration::from_millis(after);
            let begins = intake.begins(bytes, came).unwrap();
            (begins - came).as_millis()
        };
        assert_eq!(waits(6_400_000, 0), 0);
        assert_eq!(waits(6_400_000, 0), 100);
        assert_eq!(waits(1_000_000_000, 50), 150, "one that came later");
        assert_eq!(
            waits(1, 50),
            400,
            "behind a large one no longer than the longest"
        );
        assert_eq!(waits(1, 1000), 0, "nothing is saved up");
        assert_eq!(waits(1, 1000), 0);
    }

    #[test]
    fn who_would_wait_too_long_is_sent_away_and_holds_nobody_up() {
        let (intake, now) = (Intake::new(4, 1), Instant::now());
        let admitted = (0..1000).filter_map(|_| intake.begins(u64::MAX, now));
        let last = admitted.last().unwrap();
        assert_eq!(last, now + PATIENCE);
        assert_eq!(intake.begins(1, last), Some(last + LONGEST));
    }

    #[test]
    fn there_are_as_many_places_as_were_told() {
        let intake = Intake::new(1, 1);
        let place = intake.place();
        assert!(place.is_some() && intake.place().is_none());
        drop(place);
        assert!(intake.place().is_some());
    }
}
