//! The status of a complaint.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Asking, IfMatch, changed};
use crate::domain::change::{Deed, Step};
use crate::domain::complaint::{COMMENT_LONGEST, Complaint};
use crate::domain::fault::{Faults, free_text};
use crate::domain::status::Status;
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};

/// A change of status.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusPatch {
    /// The status to enter.
    #[schema(value_type = Status)]
    status: String,
    /// Why, 1–4000 characters; shown to staff.
    comment: Option<String>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    pub(super) version: Option<i64>,
}

impl StatusPatch {
    pub(super) fn parse(self) -> Result<Step, Faults> {
        let mut faults = Faults::default();
        let known = Status::parse(&self.status).ok_or_else(|| {
            let words: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
            ("unknown", format!("must be one of {}", words.join(", ")))
        });
        let to = faults.keep("status", known);
        let comment = self
            .comment
            .and_then(|text| faults.keep("comment", free_text(&text, COMMENT_LONGEST)));
        faults.into_result(to).map(|to| Step { to, comment })
    }
}

/// Changes a complaint's status. Answered after it is durable.
#[utoipa::path(patch, path = "/api/v1/complaints/{id}/status", tag = "complaints", request_body = StatusPatch,
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The complaint as it is now", body = Complaint),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Stale version, or not allowed from the present status; `current` shows it", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn change_status(
    id: web::Path<String>,
    seen: IfMatch,
    asked: Asked<Staff, StatusPatch>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let body = asked.body.value;
    let asking = Asking {
        desk: &desk,
        identity: &asked.who.0,
        complaint: complaint_id(&id)?,
        version: seen.or(body.version)?,
    };
    let step = body.parse()?;
    Ok(changed(&asking.carry_out(Deed::Step(step), None).await?))
}
