//! Forgetting who reported a complaint: a person's right, by themselves or by an admin for them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::audited;
use super::auth::AdminOnly;
use super::changes::{Asking, Who};
use super::complaints::complaint_id;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use crate::domain::account::By;
use crate::domain::audit::{self, Actor};
use crate::domain::change::Deed;
use crate::domain::erasure::{Erasure, Mode, Reason};
use crate::domain::fault::Faults;

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/complaints/{id}/erase-identity")
                .route(web::post().to(erase_for_person)),
        )
        .service(web::resource("/tracking/{token}/erase-identity").route(web::post().to(erase)));
}

/// Why an admin erases who reported a complaint.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureBody {
    /// How the request came and was verified, 1–500 characters on one line, for the audit trail: it is never erased, and
    /// must not hold an e-mail address.
    reason: String,
}

/// Forgets who reported a complaint, for a person whose request an admin has verified. What was forgotten before
/// stays so.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/erase-identity", tag = "admin",
    request_body = ErasureBody,
    params(("id" = Uuid, Path, description = "The complaint")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Nobody knows who reported it, now or before"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "No admin", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "It is under a legal hold; `current` shows it", body = ProblemBody),
        (status = 422, description = "No reason", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn erase_for_person(
    request: HttpRequest,
    id: web::Path<String>,
    asked: Asked<AdminOnly, ErasureBody>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let complaint = complaint_id(&id)?;
    let mut faults = Faults::default();
    let reason = &asked.body.value.reason;
    let reason = faults.keep("reason", audit::Reason::parse(reason));
    let reason = faults.into_result(reason)?;
    audited::tell(&request, Some(reason), json!({}));
    let asking = asking(&desk, Who::Staff(&asked.who.0), complaint);
    asking.carry_out(by_request(), None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Forgets who reported a complaint, for whoever has its tracking token. What was forgotten before stays so.
#[utoipa::path(post, path = "/api/v1/tracking/{token}/erase-identity", tag = "complaints",
    params(("token" = String, Path, description = "What the submission was answered with")),
    responses(
        (status = 204, description = "Nobody knows who reported it, now or before"),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "It is under a legal hold", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn erase(
    request: HttpRequest,
    token: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let complaint = desk.tracking.complaint(&token);
    let complaint = complaint.ok_or_else(|| Problem::not_found("complaint"))?;
    let by = Actor::Of(By::Resident);
    audited::personal(&request, by, "erase identity", complaint).await?;
    let asking = asking(&desk, Who::Reporter(By::Resident), complaint);
    let erased = asking.carry_out(by_request(), None).await;
    // It shows more than its reporter may see.
    erased.map_err(Problem::without_current)?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) const fn by_request() -> Deed {
    Deed::Erase(Erasure {
        mode: Mode::EraseIdentity,
        reason: Reason::Request,
        run: None,
    })
}

const fn asking<'a>(desk: &'a Desk, who: Who<'a>, complaint: Uuid) -> Asking<'a> {
    Asking {
        desk,
        who,
        complaint,
        version: None,
    }
}
