//! Complaints: submit, read one, change the status.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::Asked;
use super::auth::{Caller, Staff};
use super::client_address::ClientAddress;
use super::complaint_list::list;
use super::desk::Desk;
use super::idempotency::idempotency;
use super::problem::{Problem, ProblemBody};
use super::submission::NewComplaint;
use super::views::{ComplaintView, PublicView, SubmissionView};
use crate::actors::command::CommandError;
use crate::domain::account::{By, Scope};
use crate::domain::complaint::{COMMENT_LONGEST, Complaint, StatusChange};
use crate::domain::fault::{Faults, free_text};
use crate::domain::status::Status;
use crate::store::complaints::Found;
use crate::store::{Store, complaints};

/// The header with which a reporter reads their complaint.
const TRACKING_TOKEN: &str = "X-Tracking-Token";

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/complaints")
                .route(web::post().to(submit))
                .route(web::get().to(list)),
        )
        .service(web::resource("/complaints/{id}").route(web::get().to(get)))
        .service(web::resource("/complaints/{id}/status").route(web::patch().to(change_status)))
        .service(web::resource("/tracking/{token}").route(web::get().to(track)));
}

/// Submits a complaint. Answered after it is durable; the officers of the region have it by then.
#[utoipa::path(post, path = "/api/v1/complaints", tag = "complaints", request_body = NewComplaint,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1–255 visible characters; a retry within 24 h with the same body gets the first answer")),
    security((), ("api_key" = []), ("bearer" = [])),
    responses(
        (status = 201, description = "Submitted", body = SubmissionView,
            headers(("Location" = String, description = "The complaint"))),
        (status = 400, description = "Not JSON", body = ProblemBody),
        (status = 401, description = "A key or token is needed, or the given one is not valid", body = ProblemBody),
        (status = 403, description = "The key may not submit here", body = ProblemBody),
        (status = 422, description = "Fields at fault, or the Idempotency-Key was used with another body", body = ProblemBody),
        (status = 429, description = "Too many submissions", body = ProblemBody),
        (status = 503, description = "Not now; try again with the same Idempotency-Key", body = ProblemBody)))]
pub async fn submit(
    request: HttpRequest,
    address: ClientAddress,
    asked: Asked<Caller, NewComplaint>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let Asked { who: caller, body } = asked;
    let (by, api_key) = match &caller {
        Caller::Staff(identity) => (By::from(identity), None),
        Caller::ApiKey(key) => (By::ApiKey { id: key.id }, Some(key.id)),
        Caller::Anonymous => {
            desk.admit_anonymous(address)?;
            (By::Resident, None)
        }
    };
    let idempotency = idempotency(&request, &caller, &body.bytes)?;
    let submission = body
        .value
        .parse(&desk.catalogue.get(), api_key, idempotency)?;
    if let Caller::ApiKey(key) = &caller
        && !key.may(Scope::Submit, &submission.region)
    {
        return Err(Problem::forbidden(
            "this API key may not submit to this region",
        ));
    }
    let region = desk
        .desks
        .of(&submission.region)
        .ok_or(CommandError::UnknownRegion)?;
    let deadline = desk.settings.server.command_deadline;
    let receipt = region.submit(submission, by, deadline).await?;
    let view = SubmissionView::new(&receipt, &desk.tracking);
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/complaints/{}", receipt.id)));
    if receipt.replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    Ok(response.json(view))
}

/// Reads a complaint: staff of its region with its reporter; an app without; a reporter, by tracking
/// token, its public part.
#[utoipa::path(get, path = "/api/v1/complaints/{id}", tag = "complaints",
    params(("id" = Uuid, Path, description = "The complaint"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 200, description = "The complaint", body = ComplaintView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody)))]
