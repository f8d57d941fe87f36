//! What a stored event says of its complaint. A payload of an older release may say less.

use std::sync::Arc;

use serde::Deserialize;
use uuid::Uuid;

use crate::domain::complaint::Severity;
use crate::domain::event::{EventKind, FormerTraits, Sides, Traits};
use crate::domain::nearby::Sighting;
use crate::domain::place::Point;
use crate::domain::region::RegionId;
use crate::domain::status::Status;

/// The part of a payload that this server looks at.
#[derive(Deserialize)]
pub(super) struct Told {
    kind: String,
    complaint: Complaint,
    #[serde(default)]
    change: Change,
}

#[derive(Deserialize)]
struct Complaint {
    id: Uuid,
    region: String,
    category: String,
    severity: Severity,
    status: Status,
    assignee: Option<Uuid>,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

#[derive(Default, Deserialize)]
struct Change {
    category: Option<Former<String>>,
    severity: Option<Former<Severity>>,
    assignee: Option<Former<Option<Uuid>>>,
}

/// A value before the event.
#[derive(Deserialize)]
struct Former<T> {
    from: T,
}

impl Told {
    /// Reads a payload; `None` when it says too little.
    pub(super) fn read(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }

    fn has_left(&self) -> bool {
        self.kind == EventKind::MovedOut.as_str()
    }

    /// Where the complaint is after the event; `None` when it has left the event's region.
    pub(super) fn sighting(&self) -> Option<Sighting> {
        let complaint = &self.complaint;
        let at = complaint.latitude.zip(complaint.longitude);
        (!self.has_left()).then(|| Sighting {
            complaint: complaint.id,
            region: RegionId::from_stored(&complaint.region),
            category: complaint.category.clone(),
            point: at.map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            }),
            is_open: complaint.status.is_open(),
        })
    }

    /// The complaint before and after the event, as far as filters ask.
    pub(super) fn into_sides(self) -> Arc<Sides> {
        let (complaint, has_left) = (self.complaint.id, self.has_left());
        let after = Traits {
            category: self.complaint.category,
            severity: self.complaint.severity,
            assignee: self.complaint.assignee,
        };
        let former = FormerTraits {
            category: self.change.category.map(|former| former.from),
            severity: self.change.severity.map(|former| former.from),
            assignee: self.change.assignee.map(|former| former.from),
        };
        Arc::new(Sides::new(complaint, after, former, has_left))
    }
}
