//! The status of a complaint: steps by staff, and the reporter's word on a resolution.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;

use super::status_patch::StatusPatch;
use super::{Asking, IfMatch, Who, changed};
use crate::domain::change::Deed;
use crate::domain::complaint::Complaint;
use crate::http::asked::Asked;
use crate::http::auth::Caller;
use crate::http::complaints::{complaint_id, find, public_view};
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::right::speaker;

/// Takes a complaint a step on: to a status, or by an action. Its reporter, by tracking token or by
/// the API key that submitted it, may `confirm` or `contest` a resolution and is answered with the
/// complaint's public part. Answered after it is durable.
#[utoipa::path(patch, path = "/api/v1/complaints/{id}/status", tag = "complaints", request_body = StatusPatch,
    params(("id" = Uuid, Path, description = "The complaint"),
        ("If-Match" = Option<String>, Header, description = "The ETag that you saw"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 200, description = "The complaint as it is now", body = Complaint),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Stale version, or a step that the workflow does not allow now; `current` shows the complaint to staff", body = ProblemBody),
        (status = 422, description = "Fields at fault", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn change_status(
    request: HttpRequest,
    id: web::Path<String>,
    seen: IfMatch,
    asked: Asked<Caller, StatusPatch>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let id = complaint_id(&id)?;
    let body = asked.body.value;
    let version = seen.or(body.version)?;
    let who = speaker(&request, &asked.who, id, &desk).await?;
    let step = body.parse(Timestamp::now())?;
    let asking = Asking {
        desk: &desk,
        who,
        complaint: id,
        version,
    };
    let done = asking.carry_out(Deed::Step(step), None).await;
    match who {
        Who::Staff(_) => Ok(changed(&done?)),
        Who::Reporter(_) => {
            done.map_err(Problem::without_current)?;
            let found = find(&desk.store, id).await?;
            Ok(HttpResponse::Ok().json(public_view(&desk, found).await?))
        }
    }
}
