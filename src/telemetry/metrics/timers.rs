//! Timers of complaints: deadlines, wake-up dates, confirmation windows.

use prometheus::{Error, Histogram, IntCounter};

use super::declare::Declare;

/// Timers of complaints.
#[derive(Clone)]
pub struct TimerMetrics {
    /// Time from a timer's moment to the end of what it did.
    pub lateness: Histogram,
    /// Timers that could not fire, and are tried again.
    pub failures: IntCounter,
}

impl TimerMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        Ok(Self {
            lateness: declare.histogram(
                "timer_lateness_seconds",
                "Time from a complaint's timer to the commit of what it did (timers fired by this node).",
                &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0],
            )?,
            failures: declare.counter(
                "timer_failures_total",
                "Timers that could not fire and are tried again.",
            )?,
        })
    }
}
