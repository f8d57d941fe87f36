//! The complaint that every variant writes, byte for byte as long.

use jiff::Timestamp;
use redress::domain::account::By;
use redress::domain::complaint::{Complaint, Severity, Submission};
use redress::domain::event::{Change, EventDraft, EventKind};
use redress::domain::place::{Place, Point};
use redress::domain::region::RegionId;
use uuid::Uuid;

/// The one category.
pub(crate) const CATEGORY: &str = "pothole";
const DESCRIPTION: &str = "There is a deep hole in the road in front of the school; two cyclists \
    fell this morning. Please close it before the holidays end.";

/// The id of a region by its number.
pub(crate) fn region(number: usize) -> RegionId {
    RegionId::from_stored(&format!("region-{number:03}"))
}

/// A checked submission, as HTTP hands it to a desk.
pub(crate) fn submission(number: usize) -> Submission {
    Submission {
        id: Uuid::now_v7(),
        region: region(number),
        category: CATEGORY.to_owned(),
        severity: Severity::Medium,
        description: DESCRIPTION.to_owned(),
        place: Place {
            point: Some(Point {
                latitude: 52.520_008,
                longitude: 13.404_954,
            }),
            address: None,
        },
        reporter: None,
        api_key: None,
        idempotency: None,
    }
}

/// The event of a submission.
pub(crate) fn event(submission: &Submission) -> EventDraft {
    let now = Timestamp::now();
    let complaint = Complaint::submitted(submission, now);
    EventDraft {
        event_id: Uuid::now_v7(),
        kind: EventKind::Created,
        region: complaint.region.clone(),
        at: now,
        change: Change::of_status(None, complaint.status),
        complaint,
        by: By::Resident,
        floor: None,
    }
}
