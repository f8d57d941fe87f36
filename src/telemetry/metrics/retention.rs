//! Retention: runs, what they did, and whether they are late.

use prometheus::{Error, Gauge, IntCounterVec, IntGauge};

use super::declare::Declare;

/// Retention.
#[derive(Clone)]
pub struct RetentionMetrics {
    /// Runs that this node ended, by outcome.
    pub runs: IntCounterVec,
    /// What became of complaints whose turn came in a run of this node.
    pub complaints: IntCounterVec,
    /// Whether this node is at a run.
    pub running: IntGauge,
    /// How long the last run that this node ended took.
    pub duration: Gauge,
    /// When a run of the schedule was last done, on any node.
    pub last_done: Gauge,
    /// By how much the run of the schedule is late.
    pub late: Gauge,
}

impl RetentionMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        let runs = declare.counters(
            "retention_runs_total",
            "Retention runs that this node ended, by outcome.",
            &["outcome"],
        )?;
        let complaints = declare.counters(
            "retention_complaints_total",
            "Complaints whose turn came in a retention run of this node, by outcome.",
            &["outcome"],
        )?;
        for outcome in ["done", "failed"] {
            runs.with_label_values(&[outcome]);
        }
        for outcome in ["erased", "anonymised", "held", "spared", "failed"] {
            complaints.with_label_values(&[outcome]);
        }
        Ok(Self {
            runs,
            complaints,
            running: declare.gauge("retention_running", "1 while this node is at a retention run.")?,
            duration: declare.seconds(
                "retention_run_duration_seconds",
                "Time from the beginning to the end of the last retention run that this node ended.",
            )?,
            last_done: declare.seconds(
                "retention_last_done_timestamp_seconds",
                "When a retention run of the schedule was last done, on any node, in seconds since 1970.",
            )?,
            late: declare.seconds(
                "retention_late_seconds",
                "By how much the retention run of the schedule is late; 0 when it is not.",
            )?,
        })
    }
}
