//! Photos of a complaint: send, list, read one, remove; and their pictures.

mod allowance;
pub mod direct;
mod range;
mod receive;
pub mod serve;
pub mod upload;
pub mod views;

use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

use super::auth::Caller;
use super::changes::Asking;
use super::complaints::complaint_id;
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use super::right::{Reader, reader, speaker};
use crate::domain::change::{Deed, PhotoRemoval};
use crate::store::photos::{self, Stored};
use direct::{addresses, confirm};
use serve::picture;
use upload::upload;
use views::{PhotoList, PhotoView};

/// Adds the routes of this folder, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/photos/{photo}/{picture}").route(web::get().to(picture)))
        .service(
            web::resource("/complaints/{id}/photos")
                .route(web::post().to(upload))
                .route(web::get().to(list)),
        )
        .service(web::resource("/complaints/{id}/photos/direct").route(web::post().to(addresses)))
        .service(web::resource("/complaints/{id}/photos/confirm").route(web::post().to(confirm)))
        .service(
            web::resource("/complaints/{id}/photos/{photo}")
                .route(web::get().to(get))
                .route(web::delete().to(remove)),
        );
}

/// Lists the photos of a complaint, oldest first, with links to their pictures. Read like the complaint.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/photos", tag = "photos",
    params(("id" = Uuid, Path, description = "The complaint"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 200, description = "All of them", body = PhotoList),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody)))]
pub async fn list(
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    desk: Desk,
) -> Result<web::Json<PhotoList>, Problem> {
    let id = complaint_id(&id)?;
    let (reader, _) = reader(&request, &caller, id, &desk).await?;
    let stored = photos::list(&desk.store, id).await?;
    Ok(web::Json(PhotoList::of(stored, reader, &desk)))
}

/// Reads one photo of a complaint, with links to its pictures. Read like the complaint.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/photos/{photo}", tag = "photos",
    params(("id" = Uuid, Path, description = "The complaint"), ("photo" = Uuid, Path, description = "The photo"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 200, description = "The photo", body = PhotoView),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such complaint or photo", body = ProblemBody)))]
pub async fn get(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
    desk: Desk,
) -> Result<web::Json<PhotoView>, Problem> {
    let id = complaint_id(&path.0)?;
    let (reader, _) = reader(&request, &caller, id, &desk).await?;
    let stored = find(&desk, photo_id(&path.1)?).await?;
    if stored.complaint != id {
        return Err(Problem::not_found("photo"));
    }
    Ok(web::Json(PhotoView::of(stored, reader, &desk)))
}

/// Removes a photo and all its bytes: staff any photo, the tracking token and the submitting API key those that
/// were sent with it.
#[utoipa::path(delete, path = "/api/v1/complaints/{id}/photos/{photo}", tag = "photos",
    params(("id" = Uuid, Path, description = "The complaint"), ("photo" = Uuid, Path, description = "The photo"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions, or somebody else's photo", body = ProblemBody),
        (status = 404, description = "No such complaint or photo", body = ProblemBody),
        (status = 503, description = "Not now; try again", body = ProblemBody)))]
pub async fn remove(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let (complaint, id) = (complaint_id(&path.0)?, photo_id(&path.1)?);
    let asking = Asking {
        desk: &desk,
        who: speaker(&request, &caller, complaint, &desk).await?,
        complaint,
        version: None,
    };
    let removal = PhotoRemoval {
        id,
        by: asking.who.by(),
    };
    let removed = asking.carry_out(Deed::RemovePhoto(removal), None).await;
    removed.map_err(Problem::without_current)?;
    if let Err(error) = desk.photos.blobs.remove_all(id).await {
        slog_scope::warn!("a removed photo is left to the sweep: {}", error; "photo" => id.to_string());
    }
    Ok(HttpResponse::NoContent().finish())
}

/// A photo's id; another text names none.
fn photo_id(text: &str) -> Result<Uuid, Problem> {
    text.parse().ok().ok_or_else(|| Problem::not_found("photo"))
}

/// A photo, or a 404 problem.
async fn find(desk: &Desk, id: Uuid) -> Result<Stored, Problem> {
    let found = photos::find(&desk.store, id).await?;
    found.ok_or_else(|| Problem::not_found("photo"))
}

/// The photos of a complaint as its reporter sees them.
///
/// # Errors
/// [`crate::store::StoreError`].
pub(super) async fn public(
    desk: &Desk,
    complaint: Uuid,
) -> Result<Vec<PhotoView>, crate::store::StoreError> {
    let stored = photos::list(&desk.store, complaint).await?;
    Ok(PhotoList::of(stored, Reader::Reporter, desk).items)
}
