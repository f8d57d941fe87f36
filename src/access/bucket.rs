//! Token buckets by key: a minute's allowance may come at once, then it refills evenly.
//!
//! A bucket is one instant (GCRA). Written here and not taken from `governor`, because a login that
//! succeeds gives its turn back and an API key may have a rate of its own; that crate can neither
//! refund nor vary by key.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::AccessError;

/// The time in which an allowance refills.
pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// Most buckets of one kind (a few MiB). Over it all are emptied: an attack from so many addresses
/// is not held off by a limit an address, and everybody else must not suffer from it.
const MOST: usize = 100_000;

/// Buckets by hashed key. One that is full again equals one that is missing.
#[derive(Default)]
pub(super) struct Buckets {
    hasher: RandomState,
    /// When the bucket of a key will be full again, of those that are not.
    full_at: Mutex<HashMap<u64, Instant>>,
}

impl Buckets {
    /// Takes one of `rate` turns a minute.
    pub(super) fn take(&self, key: &impl Hash, rate: u32, now: Instant) -> Result<(), AccessError> {
        let key = self.hasher.hash_one(key);
        let mut full_at = self
            .full_at
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        make_room(&mut full_at, now);
        let before = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = before + WINDOW / rate.max(1);
        let over = after.saturating_duration_since(now + WINDOW);
        if !over.is_zero() {
            let retry_after_s = over.as_secs() + u64::from(over.subsec_nanos() > 0);
            return Err(AccessError::Throttled { retry_after_s });
        }
        full_at.insert(key, after);
        Ok(())
    }

    /// Gives one turn back.
    pub(super) fn give_back(&self, key: &impl Hash, rate: u32) {
        let key = self.hasher.hash_one(key);
        let mut full_at = self
            .full_at
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        if let Some(time) = full_at.get_mut(&key) {
            *time = time.checked_sub(WINDOW / rate.max(1)).unwrap_or(*time);
        }
    }
}

/// Forgets full buckets whenever the map is about to grow: it holds no more than twice the keys of
/// the last minute, and the cost of a sweep is spread over the insertions before it.
fn make_room(full_at: &mut HashMap<u64, Instant>, now: Instant) {
    if full_at.len() < full_at.capacity() || full_at.is_empty() {
        return;
    }
    full_at.retain(|_, time| *time > now);
    if full_at.len() >= MOST {
        slog_scope::warn!("a rate limit met too many different callers and starts afresh";
            "callers" => full_at.len());
        full_at.clear();
    }
    let room = full_at.len() * 2;
    full_at.shrink_to(room);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_minutes_allowance_may_come_at_once_and_refills_evenly() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for _ in 0..6 {
            buckets.take(&1, 6, start).unwrap();
        }
        let refused = buckets.take(&1, 6, after(start, 1));
        assert!(
            matches!(refused, Err(AccessError::Throttled { retry_after_s: 9 })),
            "{refused:?}"
        );
        assert!(buckets.take(&2, 6, start).is_ok(), "another key");
        assert!(buckets.take(&1, 6, after(start, 10)).is_ok());
        assert!(buckets.take(&1, 6, after(start, 10)).is_err());
    }

    #[test]
    fn a_refusal_does_not_prolong_the_wait() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        buckets.take(&1, 1, start).unwrap();
        for second in 0..60 {
            assert!(
                buckets.take(&1, 1, after(start, second)).is_err(),
                "{second}"
            );
        }
        assert!(buckets.take(&1, 1, after(start, 60)).is_ok());
    }

    #[test]
    fn a_turn_given_back_can_be_taken_again() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for _ in 0..100 {
            buckets.take(&1, 2, start).unwrap();
            buckets.give_back(&1, 2);
        }
        buckets.take(&1, 2, start).unwrap();
        buckets.take(&1, 2, start).unwrap();
        assert!(buckets.take(&1, 2, start).is_err());
    }

    #[test]
    fn memory_is_bounded_by_the_callers_of_a_minute() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for caller in 0..20_000 {
            buckets
                .take(&caller, 60, after(start, caller / 100))
                .unwrap();
        }
        // 100 callers a second, each forgotten a second after it came.
        let kept = buckets.full_at.lock().unwrap().len();
        assert!(kept < 1000, "{kept}");
        for caller in 0..MOST * 3 {
            buckets.take(&caller, 1, after(start, 300)).unwrap();
        }
        let kept = buckets.full_at.lock().unwrap().len();
        assert!(kept <= MOST * 2, "{kept}");
    }
}
