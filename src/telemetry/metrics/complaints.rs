//! Complaints: how many there are, what happened to them, and how long it took.
//!
//! Gauges are the database's, the same on every node. Counters and times are of what this node committed.

use prometheus::{Error, Histogram, IntCounter, IntCounterVec, IntGaugeVec};

use super::declare::Declare;
use crate::domain::status::Status;

/// The name that is prescribed for complaints by status, although `_total` is for counters.
const ACTIVE: &str = "active_complaints_total";
/// Buckets for times of people's work: a minute to 90 days, in seconds.
const WORK_TIMES: &[f64] = &[
    60.0,
    300.0,
    900.0,
    3600.0,
    14_400.0,
    43_200.0,
    86_400.0,
    259_200.0,
    604_800.0,
    2_592_000.0,
    7_776_000.0,
];

/// Complaints.
#[derive(Clone)]
pub struct ComplaintMetrics {
    /// Complaints by status, over all regions.
    pub by_status: IntGaugeVec,
    /// Complaints by region and status.
    pub by_region: IntGaugeVec,
    /// Complaints whose deadline has passed, by region.
    pub overdue: IntGaugeVec,
    /// Complaints that were submitted, by region.
    pub submitted: IntCounterVec,
    /// Changes of status, by the status before and after.
    pub transitions: IntCounterVec,
    /// Deadlines that passed and were told, by region.
    pub escalations: IntCounterVec,
    /// Time from a submission to the first step out of `reported`.
    pub to_acknowledge: Histogram,
    /// Time from a submission to `resolved`.
    pub to_resolve: Histogram,
    /// By how many complaints a desk's counts differed from the table at the last recount, by region.
    pub recount_difference: IntGaugeVec,
    /// Recounts of a region that could be compared.
    pub recounts: IntCounter,
}

impl ComplaintMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        let by_status = declare.gauges(
            ACTIVE,
            "Complaints by status, over all regions (the database's, the same on every node).",
            &["status"],
        )?;
        for status in Status::ALL {
            by_status.with_label_values(&[status.as_str()]).set(0);
        }
        Ok(Self {
            by_status,
            by_region: declare.gauges(
                "complaints",
                "Complaints by region and status (the database's, the same on every node).",
                &["region", "status"],
            )?,
            overdue: declare.gauges(
                "complaints_overdue",
                "Complaints whose running deadline has passed, by region (the database's).",
                &["region"],
            )?,
            submitted: declare.counters(
                "complaints_submitted_total",
                "Complaints that this node committed, by region.",
                &["region"],
            )?,
            transitions: declare.counters(
                "complaint_transitions_total",
                "Changes of status that this node committed, by the status before and after.",
                &["from", "to"],
            )?,
            escalations: declare.counters(
                "complaint_escalations_total",
                "Escalations that this node committed, by region.",
                &["region"],
            )?,
            to_acknowledge: declare.histogram(
                "complaint_time_to_acknowledge_seconds",
                "Time from a submission to the first step out of reported (steps that this node committed).",
                WORK_TIMES,
            )?,
            to_resolve: declare.histogram(
                "complaint_time_to_resolve_seconds",
                "Time from a submission to each step into resolved (steps that this node committed).",
                WORK_TIMES,
            )?,
            recount_difference: declare.gauges(
                "complaints_recount_difference",
                "By how many complaints the live counts differed from the table at this node's last recount.",
                &["region"],
            )?,
            recounts: declare.counter(
                "complaint_recounts_total",
                "Recounts of a region that this node compared with its live counts.",
            )?,
        })
    }

    /// Makes the series of a region, so that its first complaint is an increase from 0.
    pub fn open_region(&self, region: &str) {
        self.submitted.with_label_values(&[region]);
        self.escalations.with_label_values(&[region]);
        self.overdue.with_label_values(&[region]);
        self.recount_difference.with_label_values(&[region]);
        for status in Status::ALL {
            self.by_region.with_label_values(&[region, status.as_str()]);
        }
    }
}

/// The page with [`ACTIVE`] as an untyped series: Prometheus' conventions keep `_total` for counters, which it
/// is not, and queries ask for no type.
pub(super) fn as_untyped(page: String) -> String {
    let (gauge, untyped) = (
        format!("# TYPE {ACTIVE} gauge\n"),
        format!("# TYPE {ACTIVE} untyped\n"),
    );
    page.replacen(&gauge, &untyped, 1)
}
