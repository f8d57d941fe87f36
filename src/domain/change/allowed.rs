//! What the present state forbids.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::complaint::Complaint;
use crate::domain::machine;
use crate::domain::photo;
use crate::domain::status::Status;

/// Why a change was refused, in words that say what would be allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The state machine forbids the step.
    Step(Box<machine::Refusal>),
    /// The complaint is resolved, closed or rejected.
    NotOpen(Status),
    /// Another officer has it.
    Taken(Uuid),
    /// It is in that region already.
    SameRegion,
    /// A complaint is no duplicate of itself.
    Itself,
    /// The complaint to merge into does not exist.
    UnknownTarget,
    /// The complaint to merge into is a duplicate too, or not open.
    TargetNotOpen(Option<Uuid>),
    /// It has no room for so many photos.
    TooManyPhotos {
        /// How many it takes.
        room: usize,
    },
    /// It has no such photo.
    UnknownPhoto,
    /// A reporter removes only what they sent.
    NotYourPhoto,
    /// It is not erased while somebody works on it.
    Active(Status),
    /// It is under a legal hold: nothing of it is erased.
    Held {
        /// The hold's end, if it has one.
        until: Option<Timestamp>,
    },
    /// It has not been resolved, closed or rejected for long enough to be erased.
    TooYoung {
        /// From when on it may be.
        from: Timestamp,
    },
}

impl From<machine::Refusal> for Refusal {
    fn from(refusal: machine::Refusal) -> Self {
        Self::Step(Box::new(refusal))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(refusal) => refusal.fmt(f),
            Self::NotOpen(status) => {
                write!(f, "the complaint is {status}; reopen it first")
            }
            Self::Taken(holder) => write!(
                f,
                "officer {holder} has this complaint; send its version to take it over all the same"
            ),
            Self::SameRegion => f.write_str("the complaint is in that region already"),
            Self::Itself => f.write_str("a complaint cannot be merged into itself"),
            Self::UnknownTarget => f.write_str("there is no complaint with the id to merge into"),
            Self::TargetNotOpen(Some(of)) => write!(
                f,
                "the complaint to merge into is itself a duplicate of {of}; merge into that one"
            ),
            Self::TargetNotOpen(None) => {
                f.write_str("the complaint to merge into is not open any more")
            }
            Self::TooManyPhotos { room: 0 } => write!(
                f,
                "the complaint has {} photos, which is the most it can have; remove one first",
                photo::MOST
            ),
            Self::TooManyPhotos { room } => write!(
                f,
                "the complaint takes {room} more photos; it can have {} in all",
                photo::MOST
            ),
            Self::UnknownPhoto => f.write_str("the complaint has no such photo"),
            Self::NotYourPhoto => {
                f.write_str("this photo was sent by somebody else; staff remove it")
            }
            Self::Active(status) => write!(
                f,
                "the complaint is {status}; it is erased only when it is resolved, closed or rejected"
            ),
            Self::Held { until: None } => {
                f.write_str("the complaint is under a legal hold; an admin releases it")
            }
            Self::Held { until: Some(until) } => {
                write!(f, "the complaint is under a legal hold until {until}")
            }
            Self::TooYoung { from } => write!(f, "the complaint may be erased from {from} on"),
        }
    }
}

/// Only an open complaint is worked on.
pub(super) fn open(complaint: &Complaint) -> Result<(), Refusal> {
    if complaint.status.is_open() {
        Ok(())
    } else {
        Err(Refusal::NotOpen(complaint.status))
    }
}

/// Whether `target` goes on for `duplicate`: open, and no duplicate itself, so that there are no chains.
pub(super) fn takes_duplicate(duplicate: &Complaint, target: &Complaint) -> Result<(), Refusal> {
    if duplicate.id == target.id {
        return Err(Refusal::Itself);
    }
    if target.life.duplicate_of.is_some() || !target.status.is_open() {
        return Err(Refusal::TargetNotOpen(target.life.duplicate_of));
    }
    Ok(())
}
