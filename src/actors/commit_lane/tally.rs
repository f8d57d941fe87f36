//! What committed events add to the node's series: each once, by the lane that committed it.
//!
//! The lane knows of every commit that it was told of. One whose connection was lost at the commit is told to
//! nobody: its event is published by the head poll, and is in no counter of any node.

use std::collections::HashMap;

use super::attempt::Numbered;
use crate::domain::event::{EventDraft, EventKind, StatusStep};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::telemetry::metrics::{ComplaintMetrics, Metrics};

/// What an event adds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    kind: EventKind,
    /// The status before and after; before a submission there is none.
    step: Option<StatusStep>,
    /// Time since the submission, in seconds.
    age_s: f64,
}

impl Mark {
    pub(super) fn of(draft: &EventDraft) -> Self {
        let since = draft.at.duration_since(draft.complaint.created_at);
        Self {
            kind: draft.kind,
            // A move is an event in both regions: the one that is left speaks for both.
            step: (draft.change.status).filter(|_| draft.kind != EventKind::MovedIn),
            age_s: since.as_secs_f64().max(0.0),
        }
    }
}

/// Counts a batch. Submissions, the most frequent by far, are added once a region.
pub(super) fn count<'a>(metrics: &Metrics, events: impl Iterator<Item = &'a Numbered>) {
    let series = &metrics.complaints;
    let photos = &metrics.photos.outcomes;
    let mut submitted: HashMap<&RegionId, u64> = HashMap::new();
    for Numbered { region, mark, .. } in events {
        match mark.step {
            Some(StatusStep { from: None, .. }) => *submitted.entry(region).or_default() += 1,
            Some(StatusStep {
                from: Some(from),
                to,
            }) => step(series, from, to, mark.age_s),
            None => {}
        }
        if mark.kind == EventKind::Escalated {
            let escalations = &series.escalations;
            escalations.with_label_values(&[region.as_str()]).inc();
        } else if mark.kind == EventKind::PhotoReady {
            photos.with_label_values(&["ready"]).inc();
        } else if mark.kind == EventKind::PhotoFailed {
            photos.with_label_values(&["failed"]).inc();
        }
    }
    for (region, count) in submitted {
        let series = &series.submitted;
        series.with_label_values(&[region.as_str()]).inc_by(count);
    }
}

fn step(series: &ComplaintMetrics, from: Status, to: Status, age_s: f64) {
    let edge = [from.as_str(), to.as_str()];
    series.transitions.with_label_values(&edge).inc();
    if from == Status::Reported {
        series.to_acknowledge.observe(age_s);
    }
    if to == Status::Resolved {
        series.to_resolve.observe(age_s);
    }
}
