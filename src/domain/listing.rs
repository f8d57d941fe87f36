//! How a list is put in order, and which part of it is asked for.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::complaint::Complaint;

/// What a list is ordered by; ties are broken by the id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Time of submission, which is the order of ids.
    CreatedAt,
    /// Time of the last change.
    UpdatedAt,
    /// Deadline; only complaints whose deadline runs.
    DueAt,
    /// Distance from the middle of a circle.
    Distance,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 4] = [
        Self::CreatedAt,
        Self::UpdatedAt,
        Self::DueAt,
        Self::Distance,
    ];

    /// The word in a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::DueAt => "due_at",
            Self::Distance => "distance",
        }
    }

    /// The order that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }

    /// What comes first when nobody says: the latest, the most urgent, the nearest.
    pub const fn usual(self) -> Direction {
        match self {
            Self::CreatedAt | Self::UpdatedAt => Direction::Descending,
            Self::DueAt | Self::Distance => Direction::Ascending,
        }
    }
}

/// Which end of an order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Earliest or nearest first.
    Ascending,
    /// Latest first.
    Descending,
}

impl Direction {
    /// The word in a query.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// The direction that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Ascending, Self::Descending]
            .into_iter()
            .find(|direction| direction.as_str() == word)
    }
}

/// By what an item of a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Key {
    /// One of its times.
    Time(Timestamp),
    /// Its distance in metres.
    Metres(f64),
}

/// The place of an item in a list: what comes after it is the rest of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    /// By what it is ordered.
    pub key: Key,
    /// The item.
    pub id: Uuid,
}

/// A complaint in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Listed {
    /// The complaint.
    #[serde(flatten)]
    pub complaint: Complaint,
    /// Metres from the point of `near`, in lists that are ordered by distance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
}

impl Listed {
    /// Its place in a list of this order; `None` when it does not belong into one.
    pub fn cursor(&self, sort: Sort) -> Option<Cursor> {
        let complaint = &self.complaint;
        let key = match sort {
            Sort::CreatedAt => Key::Time(complaint.created_at),
            Sort::UpdatedAt => Key::Time(complaint.updated_at),
            Sort::DueAt => Key::Time(complaint.life.due_at?),
            Sort::Distance => Key::Metres(self.distance_m?),
        };
        Some(Cursor {
            key,
            id: complaint.id,
        })
    }
}
