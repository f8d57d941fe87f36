//! Erasing and legal holds. Like comments they make no version stale, but for what is anonymised.

use jiff::Timestamp;

use super::allowed::Refusal;
use super::present::Trace;
use super::requests::NewHold;
use super::{Decision, Happened};
use crate::domain::complaint::Complaint;
use crate::domain::erasure::{Erasure, Mode, rounded};
use crate::domain::event::{Change, EventKind};

/// Decides an erasure. What is gone already is not erased again.
pub(super) fn erased(
    present: &Complaint,
    erasure: Erasure,
    trace: &Trace,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    allowed(present, erasure, trace, now)?;
    match erasure.mode {
        Mode::Erase => Ok(of_everything(present, trace)),
        Mode::Anonymise if trace.is_anonymous(present) => Ok(Decision::default()),
        Mode::Anonymise => Ok(anonymised(present, trace, now)),
        Mode::EraseIdentity if !trace.has_identity => Ok(Decision::default()),
        Mode::EraseIdentity => {
            let change = erased_change(Mode::EraseIdentity);
            Ok(Decision::one(EventKind::Updated, present.clone(), change))
        }
    }
}

fn allowed(
    present: &Complaint,
    erasure: Erasure,
    trace: &Trace,
    now: Timestamp,
) -> Result<(), Refusal> {
    // A person's wish to be forgotten waits for nobody's work: what the complaint says stays.
    if present.status.is_open() && erasure.mode != Mode::EraseIdentity {
        return Err(Refusal::Active(present.status));
    }
    if let Some(hold) = trace.hold.as_ref().filter(|hold| hold.is_in_force(now)) {
        return Err(Refusal::Held { until: hold.until });
    }
    match erasure.waits_until(present.status_since, now) {
        Some(from) => Err(Refusal::TooYoung { from }),
        None => Ok(()),
    }
}

/// An event in each region that the complaint was in, its own first.
fn of_everything(present: &Complaint, trace: &Trace) -> Decision {
    let decision = Decision::one(EventKind::Erased, present.clone(), Change::default());
    with_floors(decision, present, trace)
}

/// The floors of all regions that it was in go up to its last event there. Those that it left hear that it is
/// gone, whatever stays of it in its own.
fn with_floors(mut decision: Decision, present: &Complaint, trace: &Trace) -> Decision {
    for happened in &mut decision.happened {
        happened.floor = trace.last.get(&happened.region).copied();
    }
    let elsewhere = trace.last.iter().filter(|(it, _)| **it != present.region);
    decision
        .happened
        .extend(elsewhere.map(|(region, floor)| Happened {
            kind: EventKind::Erased,
            region: region.clone(),
            complaint: present.clone(),
            change: Change::default(),
            floor: Some(*floor),
        }));
    decision
}

fn anonymised(present: &Complaint, trace: &Trace, now: Timestamp) -> Decision {
    let mut complaint = present.clone();
    complaint.description = String::new();
    complaint.address = None;
    complaint.latitude = present.latitude.map(rounded);
    complaint.longitude = present.longitude.map(rounded);
    complaint.touch(now);
    let change = erased_change(Mode::Anonymise);
    let decision = Decision::one(EventKind::Updated, complaint, change);
    with_floors(decision, present, trace)
}

fn erased_change(mode: Mode) -> Change {
    Change {
        erased: Some(mode),
        ..Change::default()
    }
}

/// Decides a legal hold, which takes the place of the one before.
pub(super) fn held(present: &Complaint, hold: &NewHold, trace: &Trace, now: Timestamp) -> Decision {
    let before = trace.hold.as_ref();
    let is_same = before.is_some_and(|it| it.reason == hold.reason && it.until == hold.until);
    if is_same {
        return Decision::default();
    }
    let was_held = before.is_some_and(|before| before.is_in_force(now));
    of_hold(present, was_held, true)
}

/// Decides the end of a legal hold; of none nothing ends.
pub(super) fn released(present: &Complaint, trace: &Trace, now: Timestamp) -> Decision {
    match &trace.hold {
        Some(hold) => of_hold(present, hold.is_in_force(now), false),
        None => Decision::default(),
    }
}

/// Why and until when is in no event.
fn of_hold(present: &Complaint, from: bool, to: bool) -> Decision {
    let change = Change {
        legal_hold: Some((from, to).into()),
        ..Change::default()
    };
    Decision::one(EventKind::Updated, present.clone(), change)
}
