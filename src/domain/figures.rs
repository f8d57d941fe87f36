//! Figures of days: how many complaints came and went, and how long it took.
//!
//! Times are counted in steps of a tenth each, as the SQL function `step_of` does: step n is from
//! 1.1^n to 1.1^(n+1) minutes, and step 0 also what is shorter. So a quantile is true to within a
//! twentieth, and the times of a year need no more room than those of a day.

/// How much longer each step is than the one before.
const GROWTH: f64 = 1.1;
/// Where step 0 begins, in seconds.
const FIRST: f64 = 60.0;

/// How many complaints took how long: by step, from 0 on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations(Vec<i64>);

/// What happened on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayFigures {
    /// Complaints submitted.
    pub opened: i64,
    /// Complaints resolved.
    pub resolved: i64,
    /// Times from submission to acknowledgement.
    pub to_acknowledge: Durations,
    /// Times from submission to resolution.
    pub to_resolve: Durations,
}

impl Durations {
    /// Counts complaints in.
    pub fn add(&mut self, step: i16, complaints: i64) {
        let Ok(step) = usize::try_from(step) else {
            return;
        };
        if complaints > 0 && self.0.len() <= step {
            self.0.resize(step + 1, 0);
        }
        if let Some(counted) = self.0.get_mut(step) {
            *counted += complaints;
        }
    }

    /// Counts in what another has counted.
    pub fn merge(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (counted, complaints) in self.0.iter_mut().zip(&other.0) {
            *counted += complaints;
        }
    }

    /// How many complaints were counted.
    pub fn complaints(&self) -> i64 {
        self.0.iter().sum()
    }

    /// The seconds within which a share (0–1) of the complaints was done; `None` without any.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of complaints lie far below 2^52"
    )]
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = self.complaints() as f64 * share;
        let mut before = 0.0;
        for (step, &complaints) in (0_i16..).zip(&self.0) {
            let complaints = complaints as f64;
            if complaints > 0.0 && before + complaints >= wanted {
                let within = ((wanted - before) / complaints).clamp(0.0, 1.0);
                return Some(FIRST * GROWTH.powf(f64::from(step) + within));
            }
            before += complaints;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The step of a time, as the SQL function has it.
    #[expect(clippy::cast_possible_truncation, reason = "a few hundred at most")]
    fn step(seconds: f64) -> i16 {
        ((seconds.max(FIRST) / FIRST).ln() / GROWTH.ln()).floor() as i16
    }

    #[test]
    fn quantiles_are_true_to_within_a_twentieth() {
        let mut durations = Durations::default();
        for minutes in 1..=10_000 {
            durations.add(step(f64::from(minutes) * 60.0), 1);
        }
        for (share, minutes) in [(0.5, 5000.0), (0.9, 9000.0), (0.1, 1000.0)] {
            let found = durations.quantile(share).unwrap() / 60.0;
            assert!((found / minutes - 1.0).abs() < 0.05, "{share}: {found}");
        }
    }

    #[test]
    fn nothing_has_no_quantile_and_one_has_its_own() {
        let mut durations = Durations::default();
        assert_eq!(durations.quantile(0.5), None);
        durations.add(step(3600.0), 1);
        let found = durations.quantile(0.5).unwrap();
        assert!((found / 3600.0 - 1.0).abs() < 0.05, "{found}");
    }

    #[test]
    fn merged_durations_are_those_of_both() {
        let (mut one, mut other) = (Durations::default(), Durations::default());
        one.add(3, 2);
        other.add(3, 1);
        other.add(5, 4);
        other.add(6, 0);
        one.merge(&other);
        assert_eq!(one.complaints(), 7);
    }
}
