//! An event: a fact about a complaint, numbered within its region, as officers receive it.
//!
//! An event is encoded once, before it is stored; what is pushed and what is
//! replayed are the same bytes behind the same number.

mod change;
mod filter;
mod sighting;

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::account::By;
use super::complaint::Complaint;
use super::place::Point;
use super::region::RegionId;
use super::status::Status;
pub use change::{Change, FromTo, StatusStep, Visibility, Whereabouts};
pub use filter::{Filter, FormerTraits, Sides, Traits};
pub use sighting::Sighting;

/// What happened. Clients ignore kinds that they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A complaint was submitted.
    Created,
    /// What it says, or how many support it, changed.
    Updated,
    /// A complaint entered another status.
    StatusChanged,
    /// It was given to an officer, or let go.
    Assigned,
    /// Somebody wrote to it.
    Commented,
    /// A deadline passed.
    Escalated,
    /// It went to another region.
    MovedOut,
    /// It came from another region.
    MovedIn,
    /// A photo of it was uploaded.
    PhotoAdded,
    /// The pictures of a photo can be had.
    PhotoReady,
    /// A photo could not be used.
    PhotoFailed,
    /// A photo was taken away.
    PhotoRemoved,
    /// It was erased, or a region that it left forgets it: nothing but its id is told.
    Erased,
}

impl EventKind {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "complaint.created",
            Self::Updated => "complaint.updated",
            Self::StatusChanged => "complaint.status_changed",
            Self::Assigned => "complaint.assigned",
            Self::Commented => "complaint.commented",
            Self::Escalated => "complaint.escalated",
            Self::MovedOut => "complaint.moved_out",
            Self::MovedIn => "complaint.moved_in",
            Self::PhotoAdded => "photo.added",
            Self::PhotoReady => "photo.ready",
            Self::PhotoFailed => "photo.failed",
            Self::PhotoRemoved => "photo.removed",
            Self::Erased => "complaint.erased",
        }
    }
}

/// How an event moves its region's counts: one less in `from`, one more in `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountStep {
    /// Where there is one less; empty when the complaint is new to the region.
    pub from: Option<Status>,
    /// Where there is one more; empty when it left the region.
    pub to: Option<Status>,
}

/// An event before it has a number.
#[derive(Debug, Clone)]
pub struct EventDraft {
    /// UUIDv7.
    pub event_id: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// The region in whose sequence it stands.
    pub region: RegionId,
    /// When it was decided (UTC).
    pub at: Timestamp,
    /// The complaint after the change.
    pub complaint: Complaint,
    /// Who did it.
    pub by: By,
    /// What changed.
    pub change: Change,
    /// Events of the region up to this number may be gone or say less from now on.
    pub floor: Option<i64>,
}

#[derive(Serialize)]
struct Payload<'a> {
    event_id: Uuid,
    kind: &'static str,
    at: Timestamp,
    complaint: Told<'a>,
    by: By,
    change: &'a Change,
}

/// What is told of the complaint.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    Whole(&'a Complaint),
    Gone { id: Uuid },
}

impl EventDraft {
    /// The JSON that is stored and sent: everything but type, region and number.
    ///
    /// # Errors
    /// When the encoder fails, which it does not for these types.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Payload {
            event_id: self.event_id,
            kind: self.kind.as_str(),
            at: self.at,
            complaint: if self.kind == EventKind::Erased {
                Told::Gone {
                    id: self.complaint.id,
                }
            } else {
                Told::Whole(&self.complaint)
            },
            by: self.by,
            change: &self.change,
        })
    }

    /// The complaint as it is after it.
    pub fn sighting(&self) -> Sighting {
        let complaint = &self.complaint;
        let at = complaint.latitude.zip(complaint.longitude);
        Sighting {
            region: self.region.clone(),
            sides: Arc::new(Sides::of(self.kind, complaint, &self.change)),
            point: at.map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            }),
            is_open: self.kind != EventKind::Erased
                && complaint.region == self.region
                && complaint.status.is_open(),
        }
    }

    /// How it moves its region's counts, if it does.
    pub fn step(&self) -> Option<CountStep> {
        let status = Some(self.complaint.status);
        let before = self.change.status.map_or(status, |step| step.from);
        match self.kind {
            EventKind::MovedOut => Some(CountStep {
                from: before,
                to: None,
            }),
            EventKind::MovedIn => Some(CountStep {
                from: None,
                to: status,
            }),
            // A region that it left has not counted it any more.
            EventKind::Erased if self.complaint.region != self.region => None,
            EventKind::Erased => Some(CountStep {
                from: status,
                to: None,
            }),
            EventKind::Created
            | EventKind::Updated
            | EventKind::StatusChanged
            | EventKind::Assigned
            | EventKind::Commented
            | EventKind::Escalated
            | EventKind::PhotoAdded
            | EventKind::PhotoReady
            | EventKind::PhotoFailed
            | EventKind::PhotoRemoved => self.change.status.map(|step| CountStep {
                from: step.from,
                to: Some(step.to),
            }),
        }
    }
}

/// An event with its number: what a desk publishes and a replay reads.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number within the region: gapless, in commit order.
    pub seq: i64,
    /// How it moves its region's counts, if it does.
    pub step: Option<CountStep>,
    /// What [`EventDraft::encode`] gave.
    pub payload: String,
    /// Its complaint as it is after it; `None` when the event says too little.
    pub sighting: Option<Sighting>,
}

impl Event {
    /// Its complaint before and after it, as far as filters ask; `None` when it does not say.
    pub fn sides(&self) -> Option<&Arc<Sides>> {
        self.sighting.as_ref().map(|sighting| &sighting.sides)
    }

    /// When it was decided (UTC), as its payload says.
    pub fn decided_at(&self) -> Option<Timestamp> {
        #[derive(Deserialize)]
        struct Decided {
            at: Timestamp,
        }
        let decided: Decided = serde_json::from_str(&self.payload).ok()?;
        Some(decided.at)
    }

    /// The message that officers receive, as JSON.
    pub fn message(&self, region: &RegionId) -> String {
        let rest = self.payload.strip_prefix('{').unwrap_or(&self.payload);
        format!(
            r#"{{"type":"event","region":"{region}","seq":{seq},{rest}"#,
            seq = self.seq
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_the_payload_with_its_number_in_front() {
        let event = Event {
            seq: 7,
            step: None,
            sighting: None,
            payload: r#"{"event_id":"x","kind":"complaint.created"}"#.into(),
        };
        let message = event.message(&RegionId::from_stored("north"));
        let parsed: serde_json::Value = serde_json::from_str(&message).unwrap();
        assert_eq!(parsed["type"], "event");
        assert_eq!(parsed["seq"], 7);
        assert_eq!(parsed["kind"], "complaint.created");
    }
}
