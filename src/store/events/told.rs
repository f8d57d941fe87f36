//! What a stored event says of its complaint. A payload of an older release may say less.

use std::sync::Arc;

use serde::Deserialize;
use uuid::Uuid;

use crate::domain::complaint::Severity;
use crate::domain::event::{EventKind, FormerTraits, Sides, Sighting, Traits};
use crate::domain::place::Point;
use crate::domain::region::RegionId;
use crate::domain::status::Status;

/// The part of a payload that this server looks at.
#[derive(Deserialize)]
struct Told {
    kind: String,
    complaint: Complaint,
    #[serde(default)]
    change: Change,
}

/// What is told of a complaint that was erased.
#[derive(Deserialize)]
struct ToldGone {
    kind: String,
    complaint: Gone,
}

#[derive(Deserialize)]
struct Gone {
    id: Uuid,
}

/// The complaint as it is after an event of the log of `region`; `None` when the payload says too little.
pub(super) fn sighting(payload: &str, region: &RegionId) -> Option<Sighting> {
    if let Ok(told) = serde_json::from_str::<Told>(payload) {
        return Some(told.into_sighting(region));
    }
    let gone: ToldGone = serde_json::from_str(payload).ok()?;
    let is_erased = gone.kind == EventKind::Erased.as_str();
    is_erased.then(|| Sighting {
        region: region.clone(),
        sides: Arc::new(Sides::erased(gone.complaint.id)),
        point: None,
        is_open: false,
    })
}

#[derive(Deserialize)]
struct Complaint {
    id: Uuid,
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
    fn into_sighting(self, region: &RegionId) -> Sighting {
        let has_left = self.kind == EventKind::MovedOut.as_str();
        let Complaint {
            id,
            category,
            severity,
            status,
            assignee,
            latitude,
            longitude,
        } = self.complaint;
        let after = Traits {
            category,
            severity,
            assignee,
        };
        let former = FormerTraits {
            category: self.change.category.map(|former| former.from),
            severity: self.change.severity.map(|former| former.from),
            assignee: self.change.assignee.map(|former| former.from),
        };
        Sighting {
            region: region.clone(),
            sides: Arc::new(Sides::new(id, after, former, has_left)),
            point: latitude.zip(longitude).map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            }),
            is_open: !has_left && status.is_open(),
        }
    }
}
