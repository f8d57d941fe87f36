//! What an event says of the change, beside the complaint as it is after it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::complaint::{Complaint, Severity};
use crate::domain::erasure::Mode;
use crate::domain::photo::PhotoNews;
use crate::domain::region::RegionId;
use crate::domain::status::Status;

/// Who may read a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody who may read the complaint, its reporter too.
    Public,
    /// Staff.
    Internal,
}

impl Visibility {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
        }
    }

    /// The visibility that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Public, Self::Internal]
            .into_iter()
            .find(|visibility| visibility.as_str() == word)
    }
}

/// A value before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FromTo<T> {
    /// Before.
    pub from: T,
    /// After.
    pub to: T,
}

impl<T> From<(T, T)> for FromTo<T> {
    fn from((from, to): (T, T)) -> Self {
        Self { from, to }
    }
}

/// Where a complaint was or is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Whereabouts {
    /// Address in words.
    pub address: Option<String>,
    /// WGS84 degrees, north positive.
    pub latitude: Option<f64>,
    /// WGS84 degrees, east positive.
    pub longitude: Option<f64>,
}

impl Whereabouts {
    /// Where `complaint` is.
    pub fn of(complaint: &Complaint) -> Self {
        Self {
            address: complaint.address.clone(),
            latitude: complaint.latitude,
            longitude: complaint.longitude,
        }
    }
}

/// What changed, beside the complaint as it is after the change.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Change {
    /// The status; `from` is null for a new complaint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusStep>,
    /// What was written to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The id of a comment of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_id: Option<Uuid>,
    /// Who may read the comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visibility: Option<Visibility>,
    /// The officer who has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<FromTo<Option<Uuid>>>,
    /// The category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<FromTo<String>>,
    /// The severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<FromTo<Severity>>,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<FromTo<String>>,
    /// The place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<FromTo<Whereabouts>>,
    /// The region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<FromTo<RegionId>>,
    /// The complaint of which this one is a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Uuid>,
    /// The duplicate that was merged into this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate: Option<Uuid>,
    /// People who said "me too".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supporters: Option<FromTo<i32>>,
    /// How often a deadline passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalation: Option<FromTo<i16>>,
    /// Who was to get the complaint then, and is no active officer of its region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_reassigned_to: Option<Uuid>,
    /// The photo that came, changed or went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<PhotoNews>,
    /// How much of it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<Mode>,
    /// Whether it is under a legal hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_hold: Option<FromTo<bool>>,
}

impl Change {
    /// A step from one status to another; `from` is empty for a new complaint.
    pub fn of_status(from: Option<Status>, to: Status) -> Self {
        Self {
            status: Some(StatusStep { from, to }),
            ..Self::default()
        }
    }
}

/// A step from one status to another; `from` is empty for a new complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StatusStep {
    /// The status before.
    pub from: Option<Status>,
    /// The status after.
    pub to: Status,
}
