//! What became of each command of a committed batch: its answer and its numbered events.

use std::collections::HashMap;

use uuid::Uuid;

use super::decide::{Decided, Encoded};
use crate::actors::command::{Answer, Changed, CommandError, Work};
use crate::actors::commit_lane::tally::Mark;
use crate::domain::complaint::{Complaint, Idempotency, Receipt};
use crate::domain::event::Event;
use crate::domain::region::RegionId;
use crate::store::commit::FirstAnswer;

/// An event with the region in whose sequence it has its number.
pub(in super::super) struct Numbered {
    /// The region.
    pub(in super::super) region: RegionId,
    /// The event.
    pub(in super::super) event: Event,
    /// What it adds to the node's series.
    pub(in super::super) mark: Mark,
    /// Up to which number events of the region may be gone with it.
    pub(in super::super) floor: Option<i64>,
}

/// What became of one command.
pub(in super::super) enum Settled {
    /// A submission was written.
    Submitted(Receipt, Vec<Numbered>),
    /// A change was written, or changed nothing and has no events.
    Changed(Box<Complaint>, Vec<Numbered>),
    /// A submission was answered before, under its idempotency key.
    Replayed(Receipt),
    /// It breaks a rule.
    Refused(CommandError),
}

impl Settled {
    /// What it led to.
    pub(in super::super) fn events(&self) -> &[Numbered] {
        match self {
            Self::Submitted(_, events) | Self::Changed(_, events) => events,
            Self::Replayed(_) | Self::Refused(_) => &[],
        }
    }

    /// The answer to the caller, and the events to publish.
    pub(in super::super) fn into_answer(self, work: Work) -> (Answer, Vec<Numbered>) {
        match (self, work) {
            (Self::Submitted(receipt, events), Work::Submit(_, reply)) => {
                (Answer::Submitted(reply, Ok(receipt)), events)
            }
            (Self::Changed(complaint, events), Work::Change(_, _, reply)) => {
                let changed = Changed {
                    complaint,
                    has_happened: !events.is_empty(),
                };
                (Answer::Changed(reply, Ok(changed)), events)
            }
            (Self::Replayed(receipt), Work::Submit(_, reply)) => {
                (Answer::Submitted(reply, Ok(receipt)), Vec::new())
            }
            (Self::Refused(error), Work::Submit(_, reply)) => {
                (Answer::Submitted(reply, Err(error)), Vec::new())
            }
            (Self::Refused(error), Work::Change(_, _, reply)) => {
                (Answer::Changed(reply, Err(error)), Vec::new())
            }
            (Self::Changed(..), Work::Submit(_, reply)) => {
                let answer = Err(CommandError::Interrupted);
                (Answer::Submitted(reply, answer), Vec::new())
            }
            (Self::Submitted(..) | Self::Replayed(_), Work::Change(_, _, reply)) => {
                let answer = Err(CommandError::Interrupted);
                (Answer::Changed(reply, answer), Vec::new())
            }
        }
    }
}

/// Settles one command by the numbers that its events got.
pub(super) fn settled(
    work: &Work,
    key: Option<&Idempotency>,
    decided: Decided,
    numbers: &HashMap<Uuid, i64>,
    answers: &HashMap<(String, String), FirstAnswer>,
) -> Settled {
    if decided.is_left_out(numbers) {
        return replay(key, answers);
    }
    match decided {
        Decided::Refused(error) => Settled::Refused(error),
        Decided::Unchanged(complaint) | Decided::Rearmed(complaint) => {
            Settled::Changed(complaint, Vec::new())
        }
        Decided::Happened(happened) => match work {
            Work::Submit(..) => submitted(happened, numbers),
            Work::Change(..) => changed(happened, numbers),
        },
    }
}

fn submitted(happened: Vec<Encoded>, numbers: &HashMap<Uuid, i64>) -> Settled {
    let Some((draft, _)) = happened.first() else {
        return Settled::Refused(CommandError::Interrupted);
    };
    let receipt = Receipt {
        id: draft.complaint.id,
        region: draft.region.clone(),
        created_at: draft.at,
        replayed: false,
    };
    Settled::Submitted(receipt, numbered(happened, numbers))
}

fn changed(happened: Vec<Encoded>, numbers: &HashMap<Uuid, i64>) -> Settled {
    let Some((draft, _)) = happened.first() else {
        return Settled::Refused(CommandError::Interrupted);
    };
    let complaint = Box::new(draft.complaint.clone());
    Settled::Changed(complaint, numbered(happened, numbers))
}

fn numbered(happened: Vec<Encoded>, numbers: &HashMap<Uuid, i64>) -> Vec<Numbered> {
    let events = happened.into_iter().filter_map(|(draft, payload)| {
        let seq = *numbers.get(&draft.event_id)?;
        let (step, sighting) = (draft.step(), draft.sighting());
        Some(Numbered {
            mark: Mark::of(&draft),
            region: draft.region,
            floor: draft.floor,
            event: Event {
                seq,
                step,
                payload,
                sighting: Some(sighting),
            },
        })
    });
    events.collect()
}

/// The first answer under a key: the same for the same body, a refusal for another.
fn replay(key: Option<&Idempotency>, answers: &HashMap<(String, String), FirstAnswer>) -> Settled {
    let first = key.and_then(|key| {
        let first = answers.get(&(key.scope.clone(), key.key.clone()))?;
        Some((first, first.body_hash == key.body_hash))
    });
    match first {
        Some((first, true)) => Settled::Replayed(first.receipt.clone()),
        Some((_, false)) => Settled::Refused(CommandError::KeyReused),
        // Its row expired between the two statements: the caller tries again.
        None => Settled::Refused(CommandError::Interrupted),
    }
}
