//! All that is held on a complaint and its reporter, as a ZIP: for the reporter, by tracking token, and for admins.
//!
//! Written as it is sent: it takes memory for one piece of a picture or one page of comments, and for the name of each
//! file, however large it becomes. A failure on the way cuts the connection, so that nobody takes a part for the whole.

mod archive;
mod contents;

use std::cell::Cell;
use std::rc::Rc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse, rt, web};
use bytes::Bytes;
use futures_util::stream;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use uuid::Uuid;

use super::audited;
use super::auth::Caller;
use super::complaints::{complaint_id, find};
use super::desk::Desk;
use super::problem::{Problem, ProblemBody};
use super::right::{has_token, speaker};
use crate::domain::account::{By, Role};
use crate::domain::audit::Actor;
use archive::{Archive, Cut};
use contents::write;

/// Exports that a node sends at the same time.
const MOST: usize = 8;
static PLACES: Semaphore = Semaphore::const_new(MOST);

/// Pieces that may wait for a client that reads slowly; a piece of a picture has up to 64 KiB or so.
const AHEAD: usize = 4;

/// How much of a complaint is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything, for admins: internal comments and who did what as well.
    Whole,
    /// What the reporter told, and what they may know.
    Reporters,
}

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/complaints/{id}/export").route(web::get().to(of_complaint)))
        .service(web::resource("/tracking/{token}/export").route(web::get().to(of_token)));
}

/// Exports all that is held on a complaint and its reporter, as a ZIP of JSON files and photos: for admins everything,
/// for whoever has its tracking token all but internal comments and who did what. Recorded in the audit trail.
#[utoipa::path(get, path = "/api/v1/complaints/{id}/export", tag = "complaints",
    params(("id" = Uuid, Path, description = "The complaint"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with"),
        ("X-Reason" = Option<String>, Header, description = "Why, for the audit trail; names nobody")),
    security(("bearer" = []), ()),
    responses(
        (status = 200, description = "The ZIP", body = Vec<u8>, content_type = "application/zip"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not an admin", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 503, description = "Too many exports at once, or the database is away", body = ProblemBody)))]
pub async fn of_complaint(
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let id = complaint_id(&id)?;
    let (by, extent) = if has_token(&request) {
        // Refuses the token of another complaint.
        speaker(&request, &caller, id, &desk).await?;
        (Actor::Of(By::Resident), Extent::Reporters)
    } else {
        match &caller {
            Caller::Staff(identity) if identity.role == Role::Admin => {
                (identity.into(), Extent::Whole)
            }
            Caller::Staff(_) | Caller::ApiKey(_) => {
                let why = "only admins and whoever has the tracking token may export a complaint";
                return Err(Problem::forbidden(why));
            }
            Caller::Anonymous => {
                let how = "sign in, or send the complaint's X-Tracking-Token";
                return Err(Problem::unauthorized(how));
            }
        }
    };
    find(&desk.store, id).await?;
    export(&request, desk, (by, extent), id).await
}

/// Exports all that the reporter of a complaint told, and what they may know of it, as a ZIP of JSON files and photos.
/// Recorded in the audit trail.
#[utoipa::path(get, path = "/api/v1/tracking/{token}/export", tag = "complaints",
    params(("token" = String, Path, description = "What the submission was answered with")),
    responses(
        (status = 200, description = "The ZIP", body = Vec<u8>, content_type = "application/zip"),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 503, description = "Too many exports at once, or the database is away", body = ProblemBody)))]
pub async fn of_token(
    request: HttpRequest,
    token: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let id = desk.tracking.complaint(&token);
    let id = id.ok_or_else(|| Problem::not_found("complaint"))?;
    find(&desk.store, id).await?;
    let right = (Actor::Of(By::Resident), Extent::Reporters);
    export(&request, desk, right, id).await
}

async fn export(
    request: &HttpRequest,
    desk: Desk,
    (by, extent): (Actor, Extent),
    complaint: Uuid,
) -> Result<HttpResponse, Problem> {
    let place = place()?;
    audited::personal(request, by, "export complaint", complaint).await?;
    Ok(answer(desk, vec![complaint], extent, place))
}

/// A place among the exports of this node.
///
/// # Errors
/// A 503 problem when all are taken.
pub(super) fn place() -> Result<SemaphorePermit<'static>, Problem> {
    let taken = |_| Problem::no_room("too many exports are being sent; try again");
    PLACES.try_acquire().map_err(taken)
}

/// The answer with what is held on complaints, which is written while it is sent.
pub(super) fn answer(
    desk: Desk,
    complaints: Vec<Uuid>,
    extent: Extent,
    place: SemaphorePermit<'static>,
) -> HttpResponse {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Cut>>(AHEAD);
    let whole = Rc::new(Cell::new(false));
    let is_whole = Rc::clone(&whole);
    rt::spawn(async move {
        let _place = place;
        let mut archive = Archive::new(sender.clone());
        let written = match write(&mut archive, &desk, &complaints, extent).await {
            Ok(()) => archive.finish().await,
            Err(cut) => Err(cut),
        };
        match written {
            Ok(()) => is_whole.set(true),
            Err(Cut::Left) => {}
            Err(cut) => {
                slog_scope::error!("an export was cut off: {}", cut);
                // The last chunk, by which a client knows that nothing is missing, is never sent.
                sender.send(Err(cut)).await.ok();
            }
        }
    });
    let parts = stream::unfold((receiver, whole), async |(mut receiver, whole)| {
        match receiver.recv().await {
            Some(part) => Some((part, (receiver, whole))),
            // It was given up because nobody read: what comes late must not look whole.
            None if !whole.replace(true) => Some((Err(Cut::Left), (receiver, whole))),
            None => None,
        }
    });
    HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"export.zip\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/zip")
        .streaming(Box::pin(parts))
}
