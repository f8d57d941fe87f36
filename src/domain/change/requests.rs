//! What may be asked of a desk about one complaint.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::account::By;
use crate::domain::complaint::Severity;
use crate::domain::erasure::{Erasure, Mode};
use crate::domain::event::Visibility;
use crate::domain::machine::Wanted;
use crate::domain::photo::{NewPhoto, Outcome};
use crate::domain::place::Place;
use crate::domain::region::RegionId;

/// A request to change a complaint.
#[derive(Debug, Clone)]
pub struct Request {
    /// The complaint.
    pub complaint: Uuid,
    /// The version that the caller saw; another one in the database is a conflict.
    pub version: Option<i64>,
    /// What to do.
    pub deed: Deed,
}

impl Request {
    /// The complaints that it reads and may change.
    pub fn touches(&self) -> impl Iterator<Item = Uuid> {
        let other = match &self.deed {
            Deed::Merge(merger) => Some(merger.into),
            Deed::Step(_)
            | Deed::Timer
            | Deed::Edit(_)
            | Deed::Assign(_)
            | Deed::Comment(_)
            | Deed::Move(_)
            | Deed::Support(_)
            | Deed::AddPhotos(_)
            | Deed::FinishPhoto(_)
            | Deed::RemovePhoto(_)
            | Deed::Erase(_)
            | Deed::Hold(_)
            | Deed::Release => None,
        };
        std::iter::once(self.complaint).chain(other)
    }

    /// Whether it is decided by the complaint's photos. `steps_do`: some steps are.
    pub fn asks_for_photos(&self, steps_do: bool) -> bool {
        match &self.deed {
            Deed::Step(_) => steps_do,
            Deed::AddPhotos(_) | Deed::FinishPhoto(_) | Deed::RemovePhoto(_) => true,
            Deed::Timer
            | Deed::Edit(_)
            | Deed::Assign(_)
            | Deed::Comment(_)
            | Deed::Move(_)
            | Deed::Merge(_)
            | Deed::Support(_)
            | Deed::Erase(_)
            | Deed::Hold(_)
            | Deed::Release => false,
        }
    }

    /// What of the complaint it erases.
    pub const fn erases(&self) -> Option<Erasure> {
        match self.deed {
            Deed::Erase(erasure) => Some(erasure),
            Deed::Step(_)
            | Deed::Timer
            | Deed::Edit(_)
            | Deed::Assign(_)
            | Deed::Comment(_)
            | Deed::Move(_)
            | Deed::Merge(_)
            | Deed::Support(_)
            | Deed::AddPhotos(_)
            | Deed::FinishPhoto(_)
            | Deed::RemovePhoto(_)
            | Deed::Hold(_)
            | Deed::Release => None,
        }
    }

    /// Whether it is decided by what lies beside the complaint's row.
    pub const fn asks_for_trace(&self) -> bool {
        self.erases().is_some() || matches!(self.deed, Deed::Hold(_) | Deed::Release)
    }
}

impl Deed {
    /// Whether the complaint's row says something else after it. Holds and identity lie beside it, and what is
    /// erased has none.
    pub const fn writes_row(&self) -> bool {
        match self {
            Self::Erase(erasure) => match erasure.mode {
                Mode::Anonymise => true,
                Mode::Erase | Mode::EraseIdentity => false,
            },
            Self::Hold(_) | Self::Release => false,
            Self::Step(_)
            | Self::Timer
            | Self::Edit(_)
            | Self::Assign(_)
            | Self::Comment(_)
            | Self::Move(_)
            | Self::Merge(_)
            | Self::Support(_)
            | Self::AddPhotos(_)
            | Self::FinishPhoto(_)
            | Self::RemovePhoto(_) => true,
        }
    }
}

/// What to do with a complaint.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Move it to another status.
    Step(Step),
    /// Do what is due by itself: escalate, wake up, close.
    Timer,
    /// Correct what it says.
    Edit(Box<Edit>),
    /// Give it to an officer, or to nobody.
    Assign(Assignment),
    /// Write to it.
    Comment(NewComment),
    /// Hand it to another region.
    Move(Relocation),
    /// Close it as a duplicate of another one.
    Merge(Merger),
    /// Say "me too".
    Support(Support),
    /// Attach photos that were uploaded.
    AddPhotos(Vec<NewPhoto>),
    /// Say what became of a photo.
    FinishPhoto(Box<FinishedPhoto>),
    /// Take a photo away.
    RemovePhoto(PhotoRemoval),
    /// Erase it, or what is personal of it.
    Erase(Erasure),
    /// Place it under a legal hold, or change the one that it is under.
    Hold(NewHold),
    /// End its legal hold.
    Release,
}

/// A legal hold to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    /// The admin who places it.
    pub by: Uuid,
    /// Why, 1–1000 characters.
    pub reason: String,
    /// Its end; `None`: until it is released.
    pub until: Option<Timestamp>,
}

/// A step to another status.
#[derive(Debug, Clone)]
pub struct Step {
    /// The action, or the status to enter.
    pub wanted: Wanted,
    /// Why, 1–4000 characters.
    pub comment: Option<String>,
    /// When it wakes up, if it is put on hold.
    pub hold_until: Option<Timestamp>,
}

/// A correction; `None` leaves as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    /// Another active category.
    pub category: Option<String>,
    /// Another severity.
    pub severity: Option<Severity>,
    /// Another place.
    pub place: Option<Place>,
    /// Another description, 1–4000 characters.
    pub description: Option<String>,
}

/// Who shall have a complaint.
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    /// An active officer of the region; `None`: nobody.
    pub to: Option<Uuid>,
    /// Whether the officer takes it for themselves: not out of another's hands by accident.
    pub is_taken: bool,
}

/// A comment.
#[derive(Debug, Clone)]
pub struct NewComment {
    /// Its id (UUIDv7).
    pub id: Uuid,
    /// 1–4000 characters.
    pub text: String,
    /// Who may read it.
    pub visibility: Visibility,
}

/// A move to another region.
#[derive(Debug, Clone)]
pub struct Relocation {
    /// An active region.
    pub to: RegionId,
    /// Why, 1–4000 characters.
    pub comment: Option<String>,
}

/// A merge into another complaint.
#[derive(Debug, Clone)]
pub struct Merger {
    /// The complaint that goes on.
    pub into: Uuid,
    /// Why, 1–4000 characters.
    pub comment: Option<String>,
}

/// A "me too".
#[derive(Debug, Clone)]
pub struct Support {
    /// Who, as a keyed hash: one each counts.
    pub supporter: Vec<u8>,
}

/// What became of a photo.
#[derive(Debug, Clone)]
pub struct FinishedPhoto {
    /// The photo.
    pub id: Uuid,
    /// Its pictures, or why there are none.
    pub outcome: Outcome,
}

/// A photo that is to go.
#[derive(Debug, Clone, Copy)]
pub struct PhotoRemoval {
    /// The photo.
    pub id: Uuid,
    /// Who asks.
    pub by: By,
}
