//! A complaint: its parts as types that cannot hold a wrong value, and a complaint as stored.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::place::Place;
use super::region::RegionId;
use super::reporter::Reporter;
use super::status::Status;

/// The longest description, in characters.
pub const DESCRIPTION_LONGEST: usize = 4000;
/// The longest comment on a change, in characters.
pub const COMMENT_LONGEST: usize = 4000;

/// How much a complaint matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A nuisance.
    Low,
    /// The usual.
    Medium,
    /// Soon, please.
    High,
    /// Danger to life or property.
    Critical,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Parses the word.
    ///
    /// # Errors
    /// The fault's code and message when it names no severity.
    pub fn parse(word: &str) -> Result<Self, (&'static str, String)> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == word)
            .ok_or((
                "unknown",
                "must be one of low, medium, high, critical".into(),
            ))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A checked submission with its ids, ready for the region's desk.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The id that the complaint will have (UUIDv7).
    pub id: Uuid,
    /// The region that it belongs to.
    pub region: RegionId,
    /// An active category.
    pub category: String,
    /// Its severity.
    pub severity: Severity,
    /// What is wrong, 1–4000 characters.
    pub description: String,
    /// Where.
    pub place: Place,
    /// Who, as far as told.
    pub reporter: Option<Reporter>,
    /// The API key that brought it.
    pub api_key: Option<Uuid>,
    /// Makes a retry answer as the first time.
    pub idempotency: Option<Idempotency>,
}

/// What makes a retried POST answer as the first time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Idempotency {
    /// Who sent it: keys of different senders never meet.
    pub scope: String,
    /// The client's key, 1–255 visible ASCII characters.
    pub key: String,
    /// SHA-256 of the request's body: the same key with another body is refused.
    pub body_hash: Vec<u8>,
}

/// What is answered to a submission, also to its retries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The complaint.
    pub id: Uuid,
    /// The region in which it was submitted.
    pub region: RegionId,
    /// When.
    pub created_at: Timestamp,
    /// Whether this is the answer of an earlier request with the same idempotency key.
    pub replayed: bool,
}

/// A complaint as it is stored and as staff see it in answers, lists, snapshots and events.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Complaint {
    /// UUIDv7.
    pub id: Uuid,
    /// The region it belongs to.
    #[schema(value_type = String)]
    pub region: RegionId,
    /// Category id.
    pub category: String,
    /// Where it stands.
    pub status: Status,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong.
    pub description: String,
    /// Address in the reporter's words.
    pub address: Option<String>,
    /// WGS84 degrees, north positive.
    pub latitude: Option<f64>,
    /// WGS84 degrees, east positive.
    pub longitude: Option<f64>,
    /// The officer to whom it is assigned.
    pub assignee: Option<Uuid>,
    /// Grows by one with each change; send it with a change to be safe from overwriting another's.
    pub version: i64,
    /// When it was submitted (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it entered its present status (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub status_since: Timestamp,
    /// What it gathered in its life.
    #[serde(flatten)]
    pub life: Life,
}

/// What a complaint gathers in its life; what is absent does not apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Life {
    /// The deadline that runs: to acknowledge, then to resolve (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// The deadline as it stood when the complaint was put on hold.
    #[serde(skip)]
    pub due_when_held: Option<Timestamp>,
    /// When a complaint on hold wakes up (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub hold_until: Option<Timestamp>,
    /// How often a deadline passed: 0 to 3.
    #[serde(skip_serializing_if = "is_zero")]
    pub escalation: i16,
    /// When its desk must look at it next by itself.
    #[serde(skip)]
    pub timer_at: Option<Timestamp>,
    /// The complaint into which it was merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Uuid>,
    /// People who said "me too".
    pub supporters: i32,
    /// When it was first acknowledged (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
    /// When it was last resolved (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
}

fn is_zero(level: &i16) -> bool {
    *level == 0
}

/// The time in a UUIDv7, to the millisecond; `None` for other ids.
pub fn time_of(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    let seconds = i64::try_from(seconds).ok()?;
    Timestamp::new(seconds, i32::try_from(nanoseconds).ok()?).ok()
}

/// The lowest id of a time, which is cut to the millisecond that ids begin with.
pub fn first_id_at(at: Timestamp) -> Uuid {
    u128::try_from(at.as_millisecond()).map_or(Uuid::nil(), |ms| Uuid::from_u128(ms << 80))
}

impl Complaint {
    /// The complaint that a submission becomes. Its times are the one in its id, so that the order
    /// of ids is the order of submission; `now` stands in for an id without a time.
    pub fn submitted(submission: &Submission, now: Timestamp) -> Self {
        let point = submission.place.point;
        let at = time_of(submission.id).unwrap_or(now);
        Self {
            id: submission.id,
            region: submission.region.clone(),
            category: submission.category.clone(),
            status: Status::Reported,
            severity: submission.severity,
            description: submission.description.clone(),
            address: submission.place.address.clone(),
            latitude: point.map(|point| point.latitude),
            longitude: point.map(|point| point.longitude),
            assignee: None,
            version: 1,
            created_at: at,
            updated_at: at,
            status_since: at,
            life: Life::default(),
        }
    }

    /// Enters `status` at `now`, as a new version.
    pub fn enter(&mut self, status: Status, now: Timestamp) {
        self.status = status;
        self.status_since = now;
        self.touch(now);
    }

    /// Becomes a new version at `now`.
    pub fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
        self.version += 1;
    }

    /// Is at `place` from now on.
    pub fn put_at(&mut self, place: &Place) {
        self.address.clone_from(&place.address);
        self.latitude = place.point.map(|point| point.latitude);
        self.longitude = place.point.map(|point| point.longitude);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A complaint as it is right after its submission at `at`.
    pub(in crate::domain) fn sample(at: Timestamp) -> Complaint {
        Complaint {
            id: Uuid::from_u128(7),
            region: RegionId::from_stored("north"),
            category: "pothole".into(),
            status: Status::Reported,
            severity: Severity::Medium,
            description: "a hole".into(),
            address: Some("Quay 1".into()),
            latitude: None,
            longitude: None,
            assignee: None,
            version: 1,
            created_at: at,
            updated_at: at,
            status_since: at,
            life: Life::default(),
        }
    }
}
