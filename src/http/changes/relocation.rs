//! A complaint goes to another region.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Asking, IfMatch, Who, changed};
use crate::domain::change::{Deed, Relocation};
use crate::domain::complaint::{COMMENT_LONGEST, Complaint};
use crate::domain::fault::{Faults, free_text};
use crate::domain::region::RegionId;
use crate::http::asked::Asked;
use crate::http::auth::Staff;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};

/// Where a complaint shall go.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveBody {
    /// An active region.
    region: String,
    /// Why, 1–4000 characters; shown to staff of both regions.
    comment: Option<String>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    pub(super) version: Option<i64>,
}

/// Hands an open complaint to another region: it leaves the one and enters the other in one
/// transaction, without an assignee. Whoever works in the old region may do it.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/move", tag = "complaints",
    request_body = MoveBody,
    params(("id" = Uuid, Path, description = "The complaint"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The complaint as it is now", body = Complaint),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Stale version, not open, or there already; `current` shows it", body = ProblemBody),
        (status = 422, description = "No active region", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn relocate(
    id: web::Path<String>,
    seen: IfMatch,
    asked: Asked<Staff, MoveBody>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let body = asked.body.value;
    let asking = Asking {
        desk: &desk,
        who: Who::Staff(&asked.who.0),
        complaint: complaint_id(&id)?,
        version: seen.or(body.version)?,
    };
    Ok(changed(&body.carry_out(&asking).await?))
}

impl MoveBody {
    pub(super) async fn carry_out(&self, asking: &Asking<'_>) -> Result<Complaint, Problem> {
        let relocation = self.parse(asking.desk)?;
        let to = relocation.to.clone();
        asking.carry_out(Deed::Move(relocation), Some(&to)).await
    }

    fn parse(&self, desk: &Desk) -> Result<Relocation, Faults> {
        let mut faults = Faults::default();
        let catalogue = desk.catalogue.get();
        let active = |region: &RegionId| catalogue.regions.get(region).is_some_and(|it| it.active);
        let region = RegionId::parse(&self.region).ok().filter(active);
        let unknown = || {
            let message = "is not an active region; GET /api/v1/regions lists them";
            ("unknown", message.to_owned())
        };
        let to = faults.keep("region", region.ok_or_else(unknown));
        let comment = self.comment.as_deref();
        let comment =
            comment.and_then(|text| faults.keep("comment", free_text(text, COMMENT_LONGEST)));
        faults.into_result(to).map(|to| Relocation { to, comment })
    }
}
