//! Log lines and error reports: counted where they are made, shown with each page.

use prometheus::{Error, IntCounter, IntCounterVec};

use super::declare::Declare;
use crate::telemetry::{log, sentry};

/// Log lines and error reports, since the process began.
pub(super) struct Reports {
    lines: IntCounterVec,
    dropped: IntCounter,
    events: IntCounterVec,
}

impl Reports {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        Ok(Self {
            lines: declare.counters(
                "log_lines_total",
                "Log lines that were made, by level.",
                &["level"],
            )?,
            dropped: declare.counter(
                "log_lines_dropped_total",
                "Log lines that were dropped, because they came faster than they are written.",
            )?,
            events: declare.counters(
                "sentry_events_total",
                "Failures to report to Sentry: handed over, or left out by the bound on their rate.",
                &["outcome"],
            )?,
        })
    }

    /// Brings the series up to what was counted.
    pub(super) fn show(&self) {
        for (level, count) in log::counts::lines() {
            raise(&self.lines.with_label_values(&[level]), count);
        }
        raise(&self.dropped, log::counts::dropped());
        for (outcome, count) in sentry::counts() {
            raise(&self.events.with_label_values(&[outcome]), count);
        }
    }
}

fn raise(counter: &IntCounter, count: u64) {
    counter.inc_by(count.saturating_sub(counter.get()));
}
