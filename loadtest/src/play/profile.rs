//! Profiles: how the rate of arrivals goes over time, how many sockets are open, and what must hold.

use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;

/// The shape of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Profile {
    /// An ordinary day of a large city, in two minutes
    Normal,
    /// Its busiest hour
    High,
    /// More and more until something gives way
    Stress,
    /// Quiet, with two storms
    Spike,
    /// Half an hour at one pace, with many sockets
    Soak,
}

/// A part of a run: the rate goes evenly from one value to another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Phase {
    pub(crate) seconds: f64,
    /// Deeds a second at its beginning.
    pub(crate) from: f64,
    /// And at its end.
    pub(crate) to: f64,
}

/// What must hold at the end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Thresholds {
    /// Of all deeds.
    pub(crate) max_error_rate: f64,
    /// From a request's moment by the timetable to its answer.
    pub(crate) max_p95_ms: f64,
    /// From an event's time to a socket's reading it.
    pub(crate) max_push_p99_ms: f64,
}

/// A profile with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Plan {
    pub(crate) phases: Vec<Phase>,
    pub(crate) sockets: usize,
    pub(crate) thresholds: Thresholds,
}

/// Shares of the time: of the ramp, and of the profile's phases with the rates between which they go.
type Shape = &'static [(f64, f64, f64)];

impl Profile {
    /// As on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
            Self::Stress => "stress",
            Self::Spike => "spike",
            Self::Soak => "soak",
        }
    }

    /// Its figures; the caller's own stand in place of them.
    pub(crate) fn plan(self, rate: Option<f64>, seconds: Option<f64>, ramp: Option<f64>) -> Plan {
        let (usual_rate, usual_seconds, sockets) = self.size();
        let (rate, seconds) = (rate.unwrap_or(usual_rate), seconds.unwrap_or(usual_seconds));
        let ramp = ramp.unwrap_or(seconds / 12.0).min(seconds);
        let first = self.shape().first().map_or(1.0, |(_, from, _)| *from);
        let ramp_up = Phase {
            seconds: ramp,
            from: 0.0,
            to: rate * first,
        };
        let phase = |(share, from, to): &(f64, f64, f64)| Phase {
            seconds: (seconds - ramp) * share,
            from: rate * from,
            to: rate * to,
        };
        let phases = std::iter::once(ramp_up).chain(self.shape().iter().map(phase));
        Plan {
            phases: phases.filter(|phase| phase.seconds > 0.0).collect(),
            sockets,
            thresholds: self.thresholds(),
        }
    }

    /// Deeds a second, seconds, sockets.
    fn size(self) -> (f64, f64, usize) {
        match self {
            Self::Normal => (60.0, 120.0, 100),
            Self::High => (200.0, 180.0, 200),
            Self::Stress => (1500.0, 180.0, 50),
            Self::Spike => (600.0, 180.0, 100),
            Self::Soak => (40.0, 1800.0, 1000),
        }
    }

    /// The shares of the rate; of the time after the ramp they come to 1.
    fn shape(self) -> Shape {
        match self {
            Self::Normal | Self::High | Self::Soak => &[(1.0, 1.0, 1.0)],
            Self::Stress => &[(1.0, 0.03, 1.0)],
            Self::Spike => &[
                (0.3, 0.05, 0.05),
                (0.1, 1.0, 1.0),
                (0.3, 0.05, 0.05),
                (0.1, 1.0, 1.0),
                (0.2, 0.05, 0.05),
            ],
        }
    }

    fn thresholds(self) -> Thresholds {
        let (max_error_rate, max_p95_ms, max_push_p99_ms) = match self {
            Self::Normal => (0.001, 100.0, 250.0),
            Self::High => (0.001, 250.0, 500.0),
            Self::Stress => (0.05, 5000.0, 5000.0),
            Self::Spike => (0.01, 1000.0, 1000.0),
            Self::Soak => (0.001, 250.0, 500.0),
        };
        Thresholds {
            max_error_rate,
            max_p95_ms,
            max_push_p99_ms,
        }
    }
}

impl Plan {
    /// How long it takes.
    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs_f64(self.phases.iter().map(|phase| phase.seconds).sum())
    }

    /// How many deeds are done.
    pub(crate) fn deeds(&self) -> f64 {
        self.phases.iter().map(Phase::deeds).sum()
    }
}

impl Phase {
    /// How many deeds are done in it.
    pub(crate) fn deeds(&self) -> f64 {
        self.seconds * f64::midpoint(self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_takes_its_time_and_ramps_up() {
        for profile in Profile::value_variants() {
            let plan = profile.plan(None, None, None);
            let (rate, seconds, _) = profile.size();
            assert!((plan.time().as_secs_f64() - seconds).abs() < 1e-6);
            assert_eq!(plan.phases[0].from, 0.0);
            let most = plan
                .phases
                .iter()
                .fold(0.0, |most: f64, one| most.max(one.to));
            assert_eq!(most, rate, "{profile:?}");
            assert_eq!(plan.phases[0].to, plan.phases[1].from, "{profile:?}");
        }
    }

    #[test]
    fn the_callers_figures_stand_in_place_of_the_profiles() {
        let plan = Profile::Normal.plan(Some(10.0), Some(60.0), Some(0.0));
        let phase = |seconds, from, to| Phase { seconds, from, to };
        assert_eq!(plan.phases, [phase(60.0, 10.0, 10.0)]);
        assert_eq!(plan.deeds(), 600.0);
        let plan = Profile::High.plan(Some(10.0), Some(5.0), Some(100.0));
        assert_eq!(plan.phases, [phase(5.0, 0.0, 10.0)], "a ramp that is all");
    }
}
