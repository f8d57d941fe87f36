//! When everything is to happen, known before the first request: an arrival does not wait for the answers
//! to earlier ones, so that a slow server gets no rest and no delay is left out of the figures.

use std::time::Duration;

use super::deed::{Deed, Weights};
use super::profile::{Phase, Plan};
use crate::dice::Dice;

/// A deed and its moment since the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Arrival {
    pub(crate) at: Duration,
    pub(crate) deed: Deed,
    /// From which all that is random in it comes.
    pub(crate) seed: u64,
}

/// All arrivals in order: a Poisson process by the plan's rates, the same for the same seed.
pub(crate) struct Timetable {
    phases: Vec<Phase>,
    weights: Weights,
    dice: Dice,
    /// Deeds that should have been begun by now, without chance.
    expected: f64,
}

impl Timetable {
    pub(crate) fn of(plan: &Plan, weights: &Weights, seed: u64) -> Self {
        Self {
            phases: plan.phases.clone(),
            weights: weights.clone(),
            dice: Dice::of(seed),
            expected: 0.0,
        }
    }

    /// The moment at which so many deeds are expected, in seconds; none after the end.
    fn moment(&self) -> Option<f64> {
        let (mut before, mut begun) = (0.0, 0.0);
        for phase in &self.phases {
            let deeds = phase.deeds();
            if self.expected < before + deeds {
                return Some(begun + within(phase, self.expected - before));
            }
            before += deeds;
            begun += phase.seconds;
        }
        None
    }
}

impl Iterator for Timetable {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        // Waiting times of a process at one a second, stretched by the rates.
        self.expected += self.dice.wait(1.0);
        Some(Arrival {
            at: Duration::from_secs_f64(self.moment()?),
            deed: self.weights.draw(&mut self.dice),
            seed: self.dice.number(),
        })
    }
}

/// Seconds after which a phase has seen so many deeds, fewer than it has in all.
fn within(phase: &Phase, deeds: f64) -> f64 {
    let slope = (phase.to - phase.from) / phase.seconds;
    if slope.abs() < 1e-9 {
        return deeds / phase.from;
    }
    // slope/2 · t² + from · t = deeds
    let root = (phase.from * phase.from + 2.0 * slope * deeds)
        .max(0.0)
        .sqrt();
    ((root - phase.from) / slope).clamp(0.0, phase.seconds)
}

#[cfg(test)]
mod tests {
    use super::super::profile::Profile;
    use super::*;

    fn arrivals(plan: &Plan, seed: u64) -> Vec<Arrival> {
        Timetable::of(plan, &Weights::default(), seed).collect()
    }

    #[test]
    fn arrivals_come_in_order_within_the_time_and_as_many_as_planned() {
        for profile in [Profile::Normal, Profile::Stress, Profile::Spike] {
            let plan = profile.plan(None, None, None);
            let all = arrivals(&plan, 1);
            assert!(all.is_sorted_by_key(|one| one.at));
            assert!(all.last().unwrap().at <= plan.time());
            let (deeds, deviation) = (plan.deeds(), plan.deeds().sqrt());
            let difference = (all.len() as f64 - deeds).abs();
            assert!(difference < 4.0 * deviation, "{profile:?}: {difference}");
        }
    }

    #[test]
    fn a_rate_is_kept_in_each_phase() {
        let plan = Profile::Spike.plan(Some(600.0), Some(100.0), Some(0.0));
        let all = arrivals(&plan, 3);
        let between = |from: f64, to: f64| {
            let all = all.iter().map(|one| one.at.as_secs_f64());
            all.filter(|at| (from..to).contains(at)).count() as f64
        };
        assert!((between(0.0, 30.0) / 900.0 - 1.0).abs() < 0.15);
        assert!((between(30.0, 40.0) / 6000.0 - 1.0).abs() < 0.06);
        assert!((between(40.0, 70.0) / 900.0 - 1.0).abs() < 0.15);
    }

    #[test]
    fn a_ramp_has_a_quarter_of_its_deeds_in_its_first_half() {
        let plan = Profile::Normal.plan(Some(400.0), Some(50.0), Some(50.0));
        let all = arrivals(&plan, 5);
        let early = all.iter().filter(|one| one.at.as_secs_f64() < 25.0).count();
        let share = early as f64 / all.len() as f64;
        assert!((share - 0.25).abs() < 0.02, "{share}");
    }

    #[test]
    fn a_seed_makes_the_same_timetable_again_and_another_seed_another_one() {
        let plan = Profile::Normal.plan(Some(50.0), Some(10.0), None);
        assert_eq!(arrivals(&plan, 9), arrivals(&plan, 9));
        assert_ne!(arrivals(&plan, 9), arrivals(&plan, 10));
    }
}