pub async fn get(
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let id = complaint_id(&id)?;
    if let Some(token) = request.headers().get(TRACKING_TOKEN) {
        let tracked = token
            .to_str()
            .ok()
            .and_then(|token| desk.tracking.complaint(token));
        if tracked != Some(id) {
            return Err(Problem::unauthorized(
                "the tracking token is not this complaint's",
            ));
        }
        let found = find(&desk.store, id).await?;
        return Ok(HttpResponse::Ok().json(PublicView::from(found.complaint)));
    }
    if matches!(caller, Caller::Anonymous) {
        return Err(Problem::unauthorized(
            "sign in, or send an X-API-Key or the complaint's X-Tracking-Token",
        ));
    }
    let found = find(&desk.store, id).await?;
    match caller {
        Caller::Staff(identity) if identity.may_work_in(&found.complaint.region) => {
            Ok(HttpResponse::Ok().json(ComplaintView::with_reporter(found)))
        }
        Caller::ApiKey(key)
            if key.may(Scope::Read, &found.complaint.region) || found.api_key == Some(key.id) =>
        {
            Ok(HttpResponse::Ok().json(ComplaintView::without_reporter(found)))
        }
        Caller::Staff(_) | Caller::ApiKey(_) | Caller::Anonymous => Err(Problem::forbidden(
            "this complaint is not in one of your regions",
        )),
    }
}

/// Reads the public part of a complaint by its tracking token.
#[utoipa::path(get, path = "/api/v1/tracking/{token}", tag = "complaints",
    params(("token" = String, Path, description = "What the submission was answered with")),
    responses(
        (status = 200, description = "The public part", body = PublicView),
        (status = 404, description = "No such complaint", body = ProblemBody)))]
pub async fn track(token: web::Path<String>, desk: Desk) -> Result<HttpResponse, Problem> {
    let id = desk
        .tracking
        .complaint(&token)
        .ok_or_else(|| Problem::not_found("complaint"))?;
    let found = find(&desk.store, id).await?;
    Ok(HttpResponse::Ok().json(PublicView::from(found.complaint)))
}

/// A change of status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusPatch {
    /// The status to enter.
    #[schema(value_type = Status)]
    status: String,
    /// Why, 1–4000 characters; shown to staff.
    comment: Option<String>,
    /// The version that you saw; if the complaint has another one by now, nothing is changed.
    version: Option<i64>,
}

impl StatusPatch {
    fn parse(self, complaint: Uuid) -> Result<StatusChange, Faults> {
        let mut faults = Faults::default();
        let known = Status::parse(&self.status).ok_or_else(|| {
            let words: Vec<_> = Status::ALL.iter().map(|status| status.as_str()).collect();
            ("unknown", format!("must be one of {}", words.join(", ")))
        });
        let to = faults.keep("status", known);
        let comment = self
            .comment
            .and_then(|text| faults.keep("comment", free_text(&text, COMMENT_LONGEST)));
        faults.into_result(to).map(|to| StatusChange {
            complaint,
            to,
            comment,
            version: self.version,
        })
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
    asked: Asked<Staff, StatusPatch>,
    desk: Desk,
) -> Result<web::Json<Complaint>, Problem> {
    let Asked {
        who: Staff(identity),
        body,
    } = asked;
    let change = body.value.parse(complaint_id(&id)?)?;
    let found = find(&desk.store, change.complaint).await?;
    if !identity.may_work_in(&found.complaint.region) {
        return Err(Problem::forbidden(
            "this complaint is not in one of your regions",
        ));
    }
    let region = desk
        .desks
        .of(&found.complaint.region)
        .ok_or(CommandError::UnknownRegion)?;
    let deadline = desk.settings.server.command_deadline;
    Ok(web::Json(
        region.change_status(change, &identity, deadline).await?,
    ))
}

fn complaint_id(text: &str) -> Result<Uuid, Problem> {
    text.parse()
        .ok()
        .ok_or_else(|| Problem::not_found("complaint"))
}

async fn find(store: &Store, id: Uuid) -> Result<Found, Problem> {
    complaints::get(store, id)
        .await?
        .ok_or_else(|| Problem::not_found("complaint"))
}
