//! How long things took: counts by time, within 1.6 %, in the same memory however many there are.

/// Parts of each power of two.
const PARTS: u64 = 64;
/// Powers of two beyond the first [`PARTS`] microseconds: up to some hours.
const POWERS: usize = 28;

/// Times in microseconds.
#[derive(Clone)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    count: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: vec![0; PARTS as usize * (POWERS + 1)],
            count: 0,
            max: 0,
        }
    }
}

impl Histogram {
    /// One more.
    pub(crate) fn note(&mut self, us: u64) {
        let last = self.counts.len() - 1;
        self.counts[place(us).min(last)] += 1;
        self.count += 1;
        self.max = self.max.max(us);
    }

    /// All those of another one.
    pub(crate) fn add(&mut self, other: &Self) {
        for (own, more) in self.counts.iter_mut().zip(&other.counts) {
            *own += more;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// Forgets everything, and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.counts.fill(0);
        self.count = 0;
        self.max = 0;
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The time in milliseconds within which this share of all took; 0 when there is none.
    pub(crate) fn ms(&self, share: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let rank = ((self.count as f64 * share).ceil() as u64).max(1);
        let mut below = 0;
        for (place, count) in self.counts.iter().enumerate() {
            below += count;
            if below >= rank && place + 1 < self.counts.len() {
                return most(place as u64).min(self.max) as f64 / 1000.0;
            }
        }
        self.max as f64 / 1000.0
    }
}

/// Where a time is counted.
fn place(us: u64) -> usize {
    if us < PARTS {
        return us as usize;
    }
    // The highest bit says which power of two, the next six which part of it.
    let power = u64::from(us.ilog2() - PARTS.ilog2());
    (power * PARTS + (us >> power)) as usize
}

/// The longest time that is counted there.
fn most(place: u64) -> u64 {
    if place < 2 * PARTS {
        return place;
    }
    let power = place / PARTS - 1;
    let part = place - power * PARTS;
    ((part + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_is_counted_where_it_belongs() {
        for us in (0..5000).chain([9_999, 123_456, 1_000_000, 60_000_000, 3_600_000_000]) {
            let (at, longest) = (place(us), most(place(us) as u64));
            assert!(us <= longest && longest as f64 <= us as f64 * 1.016, "{us}");
            assert!(at == 0 || most(at as u64 - 1) < us, "{us}");
        }
    }

    #[test]
    fn percentiles_are_within_a_sixtieth_of_the_exact_ones() {
        let mut times = Histogram::default();
        for us in 1..=10_000 {
            times.note(us);
        }
        for (share, exact) in [(0.5, 5.0), (0.95, 9.5), (0.99, 9.9), (1.0, 10.0)] {
            let ms = times.ms(share);
            assert!(ms >= exact && ms <= exact * 1.017, "{share}: {ms}");
        }
        assert_eq!((times.count(), times.ms(0.0)), (10_000, 0.001));
    }

    #[test]
    fn the_highest_percentile_is_the_slowest_of_all() {
        let mut times = Histogram::default();
        times.note(1_000_001);
        assert_eq!(times.ms(1.0), 1000.001);
        let mut sum = Histogram::default();
        assert_eq!(sum.ms(0.99), 0.0, "of none");
        sum.note(10);
        sum.add(&times);
        assert_eq!((sum.count(), sum.ms(0.5), sum.ms(1.0)), (2, 0.01, 1000.001));
        sum.clear();
        assert_eq!((sum.count(), sum.ms(1.0)), (0, 0.0));
        times.note(u64::MAX);
        assert!(times.ms(1.0) > 1e9, "nothing is too long to be counted");
    }
}
