//! Photos that clients send straight to an S3-compatible store: addresses for them first, then a word that they are there.
//!
//! What lies in quarantine belongs to nobody until it is confirmed: its size and its first bytes are looked at then, and
//! all of it when its pictures are made.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::allowance::Allowance;
use super::receive::{HEAD, Said, recognise};
use super::upload::{attach, has_room, let_in, taken, takes_more};
use super::views::PhotoList;
use crate::domain::photo::{MOST_AT_ONCE, NewPhoto, PhotoKind};
use crate::http::asked::Asked;
use crate::http::auth::Caller;
use crate::http::client_address::ClientAddress;
use crate::http::complaints::complaint_id;
use crate::http::desk::Desk;
use crate::http::problem::{Problem, ProblemBody};
use crate::media::blobs::BlobError;
use crate::store::photos;

/// How many photos are to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectBody {
    /// 1 to 10; 1 if absent.
    count: Option<usize>,
}

/// Where photos are to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct DirectUploads {
    /// One a photo.
    items: Vec<DirectUpload>,
}

/// Where a photo is to be sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct DirectUpload {
    /// The photo's id.
    id: Uuid,
    /// `PUT` the file's bytes there, without our credentials.
    url: String,
    /// What `confirm` asks for.
    token: String,
    /// Until when the address takes the file (UTC).
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Photos that were sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBody {
    /// 1 to 10 of them.
    photos: Vec<SentPhoto>,
    /// What they show: `evidence` (if absent), `before` or `after`.
    #[schema(value_type = Option<PhotoKind>)]
    kind: Option<String>,
    /// Whether their own words about where and when they were taken may be used.
    use_photo_location: Option<bool>,
}

/// A photo that was sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentPhoto {
    /// Its id.
    id: Uuid,
    /// The token that came with its address.
    token: String,
}

/// Gives addresses to which photos may be sent past this server, where photos are kept in an S3-compatible store.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/photos/direct", tag = "photos",
    request_body = DirectBody,
    params(("id" = Uuid, Path, description = "The complaint"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 201, description = "The addresses", body = DirectUploads),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions, or not the key that submitted the complaint", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "Photos are kept in a folder here, or the complaint has no room", body = ProblemBody),
        (status = 422, description = "Too many at once", body = ProblemBody),
        (status = 503, description = "Too many photos wait, or the database is away", body = ProblemBody)))]
pub async fn addresses(
    request: HttpRequest,
    asked: Asked<Caller, DirectBody>,
    id: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let complaint = complaint_id(&id)?;
    let_in(&request, &asked.who, complaint, &desk).await?;
    let count = asked.body.value.count.unwrap_or(1);
    at_once(count)?;
    has_room(&desk)?;
    takes_more(&photos::list(&desk.store, complaint).await?)?;
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        items.push(address(complaint, &desk).await?);
    }
    Ok(HttpResponse::Created().json(DirectUploads { items }))
}

async fn address(complaint: Uuid, desk: &Desk) -> Result<DirectUpload, Problem> {
    let (id, now) = (Uuid::now_v7(), Timestamp::now());
    let life = desk.settings.photos.photo_upload_deadline;
    let Some(url) = desk.photos.blobs.direct(id, life).await? else {
        let detail = format!(
            "photos are kept in a folder here: send them to POST /api/v1/complaints/{complaint}/photos"
        );
        return Err(Problem::conflict("no_direct_uploads", detail, None));
    };
    let (until, signature) = desk.photos.links.sign(id, &purpose(complaint), life, now);
    Ok(DirectUpload {
        id,
        url,
        token: format!("{until}.{signature}"),
        expires_at: now + life,
    })
}

