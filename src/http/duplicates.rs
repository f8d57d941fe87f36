//! Open complaints that may be of the same trouble as a submission.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::desk::Desk;
use super::problem::Problem;
use crate::domain::complaint::{Submission, first_id_at, time_of};
use crate::domain::nearby::Search;

/// Most of them that are named.
const NAMED_MOST: usize = 10;

/// An open complaint of the same category close by.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuplicateView {
    /// The complaint.
    pub id: Uuid,
    /// How far it is from the submission's point, in metres.
    pub distance_m: f64,
    /// When it was submitted (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Where to `POST` a "me too" instead.
    pub support: String,
}

/// The open complaints of the submission's category within its category's radius and days, older than
/// `before`; the nearest first.
pub(super) fn duplicates(desk: &Desk, submission: &Submission, before: Uuid) -> Vec<DuplicateView> {
    let catalogue = desk.catalogue.get();
    let category = catalogue.categories.get(&submission.category);
    let (Some(category), Some(middle), Some(at)) =
        (category, submission.place.point, time_of(submission.id))
    else {
        return Vec::new();
    };
    let days = SignedDuration::from_hours(24 * i64::from(category.duplicate_days));
    let search = Search {
        category: &category.id,
        middle,
        radius_m: f64::from(category.duplicate_radius_m),
        from: first_id_at(at.checked_sub(days).unwrap_or(Timestamp::UNIX_EPOCH)),
        before,
    };
    let near = desk.desks.open_complaints().find(search, NAMED_MOST);
    let view = |near: crate::domain::nearby::Near| DuplicateView {
        id: near.complaint,
        distance_m: (near.distance_m * 10.0).round() / 10.0,
        created_at: time_of(near.complaint).unwrap_or(at),
        support: format!("/api/v1/complaints/{}/support", near.complaint),
    };
    near.into_iter().map(view).collect()
}

/// The refusal of a submission that would rather not be a duplicate.
pub(super) fn refused(duplicates: &[DuplicateView]) -> Problem {
    let current = serde_json::to_value(serde_json::Map::from_iter([(
        "duplicates".to_owned(),
        serde_json::to_value(duplicates).unwrap_or_default(),
    )]));
    Problem::conflict(
        "duplicate",
        "open complaints of this category are close by, see current.duplicates: support one of them, or submit \
         without on_duplicate",
        current.ok(),
    )
}
