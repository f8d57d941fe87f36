//! Photos as callers see them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::photo::{PhotoKind, PhotoStatus};
use crate::http::desk::Desk;
use crate::http::right::Reader;
use crate::media::blobs::Picture;
use crate::store::photos::Stored;

/// Photos, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoList {
    /// They.
    pub items: Vec<PhotoView>,
}

/// A photo.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// UUIDv7.
    pub id: Uuid,
    /// Its complaint.
    pub complaint: Uuid,
    /// What it shows.
    pub kind: PhotoKind,
    /// How far it is.
    pub status: PhotoStatus,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was uploaded (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub uploaded_at: Timestamp,
    /// When it became ready or failed (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// Pixels of the original, upright, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i32>,
    /// Pixels of the original, upright, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i32>,
    /// A few characters from which a client paints a blur (BlurHash), when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// When it was taken, as the camera's clock said (without an offset, unless it knew one), if whoever sent it asked for
    /// its location to be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// Who sent it: `officer`, `admin`, `api_key` or `resident`.
    pub by: String,
    /// The account or API key that sent it; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Uuid>,
    /// Where its pictures are, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<PhotoLinks>,
}

/// Links that open in any browser, without signing in, until they expire.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoLinks {
    /// As large as is stored.
    pub original: String,
    /// For a page.
    pub preview: String,
    /// For a list.
    pub thumbnail: String,
    /// Until when they are good (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl PhotoList {
    /// For whoever reads them.
    pub(super) fn of(stored: Vec<Stored>, reader: Reader, desk: &Desk) -> Self {
        let view = |photo| PhotoView::of(photo, reader, desk);
        Self {
            items: stored.into_iter().map(view).collect(),
        }
    }
}

impl PhotoView {
    /// For whoever reads it: only staff see which account sent it.
    pub(super) fn of(photo: Stored, reader: Reader, desk: &Desk) -> Self {
        let is_ready = photo.status == PhotoStatus::Ready;
        Self {
            links: is_ready.then(|| PhotoLinks::to(photo.id, desk)),
            account: photo.by.id().filter(|_| reader == Reader::Staff),
            by: photo.by.kind().to_owned(),
            id: photo.id,
            complaint: photo.complaint,
            kind: photo.kind,
            status: photo.status,
            reason: photo.reason,
            uploaded_at: photo.uploaded_at,
            finished_at: photo.finished_at,
            width: photo.width,
            height: photo.height,
            placeholder: photo.placeholder,
            taken_at: photo.taken_at,
        }
    }
}

impl PhotoLinks {
    fn to(photo: Uuid, desk: &Desk) -> Self {
        let now = Timestamp::now();
        let life = desk.settings.photos.photo_link_ttl;
        let base = desk.settings.public_url();
        let mut until = now;
        let mut link = |picture: Picture| {
            let word = picture.as_str();
            let (expires, signature) = desk.photos.links.sign(photo, word, life, now);
            until = Timestamp::from_second(expires).unwrap_or(now);
            format!("{base}/api/v1/photos/{photo}/{word}?expires={expires}&signature={signature}")
        };
        Self {
            original: link(Picture::Original),
            preview: link(Picture::Preview),
            thumbnail: link(Picture::Thumbnail),
            expires_at: until,
        }
    }
}
