//! Photos are sent: rights and room first, then the body, then the complaint's desk.

use actix_web::http::header::CONTENT_LENGTH;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::allowance::Allowance;
use super::receive::{Bounds, Received, Said, kind};
use super::views::PhotoList;
use crate::actors::command::CommandError;
use crate::actors::kill_point::kill_point;
use crate::domain::change::Deed;
use crate::domain::photo::{MOST, MOST_AT_ONCE, NewPhoto, PhotoKind, PhotoStatus};
use crate::http::auth::{Caller, header};
use crate::http::changes::{Asking, Who};
use crate::http::client_address::ClientAddress;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::page::query;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::right::{Reader, speaker};
use crate::store::photos::{self, Stored};

/// Bytes of a body beside its photos.
const FRAME: u64 = 256 * 1024;

/// The query of an upload.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// What the photos show: `evidence` (if absent), `before` or `after`. A text part `kind` says it too.
    kind: Option<String>,
    /// Whether the photos' own words about where and when they were taken may be used: a complaint without a point gets
    /// its place from them. `false` if absent; a text part `use_photo_location` says it too.
    use_photo_location: Option<bool>,
}

/// The parts of an upload.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "describes the body; its parts are read one by one"
)]
pub struct PhotoParts {
    /// One to ten files, in parts of any name.
    #[schema(value_type = Vec<String>, format = Binary)]
    photo: Vec<Vec<u8>>,
    /// What they show.
    kind: Option<PhotoKind>,
    /// Whether the photos' own words about where and when they were taken may be used.
    use_photo_location: Option<bool>,
}

/// Sends photos (JPEG, PNG, WebP, GIF): 1 to 10, of at most 15 MiB each unless the installation says otherwise.
/// They are told as `photo.added` at once, and as `photo.ready` or `photo.failed` when that is known.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/photos", tag = "photos",
    request_body(content = PhotoParts, content_type = "multipart/form-data"),
    params(("id" = Uuid, Path, description = "The complaint"), UploadQuery,
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 202, description = "Taken; their pictures are being made", body = PhotoList),
        (status = 400, description = "The body broke off", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions, or not the key that submitted the complaint", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 408, description = "The body came too slowly", body = ProblemBody),
        (status = 409, description = "The complaint has no room for so many", body = ProblemBody),
        (status = 413, description = "A photo is too large", body = ProblemBody),
        (status = 415, description = "No multipart/form-data, or a file that is no accepted picture", body = ProblemBody),
        (status = 422, description = "No photo, too many at once, or one that cannot be read", body = ProblemBody),
        (status = 429, description = "The bytes of the day are used up", body = ProblemBody),
        (status = 503, description = "Too many photos wait, or the photo store or the database is away", body = ProblemBody)))]
pub async fn upload(
    request: HttpRequest,
    caller: Caller,
    address: ClientAddress,
    id: web::Path<String>,
    payload: web::Payload,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let complaint = complaint_id(&id)?;
    // Before the body is read.
    let asking = let_in(&request, &caller, complaint, &desk).await?;
    let asked: UploadQuery = query(&request)?;
    let said = Said {
        kind: asked.kind.as_deref().map(kind).transpose()?,
        uses_location: asked.use_photo_location,
    };
    let length = announced(&request, &desk)?;
    let _place = admit(length, complaint, &desk).await?;
    let allowance = Allowance::take(asking.who.by(), address.0, length, &desk).await?;
    turn(length, &desk).await?;
    let received = receive(&request, payload, &desk).await?;
    allowance.settle(received.bytes()).await?;
    keep(&asking, received, said).await
}

/// Lets in who may send photos of a complaint: whoever speaks for it, and staff of the region where it is.
///
/// # Errors
/// 401, 403 and 404 problems.
pub(super) async fn let_in<'a>(
    request: &HttpRequest,
    caller: &'a Caller,
    complaint: Uuid,
    desk: &'a Desk,
) -> Result<Asking<'a>, Problem> {
    let asking = Asking {
        desk,
        who: speaker(request, caller, complaint, desk).await?,
        complaint,
        version: None,
    };
    asking.region().await?;
    Ok(asking)
}

