//! Photos of complaints: what they show, how far they are, and how many there may be.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::account::By;
use super::place::Point;

/// Most photos of a complaint that are pending or ready.
pub const MOST: usize = 20;
/// Most photos of a complaint in all, with those that failed: their rows say why.
pub const MOST_WITH_FAILED: usize = 100;
/// Most photos of one upload.
pub const MOST_AT_ONCE: usize = 10;

/// What a photo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhotoKind {
    /// What is wrong.
    #[default]
    Evidence,
    /// The place before the work.
    Before,
    /// The place after the work.
    After,
}

impl PhotoKind {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Before => "before",
            Self::After => "after",
        }
    }

    /// The kind that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Evidence, Self::Before, Self::After]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// How far a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhotoStatus {
    /// It was uploaded; its pictures are being made.
    Pending,
    /// Its pictures can be had.
    Ready,
    /// It could not be used, and nothing of it is kept.
    Failed,
}

impl PhotoStatus {
    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// The status that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Pending, Self::Ready, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// A photo that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPhoto {
    /// UUIDv7.
    pub id: Uuid,
    /// What it shows.
    pub kind: PhotoKind,
    /// Bytes as they were sent.
    pub bytes: i64,
    /// Whether the file's own words about place and time are used.
    pub uses_location: bool,
}

/// Where and when a photo was taken, as far as that was asked for and its file says so.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Taken {
    /// Where.
    pub point: Option<Point>,
    /// When, as the camera's clock said: `2026-11-26T18:12:53`, with an offset only if it knew one.
    pub at: Option<String>,
}

/// What became of a photo.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Its pictures are stored.
    Ready {
        /// Pixels of the original, upright.
        width: i32,
        /// Pixels of the original, upright.
        height: i32,
        /// A few characters from which a client paints a blur.
        placeholder: String,
        /// Bytes of all pictures.
        bytes: i64,
        /// Where and when it was taken.
        taken: Taken,
    },
    /// It could not be used.
    Failed {
        /// Why, in a sentence.
        reason: String,
    },
}

impl Outcome {
    /// The status that it leads to.
    pub const fn status(&self) -> PhotoStatus {
        match self {
            Self::Ready { .. } => PhotoStatus::Ready,
            Self::Failed { .. } => PhotoStatus::Failed,
        }
    }
}

/// A photo as decisions about its complaint see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoState {
    /// Its id.
    pub id: Uuid,
    /// What it shows.
    pub kind: PhotoKind,
    /// How far it is.
    pub status: PhotoStatus,
    /// Who sent it.
    pub by: By,
}

/// What an event says of a photo.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhotoNews {
    /// Its id.
    pub id: Uuid,
    /// What it shows.
    pub kind: PhotoKind,
    /// How far it is; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PhotoStatus>,
    /// Pixels, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<i32>,
    /// Pixels, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<i32>,
    /// A few characters from which a client paints a blur, when it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// When it was taken, as the camera's clock said, if whoever sent it wants that used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_at: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl PhotoNews {
    /// Of a photo that is as far as `status`, or gone.
    pub const fn new(id: Uuid, kind: PhotoKind, status: Option<PhotoStatus>) -> Self {
        Self {
            id,
            kind,
            status,
            width: None,
            height: None,
            placeholder: None,
            taken_at: None,
            reason: None,
        }
    }
}
