//! The pictures of a photo as bytes: by right, or by a signed link.

use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::range::{Wanted, wanted};
use super::{find, photo_id};
use crate::domain::photo::PhotoStatus;
use crate::http::auth::{Caller, header};
use crate::http::desk::Desk;
use crate::http::page::query;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::right::{has_token, reader};
use crate::media::blobs::Picture;

/// What a signed link carries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// Until when it is good, in seconds of the Unix epoch.
    expires: Option<i64>,
    /// What makes it ours.
    signature: Option<String>,
}

/// A picture of a photo, as JPEG without any metadata: read like its complaint, or by a link that `links` of the
/// photo gave, until that expires.
#[utoipa::path(get, path = "/api/v1/photos/{photo}/{picture}", tag = "photos",
    params(("photo" = Uuid, Path, description = "The photo"),
        ("picture" = String, Path, description = "`original`, `preview` or `thumbnail`"), LinkQuery,
        ("X-Tracking-Token" = Option<String>, Header, description = "What the submission was answered with"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that you have")),
    security(("bearer" = []), ("api_key" = []), ()),
    responses(
        (status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"),
        (status = 206, description = "The bytes that were asked for", body = Vec<u8>, content_type = "image/jpeg"),
        (status = 304, description = "You have it"),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions; or the link is not valid, or has expired", body = ProblemBody),
        (status = 404, description = "No such photo or picture, or it is not ready", body = ProblemBody),
        (status = 416, description = "It has no such bytes", body = ProblemBody),
        (status = 503, description = "The photo store is away", body = ProblemBody)))]
pub async fn picture(
    request: HttpRequest,
    caller: Caller,
    path: web::Path<(String, String)>,
    desk: Desk,
) -> Result<HttpResponse, Problem> {
    let photo = photo_id(&path.0)?;
    let picture = Picture::parse(&path.1).ok_or_else(|| Problem::not_found("picture"))?;
    let link: LinkQuery = query(&request)?;
    let left = match (link.expires, link.signature) {
        (Some(expires), Some(signature)) => {
            let link = (expires, signature.as_str());
            let links = &desk.photos.links;
            Some(links.check(photo, picture.as_str(), link, Timestamp::now())?)
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            return Err(Problem::malformed(
                "a link carries both expires and signature",
            ));
        }
    };
    if left.is_none() && matches!(caller, Caller::Anonymous) && !has_token(&request) {
        return Err(Problem::unauthorized(
            "sign in, or use a link that the photo's links gave",
        ));
    }
    let found = find(&desk, photo).await?;
    if left.is_none() {
        reader(&request, &caller, found.complaint, &desk).await?;
    }
    if found.status != PhotoStatus::Ready {
        return Err(Problem::not_found("picture"));
    }
    serve(&request, &desk, photo, picture, left).await
}

async fn serve(
    request: &HttpRequest,
    desk: &Desk,
    photo: Uuid,
    picture: Picture,
    left: Option<Duration>,
) -> Result<HttpResponse, Problem> {
    // Pictures never change.
    let etag = format!("\"{photo}-{picture}\"");
    let is_known = header(request, IF_NONE_MATCH.as_str())?.is_some_and(|known| {
        let mut known = known.split(',').map(str::trim);
        known.any(|one| one == "*" || one.trim_start_matches("W/") == etag)
    });
    if is_known {
        let mut answer = HttpResponse::NotModified();
        headers(&mut answer, &etag, left);
        return Ok(answer.finish());
    }
    let is_same = header(request, IF_RANGE.as_str())?.is_none_or(|seen| seen.trim() == etag);
    let range = header(request, RANGE.as_str())?.filter(|_| is_same);
    let blobs = &desk.photos.blobs;
    let range = match range {
        None => None,
        Some(asked) => match wanted(Some(asked), blobs.size(photo, picture).await?) {
            Wanted::All => None,
            Wanted::Some(range) => Some(range),
            Wanted::None => return Err(Problem::no_such_bytes()),
        },
    };
    let is_part = range.is_some();
    let part = blobs.picture(photo, picture, range).await?;
    let mut answer = if is_part {
        let (first, last) = (part.range.start, part.range.end.saturating_sub(1));
        let mut answer = HttpResponse::PartialContent();
        answer.insert_header((CONTENT_RANGE, format!("bytes {first}-{last}/{}", part.size)));
        answer
    } else {
        HttpResponse::Ok()
    };
    headers(&mut answer, &etag, left);
    answer.insert_header((ACCEPT_RANGES, "bytes"));
    let name = format!("inline; filename=\"{photo}-{picture}.jpg\"");
    answer.insert_header((CONTENT_DISPOSITION, name));
    let length = part.range.end.saturating_sub(part.range.start);
    Ok(answer
        .content_type("image/jpeg")
        .body(SizedStream::new(length, part.bytes)))
}

/// What every answer with or about a picture says.
fn headers(answer: &mut HttpResponseBuilder, etag: &str, left: Option<Duration>) {
    let cache = match left {
        // The link is a right by itself: who has it may keep what it leads to as long as it is good.
        Some(left) => format!("private, max-age={}, immutable", left.as_secs()),
        None => "private, no-cache".to_owned(),
    };
    answer
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"));
}
