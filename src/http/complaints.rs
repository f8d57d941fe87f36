//! Complaints: submit, read one, change the status.

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use uuid::Uuid;

use super::asked::Asked;
use super::audited;
use super::auth::Caller;
use super::changes::bulk::bulk;
use super::changes::edit::edit;
use super::changes::etag;
use super::client_address::ClientAddress;
use super::complaint_list::list;
use super::desk::Desk;
use super::duplicates::{duplicates, refused};
use super::idempotency::idempotency;
use super::photos;
use super::problem::{Problem, ProblemBody};
use super::right::{Reader, reader};
use super::submission::NewComplaint;
use super::trace::About;
use super::views::{ComplaintView, PublicView, SubmissionView};
use crate::actors::command::CommandError;
use crate::domain::account::{By, Scope};
use crate::domain::complaint::{Receipt, Submission};
use crate::store::complaints::Found;
use crate::store::{Store, StoreError, claims, comments, complaints, events, holds};

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/complaints")
                .route(web::post().to(submit))
                .route(web::get().to(list)),
        )
        .service(web::resource("/complaints/bulk").route(web::post().to(bulk)))
        .service(
            web::resource("/complaints/{id}")
                .route(web::get().to(get))
                .route(web::patch().to(edit)),
        )
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
        (status = 409, description = "Open complaints are close by, and `on_duplicate` is `reject`", body = ProblemBody),
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
            desk.admit_anonymous(address).await?;
            (By::Resident, None)
        }
    };
    let idempotency = idempotency(&request, &caller, &body.bytes)?;
    let asked = body
        .value
        .parse(&desk.catalogue.get(), api_key, idempotency)?;
    let submission = asked.submission;
    if let Caller::ApiKey(key) = &caller
        && !key.may(Scope::Submit, &submission.region)
    {
        return Err(Problem::forbidden(
            "this API key may not submit to this region",
        ));
    }
    let mut near = duplicates(&desk, &submission, submission.id);
    if asked.rejects_duplicates && !near.is_empty() && !is_retry(&desk, &submission).await? {
        return Err(refused(&near));
    }
    let receipt = store(&desk, submission, by).await?;
    request.extensions_mut().insert(About {
        region: receipt.region.clone(),
        complaint: receipt.id,
    });
    // A retry is answered as the first time: without itself and what came after it.
    near.retain(|duplicate| duplicate.id < receipt.id);
    let view = SubmissionView::new(&receipt, &desk.tracking, near);
    let mut response = HttpResponse::Created();
    response.insert_header((LOCATION, format!("/api/v1/complaints/{}", receipt.id)));
    if receipt.replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    Ok(response.json(view))
}

/// Hands a submission to the desk of its region; done when it is durable.
pub(super) async fn store(desk: &Desk, submission: Submission, by: By) -> Result<Receipt, Problem> {
    let region = desk.desks.of(&submission.region);
    let region = region.ok_or(CommandError::UnknownRegion)?;
    let deadline = desk.settings.server.command_deadline;
    Ok(region.submit(submission, by, deadline).await?)
}

/// Whether the submission was answered before: then its own complaint is among those close by.
async fn is_retry(desk: &Desk, submission: &Submission) -> Result<bool, Problem> {
    match &submission.idempotency {
        Some(key) => Ok(complaints::is_answered(&desk.store, key).await?),
        None => Ok(false),
    }
}

/// Reads a complaint: staff of its region with its reporter, which is recorded in the audit trail, and who is on the way; an
/// app without; a reporter, by tracking token, its public part.
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
    let (reader, found) = reader(&request, &caller, id, &desk).await?;
    let version = found.complaint.version;
    match reader {
        Reader::Staff => {
            if let (Some(_), Caller::Staff(identity)) = (&found.reporter, &caller) {
                audited::personal(&request, identity.into(), "read reporter", id).await?;
            }
            let claim = claims::find(&desk.store, id).await?;
            let hold = holds::find(&desk.store, id).await?;
            Ok(tagged(version).json(ComplaintView::for_staff(found, claim, hold)))
        }
        Reader::App => Ok(tagged(version).json(ComplaintView::for_app(found))),
        Reader::Reporter => Ok(HttpResponse::Ok().json(public_view(&desk, found).await?)),
    }
}

/// An answer with a complaint's version as ETag.
fn tagged(version: i64) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, etag(version)));
    response
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
    Ok(HttpResponse::Ok().json(public_view(&desk, found).await?))
}

/// The public part of a complaint, with what goes with it.
///
/// # Errors
/// [`StoreError`].
pub(super) async fn public_view(desk: &Desk, found: Found) -> Result<PublicView, StoreError> {
    let id = found.complaint.id;
    let told = events::statuses(&desk.store, id).await?;
    let comments = comments::list_public(&desk.store, id).await?;
    let photos = photos::public(desk, id).await?;
    Ok(PublicView::of(found.complaint, told, comments, photos))
}

/// A complaint's id; another text names none.
pub(super) fn complaint_id(text: &str) -> Result<Uuid, Problem> {
    text.parse()
        .ok()
        .ok_or_else(|| Problem::not_found("complaint"))
}

/// A complaint, or a 404 problem.
pub(super) async fn find(store: &Store, id: Uuid) -> Result<Found, Problem> {
    complaints::get(store, id)
        .await?
        .ok_or_else(|| Problem::not_found("complaint"))
}