/// Takes a place, if there is room for photos: in the queue, on this node, at the complaint.
async fn admit(length: u64, complaint: Uuid, desk: &Desk) -> Result<OwnedSemaphorePermit, Problem> {
    let most = MOST_AT_ONCE as u64 * desk.settings.photos.photo_limit + FRAME;
    if length > most {
        return Err(Problem::photo_too_large(desk.settings.photos.photo_limit));
    }
    has_room(desk)?;
    let place = desk.photos.intake.place().ok_or_else(too_many_uploads)?;
    takes_more(&photos::list(&desk.store, complaint).await?)?;
    Ok(place)
}

/// Waits until an upload may begin; meanwhile the queue may have become full.
async fn turn(length: u64, desk: &Desk) -> Result<(), Problem> {
    if !desk.photos.intake.turn(length).await {
        return Err(too_many_uploads());
    }
    has_room(desk)
}

fn too_many_uploads() -> Problem {
    Problem::no_room("too many uploads are under way; try again")
}

/// Refuses photos when too many wait.
pub(super) fn has_room(desk: &Desk) -> Result<(), Problem> {
    if desk.photos.thumbnailer.has_room() {
        return Ok(());
    }
    Err(Problem::no_room(
        "too many photos wait for their pictures; try again",
    ))
}

/// Refuses photos of a complaint that has these already, when they are as many as may be.
pub(super) fn takes_more(there: &[Stored]) -> Result<(), Problem> {
    let used = there.iter().filter(|it| it.status != PhotoStatus::Failed);
    if used.count() < MOST {
        return Ok(());
    }
    let detail = format!("the complaint has {MOST} photos, which is the most it can have");
    Err(Problem::conflict("too_many_photos", detail, None))
}

/// The bytes that are taken of the sender's day beforehand: what is announced, or one photo.
fn announced(request: &HttpRequest, desk: &Desk) -> Result<u64, Problem> {
    let length = content_length(request)?;
    Ok(length.unwrap_or(desk.settings.photos.photo_limit))
}

fn content_length(request: &HttpRequest) -> Result<Option<u64>, Problem> {
    let length = header(request, CONTENT_LENGTH.as_str())?;
    Ok(length.and_then(|length| length.trim().parse().ok()))
}

async fn receive(
    request: &HttpRequest,
    payload: web::Payload,
    desk: &Desk,
) -> Result<Received, Problem> {
    let settings = &desk.settings;
    let bounds = Bounds {
        photo: settings.photos.photo_limit,
        idle: settings.server.body_deadline,
    };
    let whole = settings.photos.photo_upload_deadline;
    let reading = Received::read(request, payload, &desk.photos.blobs, bounds);
    match tokio::time::timeout(whole, reading).await {
        Ok(received) => received,
        Err(_elapsed) => Err(Problem::too_slow(format!(
            "the photos did not arrive within {} s",
            whole.as_secs_f32()
        ))),
    }
}

/// Has what came attached. What the desk refuses does not stay; of what nobody knows whether it was done the bytes
/// stay, for the sweep to judge.
async fn keep(
    asking: &Asking<'_>,
    received: Received,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let new = received.photos(said);
    match attach(asking, &new).await? {
        Ok(()) => {
            kill_point("photo_added");
            received.keep();
        }
        Err(error) => {
            if error.may_be_done() {
                received.keep();
            }
            return Err(Problem::from(error).without_current());
        }
    }
    let ids: Vec<Uuid> = new.iter().map(|photo| photo.id).collect();
    taken(asking, &ids).await
}

/// Has the complaint's desk attach photos whose bytes are in quarantine.
///
/// # Errors
/// Problems of whoever asks; within, what the desk says when it does not.
pub(super) async fn attach(
    asking: &Asking<'_>,
    new: &[NewPhoto],
) -> Result<Result<(), CommandError>, Problem> {
    let deed = Deed::AddPhotos(new.to_vec());
    let attached = asking.carried_out(deed, None).await?.map(drop);
    if attached.is_ok() {
        asking.desk.photos.thumbnailer.came(new.len());
    }
    Ok(attached)
}

/// The answer to whoever sent photos.
pub(super) async fn taken(asking: &Asking<'_>, ids: &[Uuid]) -> Result<HttpResponse, Problem> {
    let desk = asking.desk;
    let stored = photos::list(&desk.store, asking.complaint).await?;
    let stored = stored.into_iter().filter(|photo| ids.contains(&photo.id));
    let reader = match asking.who {
        Who::Staff(_) => Reader::Staff,
        Who::Reporter(_) => Reader::Reporter,
    };
    Ok(HttpResponse::Accepted().json(PhotoList::of(stored.collect(), reader, desk)))
}
