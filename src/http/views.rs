//! Complaints as different callers see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::changes::comments::CommentView;
use super::duplicates::DuplicateView;
use super::holds::HoldView;
use super::photos::views::PhotoView;
use crate::access::tracking::TrackingKey;
use crate::domain::complaint::{Complaint, Receipt, Severity};
use crate::domain::erasure::LegalHold;
use crate::domain::listing::Listed;
use crate::domain::presence::Claim;
use crate::domain::region::RegionId;
use crate::domain::reporter::Reporter;
use crate::domain::status::{Entered, Status, past};
use crate::store::comments;
use crate::store::complaints::Found;

/// What a submission is answered with, also its retries.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmissionView {
    /// The complaint.
    pub id: Uuid,
    /// The region whose officers have it.
    #[schema(value_type = String)]
    pub region: RegionId,
    /// Always `reported`.
    pub status: Status,
    /// When it was submitted (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// With it anyone may read this complaint's public part: keep it.
    pub tracking_token: String,
    /// Open complaints of the same category close by, the nearest first; at most ten.
    pub duplicates: Vec<DuplicateView>,
}

impl SubmissionView {
    /// The answer to a receipt.
    pub fn new(receipt: &Receipt, tracking: &TrackingKey, duplicates: Vec<DuplicateView>) -> Self {
        Self {
            id: receipt.id,
            region: receipt.region.clone(),
            status: Status::Reported,
            created_at: receipt.created_at,
            tracking_token: tracking.token(receipt.id),
            duplicates,
        }
    }
}

/// A complaint as staff and apps see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintView {
    /// The complaint.
    #[serde(flatten)]
    pub complaint: Complaint,
    /// Who reported it; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Reporter>,
    /// Which officer is on the way; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// The legal hold that it is under; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_hold: Option<HoldView>,
}

impl ComplaintView {
    /// For staff of its region.
    pub fn for_staff(found: Found, claim: Option<Claim>, hold: Option<LegalHold>) -> Self {
        let now = Timestamp::now();
        let hold = hold.map(|hold| HoldView::of(hold, now));
        Self {
            legal_hold: hold.filter(|hold| hold.in_force),
            // It ends within a second of the complaint.
            claim: claim.filter(|_| !found.complaint.status.is_final()),
            complaint: found.complaint,
            reporter: found.reporter,
        }
    }

    /// For apps.
    pub fn for_app(found: Found) -> Self {
        Self {
            complaint: found.complaint,
            reporter: None,
            claim: None,
            legal_hold: None,
        }
    }
}

/// A complaint in a list, as staff and apps see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedView {
    /// The complaint.
    #[serde(flatten)]
    pub listed: Listed,
    /// Which officer is on the way, as of about a second ago; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
}

/// The public part of a complaint, for whoever has its tracking token.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicView {
    /// The complaint.
    pub id: Uuid,
    /// Its region.
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
    /// When it was submitted (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it entered its present status (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub status_since: Timestamp,
    /// The statuses it was in, oldest first, with the time at which it entered each: from `reported` to the present one; of
    /// very many the first and the latest 200.
    pub statuses: Vec<Entered>,
    /// People who said "me too".
    pub supporters: i32,
    /// The complaint of which this one is a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<Uuid>,
    /// What staff wrote for its reporter, oldest first; at most the latest 200.
    pub comments: Vec<CommentView>,
    /// Its photos, oldest first.
    pub photos: Vec<PhotoView>,
}

impl PublicView {
    /// The public part of a complaint, with what its events tell of its statuses, its public comments and its photos.
    pub fn of(
        complaint: Complaint,
        told: Vec<Entered>,
        comments: Vec<comments::Stored>,
        photos: Vec<PhotoView>,
    ) -> Self {
        let comments = comments.into_iter().map(CommentView::for_reporter);
        let now = Entered {
            status: complaint.status,
            at: complaint.status_since,
        };
        Self {
            statuses: past(told, complaint.created_at, now),
            supporters: complaint.life.supporters,
            duplicate_of: complaint.life.duplicate_of,
            comments: comments.collect(),
            photos,
            id: complaint.id,
            region: complaint.region,
            category: complaint.category,
            status: complaint.status,
            severity: complaint.severity,
            description: complaint.description,
            address: complaint.address,
            latitude: complaint.latitude,
            longitude: complaint.longitude,
            created_at: complaint.created_at,
            updated_at: complaint.updated_at,
            status_since: complaint.status_since,
        }
    }
}
