//! Reads the parts of an upload and passes photos on to quarantine, a piece at a time.

use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{HttpRequest, web};
use bytes::BytesMut;
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use crate::domain::photo::{MOST_AT_ONCE, NewPhoto, PhotoKind};
use crate::http::problem::Problem;
use crate::media::blobs::{Blobs, Upload};
use crate::media::thumbnail::{Flaw, header};

/// Bytes by which a photo is recognised, before anything of it is stored.
pub(super) const HEAD: usize = 64 * 1024;
/// Most bytes of a text part.
const TEXT: usize = 64;
/// The text part that says what the photos show.
const KIND: &str = "kind";
/// The text part that says whether their own words about place and time are used.
const LOCATION: &str = "use_photo_location";

/// What bounds an upload.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Bytes of one photo.
    pub(super) photo: u64,
    /// How long it may stand still.
    pub(super) idle: Duration,
}

/// What is said of all photos of an upload.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Said {
    /// What they show.
    pub(super) kind: Option<PhotoKind>,
    /// Whether their own words about place and time are used.
    pub(super) uses_location: Option<bool>,
}

impl Said {
    /// A photo of which this is said.
    pub(super) fn of(self, id: Uuid, bytes: i64) -> NewPhoto {
        NewPhoto {
            id,
            kind: self.kind.unwrap_or_default(),
            bytes,
            uses_location: self.uses_location.unwrap_or_default(),
        }
    }
}

/// What came. Dropped before it is kept, nothing of it stays.
pub(super) struct Received {
    blobs: Blobs,
    photos: Vec<NewPhoto>,
    said: Said,
}

impl Received {
    /// Reads a whole multipart body.
    ///
    /// # Errors
    /// 4xx problems for bodies that are none; 503 when the store is away. Nothing of it stays then.
    pub(super) async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        blobs: &Blobs,
        bounds: Bounds,
    ) -> Result<Self, Problem> {
        let mut parts = Multipart::new(request.headers(), payload);
        let mut received = Self {
            blobs: blobs.clone(),
            photos: Vec::new(),
            said: Said::default(),
        };
        while let Some(part) = next(&mut parts, bounds).await? {
            if is_file(&part) {
                received.photo(part, bounds).await?;
            } else {
                received.text(part, bounds).await?;
            }
        }
        if received.photos.is_empty() {
            let message = "send at least one photo as a file part of multipart/form-data";
            return Err(Problem::invalid_field("photo", "required", message));
        }
        Ok(received)
    }

    /// The photos, as the body or else `query` says.
    pub(super) fn photos(&self, query: Said) -> Vec<NewPhoto> {
        let said = Said {
            kind: self.said.kind.or(query.kind),
            uses_location: self.said.uses_location.or(query.uses_location),
        };
        let photos = self.photos.iter();
        photos.map(|photo| said.of(photo.id, photo.bytes)).collect()
    }

    /// The bytes of all photos.
    pub(super) fn bytes(&self) -> i64 {
        self.photos.iter().map(|photo| photo.bytes).sum()
    }

    /// Has what came stay.
    pub(super) fn keep(mut self) {
        self.photos.clear();
    }

    async fn text(&mut self, mut part: Field, bounds: Bounds) -> Result<(), Problem> {
        let name = part.name().unwrap_or_default().to_owned();
        if name != KIND && name != LOCATION {
            let name: String = name.chars().take(100).collect();
            let message = "is no part of an upload; there are kind and use_photo_location, all other \
                           parts are files";
            return Err(Problem::invalid_field(&name, "unknown_field", message));
        }
        let mut word = BytesMut::new();
        while let Some(bytes) = next(&mut part, bounds).await? {
            word.extend_from_slice(&bytes);
            if word.len() > TEXT {
                break;
            }
        }
        let word = std::str::from_utf8(&word).unwrap_or_default().trim();
        if name == KIND {
            self.said.kind = Some(kind(word)?);
        } else {
            self.said.uses_location = Some(yes_or_no(word)?);
        }
        Ok(())
    }

    async fn photo(&mut self, mut part: Field, bounds: Bounds) -> Result<(), Problem> {
        if self.photos.len() >= MOST_AT_ONCE {
            return Err(Problem::unprocessable(
                "too_many_photos",
                format!("send at most {MOST_AT_ONCE} photos at once"),
            ));
        }
        let id = Uuid::now_v7();
        let (mut head, mut upload, mut size) = (BytesMut::new(), None, 0_u64);
        while let Some(bytes) = next(&mut part, bounds).await? {
            size += bytes.len() as u64;
            if size > bounds.photo {
                return Err(Problem::photo_too_large(bounds.photo));
            }
            match &mut upload {
                Some(upload) => Upload::write(upload, &bytes).await?,
                None => {
                    head.extend_from_slice(&bytes);
                    if head.len() >= HEAD {
                        upload = Some(self.begin(id, &head, false).await?);
                    }
                }
            }
        }
        let upload = match upload {
            Some(upload) => upload,
            None => self.begin(id, &head, true).await?,
        };
        upload.finish().await?;
        let bytes = i64::try_from(size).unwrap_or(i64::MAX);
        self.photos.push(Said::default().of(id, bytes));
        Ok(())
    }

    /// Begins to store a photo that is recognised by its first bytes.
    async fn begin(&self, id: Uuid, head: &BytesMut, is_whole: bool) -> Result<Upload, Problem> {
        recognise(head, is_whole)?;
        let mut upload = self.blobs.begin(id).await?;
        upload.write(head).await?;
        Ok(upload)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        if self.photos.is_empty() {
            return;
        }
        let (blobs, photos) = (self.blobs.clone(), std::mem::take(&mut self.photos));
        actix_rt::spawn(async move {
            for photo in photos {
                if let Err(error) = blobs.remove_sent(photo.id).await {
                    slog_scope::info!(
                        "an upload that came to nothing is left to the sweep: {}",
                        error
                    );
                }
            }
        });
    }
}