/// Says that photos were sent to their addresses. They are looked at, and told as other photos are; saying it again
/// changes nothing.
#[utoipa::path(post, path = "/api/v1/complaints/{id}/photos/confirm", tag = "photos",
    request_body = ConfirmBody,
    params(("id" = Uuid, Path, description = "The complaint"),
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 202, description = "Taken; their pictures are being made", body = PhotoList),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions, or a token of another photo or complaint", body = ProblemBody),
        (status = 404, description = "No such complaint", body = ProblemBody),
        (status = 409, description = "A photo was not sent yet, or the complaint has no room for so many", body = ProblemBody),
        (status = 413, description = "A photo is too large", body = ProblemBody),
        (status = 415, description = "A file that is no accepted picture", body = ProblemBody),
        (status = 422, description = "No photo, too many at once, or one that cannot be read", body = ProblemBody),
        (status = 429, description = "The bytes of the day are used up", body = ProblemBody),
        (status = 503, description = "Too many photos wait, or the photo store or the database is away", body = ProblemBody)))]
pub async fn confirm(
    request: HttpRequest,
    asked: Asked<Caller, ConfirmBody>,
    address: ClientAddress,
    id: web::Path<String>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let complaint = complaint_id(&id)?;
    let asking = let_in(&request, &asked.who, complaint, &desk).await?;
    let body = asked.body.value;
    let said = Said {
        kind: body.kind.as_deref().map(super::receive::kind).transpose()?,
        uses_location: body.use_photo_location,
    };
    at_once(body.photos.len())?;
    for sent in &body.photos {
        check(sent, complaint, &desk)?;
    }
    let there = photos::list(&desk.store, complaint).await?;
    let is_new = |sent: &&SentPhoto| there.iter().all(|photo| photo.id != sent.id);
    let mut new: Vec<NewPhoto> = Vec::new();
    for sent in body.photos.iter().filter(is_new) {
        if new.iter().all(|photo| photo.id != sent.id) {
            new.push(said.of(sent.id, looked_at(sent.id, &desk).await?));
        }
    }
    if !new.is_empty() {
        has_room(&desk)?;
        let bytes: i64 = new.iter().map(|photo| photo.bytes).sum();
        let length = u64::try_from(bytes).unwrap_or(u64::MAX);
        let allowance = Allowance::take(asking.who.by(), address.0, length, &desk).await?;
        let attached = attach(&asking, &new).await?;
        attached.map_err(|error| Problem::from(error).without_current())?;
        allowance.settle(bytes).await?;
    }
    let ids: Vec<Uuid> = body.photos.iter().map(|sent| sent.id).collect();
    taken(&asking, &ids).await
}

/// The bytes of a photo that was sent, if it may be one. What may not is removed.
async fn looked_at(id: Uuid, desk: &Desk) -> Result<i64, Problem> {
    let (blobs, most) = (&desk.photos.blobs, desk.settings.photos.photo_limit);
    let (size, head) = match blobs.sent_head(id, HEAD as u64).await {
        Err(BlobError::Missing(_)) => {
            let detail = format!("photo {id} was not sent yet: PUT it to its address first");
            return Err(Problem::conflict("not_sent", detail, None));
        }
        found => found?,
    };
    let judged = if size > most {
        Err(Problem::photo_too_large(most))
    } else {
        recognise(&head, head.len() as u64 == size)
    };
    if let Err(problem) = judged {
        if let Err(error) = blobs.remove_sent(id).await {
            slog_scope::info!("a refused upload is left to the sweep: {}", error);
        }
        return Err(problem);
    }
    Ok(i64::try_from(size).unwrap_or(i64::MAX))
}

/// Refuses a token that is not of this photo and complaint, or too old.
fn check(sent: &SentPhoto, complaint: Uuid, desk: &Desk) -> Result<(), Problem> {
    let refused = || Problem::forbidden(format!("the token of photo {} is not valid", sent.id));
    let (until, signature) = sent.token.split_once('.').ok_or_else(refused)?;
    let until = until.parse().map_err(|_other| refused())?;
    let link = (until, signature);
    let checked = desk
        .photos
        .links
        .check(sent.id, &purpose(complaint), link, Timestamp::now());
    checked.map(drop).map_err(|_error| refused())
}

/// What a token is for: no link to a picture has this name.
fn purpose(complaint: Uuid) -> String {
    format!("sent to {complaint}")
}

fn at_once(count: usize) -> Result<(), Problem> {
    if (1..=MOST_AT_ONCE).contains(&count) {
        return Ok(());
    }
    Err(Problem::unprocessable(
        "too_many_photos",
        format!("send 1 to {MOST_AT_ONCE} photos at once"),
    ))
}
