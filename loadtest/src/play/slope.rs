//! How fast memory still grows when it has reached its plateau.

use serde::Serialize;

/// Before so much of a stretch, and before so many seconds, memory is not yet on its plateau: pools are
/// filled, buffers of recent events, the allocator's own lists.
const SHARE: f64 = 1.0 / 3.0;
const SECONDS_LEAST: f64 = 300.0;
/// Of a stretch that is too short for that.
const SHARE_OF_SHORT: f64 = 0.5;
/// Seconds of a minute of which there must be samples.
const MINUTE_LEAST: f64 = 50.0;

/// A line through samples, by least squares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Slope {
    /// MB (10⁶ bytes) an hour.
    pub(crate) mb_per_hour: f64,
    /// Its standard error, as if samples were independent: at least so much.
    pub(crate) error: f64,
    pub(crate) samples: usize,
    /// Seconds that the samples cover.
    pub(crate) seconds: f64,
}

impl Slope {
    /// Of memory in bytes at seconds of one process' life: through the least of each minute. What is taken for a photo
    /// and given back after it stands in single samples, and says nothing about growth.
    pub(crate) fn after_plateau(samples: &[(f64, f64)]) -> Option<Self> {
        let samples = floors(samples);
        let (first, last) = (samples.first()?.0, samples.last()?.0);
        let length = last - first;
        let usual = (length * SHARE).max(SECONDS_LEAST);
        let skipped = usual.min(length * SHARE_OF_SHORT);
        let rest = samples.iter().filter(|(at, _)| *at >= first + skipped);
        let rest: Vec<(f64, f64)> = rest.copied().collect();
        Self::of(&rest)
    }

    /// Of all these samples; none of fewer than four, which leave an error of two.
    fn of(samples: &[(f64, f64)]) -> Option<Self> {
        let count = samples.len();
        if count < 4 {
            return None;
        }
        let mean =
            |pick: fn(&(f64, f64)) -> f64| samples.iter().map(pick).sum::<f64>() / count as f64;
        let (middle, level) = (mean(|one| one.0), mean(|one| one.1));
        let spread: f64 = samples.iter().map(|(at, _)| (at - middle).powi(2)).sum();
        if spread <= 0.0 {
            return None;
        }
        let common = samples
            .iter()
            .map(|(at, bytes)| (at - middle) * (bytes - level));
        let slope = common.sum::<f64>() / spread;
        let left = samples.iter().map(|(at, bytes)| {
            let expected = level + slope * (at - middle);
            (bytes - expected).powi(2)
        });
        let error = (left.sum::<f64>() / (count - 2) as f64 / spread).sqrt();
        let mb_per_hour = |a_second: f64| a_second * 3600.0 / 1e6;
        Some(Self {
            mb_per_hour: mb_per_hour(slope),
            error: mb_per_hour(error),
            samples: count,
            seconds: samples.last()?.0 - samples.first()?.0,
        })
    }
}

/// The least sample of each minute, in their order; a minute of which a part is missing may have no quiet moment.
fn floors(samples: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let minute = |(at, _): &(f64, f64)| (at / 60.0).floor();
    let minutes = samples.chunk_by(|one, next| minute(one) == minute(next));
    let least = |minute: &[(f64, f64)]| {
        if minute.last()?.0 - minute.first()?.0 < MINUTE_LEAST {
            return None;
        }
        let samples = minute.iter().copied();
        samples.min_by(|one, other| one.1.total_cmp(&other.1))
    };
    minutes.filter_map(least).collect()
}

/// The longest stretch of one process, of samples with the process' number.
pub(crate) fn longest_stretch(samples: &[(u32, f64, f64)]) -> Vec<(f64, f64)> {
    let stretches = samples.chunk_by(|one, next| one.0 == next.0);
    let time = |stretch: &&[(u32, f64, f64)]| {
        let ends = stretch.first().zip(stretch.last());
        ends.map_or(0.0, |(first, last)| last.1 - first.1)
    };
    let longest = stretches.max_by(|one, other| time(one).total_cmp(&time(other)));
    let points = longest.unwrap_or_default().iter();
    points.map(|(_, at, bytes)| (*at, *bytes)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_has_its_slope_and_no_error() {
        let line = |at: u32| (f64::from(at), 5e7 + 500.0 * f64::from(at));
        let samples: Vec<_> = (0..2000).map(line).collect();
        let slope = Slope::after_plateau(&samples).unwrap();
        assert!((slope.mb_per_hour - 1.8).abs() < 1e-6 && slope.error < 1e-6);
        assert!((slope.seconds - 1260.0).abs() < 1.0, "{}", slope.seconds);
    }

    #[test]
    fn growth_before_the_plateau_does_not_count() {
        let memory = |at: f64| 5e7 + 1e5 * at.min(300.0);
        let samples: Vec<_> = (0..1500)
            .map(|at| (f64::from(at), memory(f64::from(at))))
            .collect();
        let slope = Slope::after_plateau(&samples).unwrap();
        assert!(slope.mb_per_hour.abs() < 1e-6, "{}", slope.mb_per_hour);
    }

    #[test]
    fn noise_is_in_the_error() {
        let noise = |at: u32| match (at / 60).is_multiple_of(2) {
            true => 1e6,
            false => -1e6,
        };
        let samples: Vec<_> = (0..1800)
            .map(|at| (f64::from(at), 5e7 + noise(at)))
            .collect();
        let slope = Slope::after_plateau(&samples).unwrap();
        assert!(slope.mb_per_hour.abs() < 3.0 * slope.error && slope.error > 0.1);
    }

    #[test]
    fn what_is_taken_for_a_moment_is_no_growth() {
        let taken = |at: u32| match at.is_multiple_of(7) {
            true => 0.0,
            false => 1e4 * f64::from(at),
        };
        let samples: Vec<_> = (0..1800)
            .map(|at| (f64::from(at), 5e7 + taken(at)))
            .collect();
        let slope = Slope::after_plateau(&samples).unwrap();
        assert!(slope.mb_per_hour.abs() < 1e-6, "{}", slope.mb_per_hour);
        assert_eq!(slope.samples, 20);
        let with_a_moment_more: Vec<_> = samples.iter().copied().chain([(1800.0, 9e7)]).collect();
        assert_eq!(Slope::after_plateau(&with_a_moment_more), Some(slope));
    }

    #[test]
    fn too_few_samples_have_no_slope() {
        assert_eq!(Slope::after_plateau(&[]), None);
        let samples: Vec<_> = (0..240).map(|at| (f64::from(at), 1.0)).collect();
        assert_eq!(Slope::after_plateau(&samples), None);
    }

    #[test]
    fn the_longest_stretch_is_that_of_one_process() {
        let samples = [
            (7, 0.0, 1.0),
            (7, 1.0, 1.0),
            (8, 2.0, 2.0),
            (8, 5.0, 3.0),
            (9, 6.0, 1.0),
        ];
        assert_eq!(longest_stretch(&samples), [(2.0, 2.0), (5.0, 3.0)]);
        assert!(longest_stretch(&[]).is_empty());
    }
}
