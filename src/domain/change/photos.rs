//! Photos of a complaint: uploaded, finished, removed. Like a comment they make no version stale.

use jiff::Timestamp;
use uuid::Uuid;

use super::allowed::{self, Refusal};
use super::{Decision, Happened, Present};
use crate::domain::account::By;
use crate::domain::action::Party;
use crate::domain::complaint::Complaint;
use crate::domain::event::{Change, EventKind, Whereabouts};
use crate::domain::photo::{
    MOST, MOST_WITH_FAILED, NewPhoto, Outcome, PhotoNews, PhotoState, PhotoStatus, Taken,
};

/// Decides an upload: an event a photo, or a refusal of all of them when they are too many. Those that are there already
/// stay as they are: a direct upload may be confirmed twice.
pub(super) fn added(
    present: &Complaint,
    photos: &[NewPhoto],
    all: &Present,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let there = all.photos_of(present.id);
    let is_new = |photo: &&NewPhoto| there.iter().all(|it| it.id != photo.id);
    let new: Vec<&NewPhoto> = photos.iter().filter(is_new).collect();
    let used = there.iter().filter(|it| it.status != PhotoStatus::Failed);
    let left = MOST.saturating_sub(used.count());
    let room = left.min(MOST_WITH_FAILED.saturating_sub(there.len()));
    if new.len() > room {
        return Err(Refusal::TooManyPhotos { room });
    }
    let happened = new.into_iter().map(|photo| {
        let news = PhotoNews::new(photo.id, photo.kind, Some(PhotoStatus::Pending));
        happened(EventKind::PhotoAdded, present, news, now)
    });
    Ok(Decision {
        happened: happened.collect(),
        rearmed: None,
    })
}

/// Decides the end of the work on a photo. It ends once: what comes later changes nothing.
pub(super) fn finished(
    present: &Complaint,
    (id, outcome): (Uuid, &Outcome),
    all: &Present,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let photo = find(present, id, all)?;
    if photo.status != PhotoStatus::Pending {
        return Ok(Decision::default());
    }
    let mut news = PhotoNews::new(id, photo.kind, Some(outcome.status()));
    let mut placed = None;
    let kind = match outcome {
        Outcome::Ready {
            width,
            height,
            placeholder,
            taken,
            ..
        } => {
            news.width = Some(*width);
            news.height = Some(*height);
            news.placeholder = Some(placeholder.clone());
            news.taken_at.clone_from(&taken.at);
            placed = put_where_taken(present, taken, now);
            EventKind::PhotoReady
        }
        Outcome::Failed { reason } => {
            news.reason = Some(reason.clone());
            EventKind::PhotoFailed
        }
    };
    let present = placed.as_ref().map_or(present, |it| &it.complaint);
    let done = happened(kind, present, news, now);
    Ok(Decision {
        happened: placed.into_iter().chain([done]).collect(),
        rearmed: None,
    })
}

/// An open complaint without a point is where its photo was taken. A point that somebody gave stays.
fn put_where_taken(present: &Complaint, taken: &Taken, now: Timestamp) -> Option<Happened> {
    let is_missing = present.latitude.is_none() && allowed::open(present).is_ok();
    let point = taken.point.filter(|_| is_missing)?;
    let mut complaint = present.clone();
    complaint.latitude = Some(point.latitude);
    complaint.longitude = Some(point.longitude);
    complaint.touch(now);
    let places = (Whereabouts::of(present), Whereabouts::of(&complaint));
    Some(Happened {
        kind: EventKind::Updated,
        region: complaint.region.clone(),
        complaint,
        change: Change {
            place: Some(places.into()),
            ..Change::default()
        },
        floor: None,
    })
}

/// Decides a removal: staff remove any photo, a reporter those that were sent in the same way.
pub(super) fn removed(
    present: &Complaint,
    (id, by): (Uuid, By),
    party: Party,
    all: &Present,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let photo = find(present, id, all)?;
    if party == Party::Reporter && photo.by != by {
        return Err(Refusal::NotYourPhoto);
    }
    let news = PhotoNews::new(id, photo.kind, None);
    Ok(Decision::of(happened(
        EventKind::PhotoRemoved,
        present,
        news,
        now,
    )))
}

fn find(present: &Complaint, id: Uuid, all: &Present) -> Result<PhotoState, Refusal> {
    let photo = all.photos_of(present.id).iter().find(|it| it.id == id);
    photo.copied().ok_or(Refusal::UnknownPhoto)
}

fn happened(kind: EventKind, present: &Complaint, photo: PhotoNews, now: Timestamp) -> Happened {
    let mut complaint = present.clone();
    complaint.updated_at = now;
    let change = Change {
        photo: Some(photo),
        ..Change::default()
    };
    Happened {
        kind,
        region: complaint.region.clone(),
        complaint,
        change,
        floor: None,
    }
}