/// The kind that a word names.
pub(super) fn kind(word: &str) -> Result<PhotoKind, Problem> {
    let unknown = || Problem::invalid_field(KIND, "unknown", "must be evidence, before or after");
    PhotoKind::parse(word).ok_or_else(unknown)
}

fn yes_or_no(word: &str) -> Result<bool, Problem> {
    word.parse()
        .map_err(|_other| Problem::invalid_field(LOCATION, "unknown", "must be true or false"))
}

/// Refuses what is no picture by its first bytes; what is seen later fails later.
///
/// # Errors
/// 415 and 422 problems.
pub(super) fn recognise(head: &[u8], is_whole: bool) -> Result<(), Problem> {
    match header(head) {
        Ok(_) => Ok(()),
        Err(Flaw::Truncated) if !is_whole => Ok(()),
        Err(flaw) => Err(flaw.into()),
    }
}

/// Files have a name or a type; text parts have neither.
fn is_file(part: &Field) -> bool {
    let name = part.content_disposition();
    let has_name = name.is_some_and(|name| name.get_filename().is_some());
    let has_name = has_name || name.is_some_and(|name| name.get_filename_ext().is_some());
    has_name || part.content_type().is_some_and(|it| it.type_() != "text")
}

/// What comes next of a body or a part, if it comes in time.
async fn next<S, T>(stream: &mut S, bounds: Bounds) -> Result<Option<T>, Problem>
where
    S: Stream<Item = Result<T, MultipartError>> + Unpin,
{
    match tokio::time::timeout(bounds.idle, stream.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(came))) => Ok(Some(came)),
        Ok(Some(Err(error))) => Err(broken(&error)),
        Err(_elapsed) => Err(Problem::too_slow(format!(
            "nothing came for {} s",
            bounds.idle.as_secs_f32()
        ))),
    }
}

fn broken(error: &MultipartError) -> Problem {
    let is_no_multipart = matches!(
        error,
        MultipartError::ContentTypeMissing
            | MultipartError::ContentTypeParse
            | MultipartError::ContentTypeIncompatible
            | MultipartError::BoundaryMissing
    );
    if is_no_multipart {
        return Problem::wrong_media_type("multipart/form-data, with a boundary");
    }
    Problem::malformed(format!("the body cannot be read as multipart: {error}"))
}
