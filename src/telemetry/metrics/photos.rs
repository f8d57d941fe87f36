//! Photos: how many wait, what became of them, how long it took, what sweeps found.

use prometheus::{Error, Histogram, IntCounterVec, IntGauge};

use super::declare::{Declare, TIMES};

/// Photos.
#[derive(Clone)]
pub struct PhotoMetrics {
    /// Photos that wait for their pictures, of all nodes.
    pub queue: IntGauge,
    /// Photos that are at work on this node.
    pub in_progress: IntGauge,
    /// Photos whose end this node committed, by outcome.
    pub outcomes: IntCounterVec,
    /// Photos that this node found to be of no use, by reason.
    pub failures: IntCounterVec,
    /// Time from an upload to its end.
    pub duration: Histogram,
    /// Time from this node's taking a photo up to its end.
    pub work: Histogram,
    /// Blobs that sweeps removed, by what they were.
    pub swept: IntCounterVec,
    /// Photos that are ready and whose pictures were gone at the last sweep.
    pub lost: IntGauge,
    /// Photos that were erased and whose blobs are to be removed, of all nodes.
    pub pending_removal: IntGauge,
    /// Photos whose blobs this node removed because they were erased, and failures to do so.
    pub removals: IntCounterVec,
}

impl PhotoMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        let metrics = Self {
            queue: declare.gauge(
                "photo_queue_length",
                "Photos that wait for their pictures, of all nodes.",
            )?,
            in_progress: declare.gauge(
                "photos_in_progress",
                "Photos that are at work on this node.",
            )?,
            failures: declare.counters(
                "photo_failures_total",
                "Photos that this node found to be of no use, by reason.",
                &["reason"],
            )?,
            outcomes: declare.counters(
                "photos_total",
                "Photos whose end this node committed, by outcome.",
                &["outcome"],
            )?,
            duration: declare.histogram(
                "photo_duration_seconds",
                "Time from an upload to the commit of what became of it (photos finished by this node).",
                &[0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0],
            )?,
            work: declare.histogram(
                "photo_work_seconds",
                "Time from this node's taking a photo up to the commit of what became of it.",
                TIMES,
            )?,
            swept: declare.counters(
                "photo_sweep_removed_total",
                "Blobs without a row that this node's sweeps removed, by what they were.",
                &["what"],
            )?,
            lost: declare.gauge(
                "photos_lost",
                "Photos that are ready and whose pictures were gone at this node's last sweep.",
            )?,
            pending_removal: declare.gauge(
                "blobs_pending_removal",
                "Erased photos whose blobs are to be removed, of all nodes.",
            )?,
            removals: declare.counters(
                "blob_removals_total",
                "Attempts of this node to remove the blobs of erased photos, by outcome.",
                &["outcome"],
            )?,
        };
        for outcome in ["ready", "failed"] {
            metrics.outcomes.with_label_values(&[outcome]);
        }
        for outcome in ["removed", "failed"] {
            metrics.removals.with_label_values(&[outcome]);
        }
        for what in ["pictures", "uploads"] {
            metrics.swept.with_label_values(&[what]);
        }
        Ok(metrics)
    }
}
