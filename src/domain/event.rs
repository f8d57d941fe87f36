//! An event: a fact about a complaint, numbered within its region, as officers receive it.
//!
//! An event is encoded once, before it is stored; what is pushed and what is
//! replayed are the same bytes behind the same number.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::account::By;
use super::complaint::Complaint;
use super::region::RegionId;
use super::status::Status;

/// What happened. Clients ignore kinds that they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EventKind {
    /// A complaint was submitted.
    #[serde(rename = "complaint.created")]
    Created,
    /// A complaint entered another status.
    #[serde(rename = "complaint.status_changed")]
    StatusChanged,
}

impl EventKind {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "complaint.created",
            Self::StatusChanged => "complaint.status_changed",
        }
    }
}

/// What changed, beside the complaint as it is after the change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The status before and after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusStep>,
    /// What the officer wrote to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A step from one status to another; `from` is empty for a new complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StatusStep {
    /// The status before.
    pub from: Option<Status>,
    /// The status after.
    pub to: Status,
}

/// An event before it has a number.
#[derive(Debug, Clone)]
pub struct EventDraft {
    /// UUIDv7.
    pub event_id: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// When it was decided (UTC).
    pub at: Timestamp,
    /// The complaint after the change.
    pub complaint: Complaint,
    /// Who did it.
    pub by: By,
    /// What changed.
    pub change: Change,
}

#[derive(Serialize)]
struct Payload<'a> {
    event_id: Uuid,
    kind: EventKind,
    at: Timestamp,
    complaint: &'a Complaint,
    by: By,
    change: &'a Change,
}

impl EventDraft {
    /// The JSON that is stored and sent: everything but type, region and number.
    ///
    /// # Errors
    /// When the encoder fails, which it does not for these types.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Payload {
            event_id: self.event_id,
            kind: self.kind,
            at: self.at,
            complaint: &self.complaint,
            by: self.by,
            change: &self.change,
        })
    }

    /// The step that it makes in the region's status counts, if any.
    pub fn step(&self) -> Option<StatusStep> {
        self.change.status
    }
}

/// An event with its number: what a desk publishes and a replay reads.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number within the region: gapless, in commit order.
    pub seq: i64,
    /// The step that it makes in the region's status counts, if any.
    pub step: Option<StatusStep>,
    /// What [`EventDraft::encode`] gave.
    pub payload: String,
}

impl Event {
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
            payload: r#"{"event_id":"x","kind":"complaint.created"}"#.into(),
        };
        let message = event.message(&RegionId::from_stored("north"));
        let parsed: serde_json::Value = serde_json::from_str(&message).unwrap();
        assert_eq!(parsed["type"], "event");
        assert_eq!(parsed["seq"], 7);
        assert_eq!(parsed["kind"], "complaint.created");
    }
}
