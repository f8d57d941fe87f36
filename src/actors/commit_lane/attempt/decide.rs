//! Commands decided in their order by the pure rules; each one sees what those before it did.

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::actors::command::{Command, CommandError, Work};
use crate::domain::account::By;
use crate::domain::change::{self, Decision, Deed, Happened, Present, Request};
use crate::domain::complaint::{Complaint, Submission};
use crate::domain::erasure::Mode;
use crate::domain::event::{Change, EventDraft, EventKind};
use crate::domain::photo::{NewPhoto, PhotoState, PhotoStatus};
use crate::domain::rules::Rules;
use crate::store::StoreError;

/// An event with its encoded payload.
pub(super) type Encoded = (EventDraft, String);

/// A command after the rules, before it is written.
pub(super) enum Decided {
    /// It leads to these events; the first is of the complaint that was asked for.
    Happened(Vec<Encoded>),
    /// Its timer is set anew, which is no event.
    Rearmed(Box<Complaint>),
    /// It changes nothing: the complaint is as the caller wants it.
    Unchanged(Box<Complaint>),
    /// It breaks a rule.
    Refused(CommandError),
}

impl Decided {
    /// Whether it should have got numbers and did not: its idempotency key was there before.
    pub(super) fn is_left_out(&self, numbers: &HashMap<Uuid, i64>) -> bool {
        match self {
            Self::Happened(events) => events
                .first()
                .is_some_and(|(draft, _)| !numbers.contains_key(&draft.event_id)),
            Self::Rearmed(_) | Self::Unchanged(_) | Self::Refused(_) => false,
        }
    }
}

/// Decides the commands in their order.
pub(super) fn decide_all(
    commands: &[Command],
    mut present: Present,
    rules: &Rules,
    now: Timestamp,
) -> Result<Vec<Decided>, StoreError> {
    let decide = |command: &Command| match &command.work {
        Work::Submit(submission, _) => {
            encoded(vec![submitted(submission, command.by, rules, now)]).map(Decided::Happened)
        }
        Work::Change(request, party, _) => {
            let region = &command.taker.region;
            match change::decide(request, *party, region, &present, rules, now) {
                Ok(decision) if decision.happened.is_empty() => {
                    Ok(quiet(decision, &mut present, request.complaint))
                }
                Ok(decision) => {
                    let drafts = decision.happened.into_iter();
                    let drafts: Vec<_> = drafts.map(|it| draft(it, command.by, now)).collect();
                    see(&mut present, request, command.by, &drafts);
                    encoded(drafts).map(Decided::Happened)
                }
                Err(fault) => Ok(Decided::Refused(fault.into())),
            }
        }
    };
    commands.iter().map(decide).collect()
}

/// Lets the commands that follow see what this one did.
fn see(present: &mut Present, request: &Request, by: By, drafts: &[EventDraft]) {
    if request.erases().is_some_and(|it| it.mode == Mode::Erase) {
        present.complaints.remove(&request.complaint);
    } else {
        let rows = written(drafts.iter());
        present
            .complaints
            .extend(rows.map(|row| (row.id, row.clone())));
    }
    if let Deed::Support(support) = &request.deed {
        let pair = (request.complaint, support.supporter.clone());
        present.supporters.insert(pair);
    }
    see_photos(present, request, by);
}

/// Complaints as they are after these events; what tells that one is gone says nothing of it.
pub(super) fn written<'a>(
    drafts: impl Iterator<Item = &'a EventDraft>,
) -> impl Iterator<Item = &'a Complaint> {
    let told = drafts.filter(|draft| draft.kind != EventKind::Erased);
    told.map(|draft| &draft.complaint)
}

fn see_photos(present: &mut Present, request: &Request, by: By) {
    let (all, id) = (&mut present.photos, request.complaint);
    match &request.deed {
        Deed::AddPhotos(added) => {
            let pending = |photo: &NewPhoto| PhotoState {
                id: photo.id,
                kind: photo.kind,
                status: PhotoStatus::Pending,
                by,
            };
            let photos = all.entry(id).or_default();
            photos.extend(added.iter().map(pending));
        }
        Deed::FinishPhoto(done) => {
            let photos = all.get_mut(&id).into_iter().flatten();
            let its = photos.filter(|photo| photo.id == done.id);
            its.for_each(|photo| photo.status = done.outcome.status());
        }
        Deed::RemovePhoto(removal) => {
            let photos = all.get_mut(&id).into_iter();
            photos.for_each(|photos| photos.retain(|photo| photo.id != removal.id));
        }
        Deed::Step(_)
        | Deed::Timer
        | Deed::Edit(_)
        | Deed::Assign(_)
        | Deed::Comment(_)
        | Deed::Move(_)
        | Deed::Merge(_)
        | Deed::Support(_)
        | Deed::Hold(_)
        | Deed::Release => {}
        Deed::Erase(erasure) => match erasure.mode {
            Mode::Erase | Mode::Anonymise => {
                all.remove(&id);
            }
            Mode::EraseIdentity => {}
        },
    }
}

/// What happens without an event.
fn quiet(decision: Decision, present: &mut Present, complaint: Uuid) -> Decided {
    if let Some(rearmed) = decision.rearmed {
        present.complaints.insert(complaint, rearmed.clone());
        return Decided::Rearmed(Box::new(rearmed));
    }
    present.complaints.get(&complaint).map_or(
        Decided::Refused(CommandError::UnknownComplaint),
        |complaint| Decided::Unchanged(Box::new(complaint.clone())),
    )
}

/// A new complaint, with its deadline.
fn submitted(submission: &Submission, by: By, rules: &Rules, now: Timestamp) -> EventDraft {
    let mut complaint = Complaint::submitted(submission, now);
    let plan = rules.plan(&complaint.region, &complaint.category, complaint.severity);
    plan.submitted(&mut complaint);
    let at = complaint.created_at;
    let happened = Happened {
        kind: EventKind::Created,
        region: complaint.region.clone(),
        change: Change::of_status(None, complaint.status),
        complaint,
        floor: None,
    };
    draft(happened, by, at)
}

fn draft(happened: Happened, by: By, at: Timestamp) -> EventDraft {
    EventDraft {
        event_id: Uuid::now_v7(),
        kind: happened.kind,
        region: happened.region,
        at,
        complaint: happened.complaint,
        by,
        change: happened.change,
        floor: happened.floor,
    }
}

fn encoded(drafts: Vec<EventDraft>) -> Result<Vec<Encoded>, StoreError> {
    let encode = |draft: EventDraft| {
        let payload = draft
            .encode()
            .map_err(|error| StoreError::Shape(format!("an event cannot be encoded: {error}")))?;
        Ok((draft, payload))
    };
    drafts.into_iter().map(encode).collect()
}
