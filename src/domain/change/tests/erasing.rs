//! What may be erased, and what is told of it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, ToSpan};

use super::*;
use crate::domain::erasure::{Erasure, LegalHold, Mode, Reason};

/// The time at which tests ask.
fn asked_at() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn erase(mode: Mode, reason: Reason) -> Deed {
    let run = None;
    Deed::Erase(Erasure { mode, reason, run })
}

fn purge(mode: Mode) -> Deed {
    erase(mode, Reason::Purge)
}

/// A complaint that is in a status for so long.
fn since(status: Status, age: SignedDuration) -> Complaint {
    let mut complaint = complaint(1, status);
    complaint.status_since = asked_at() - age;
    complaint.updated_at = complaint.status_since;
    complaint.latitude = Some(54.099_4);
    complaint.longitude = Some(7.585);
    complaint
}

fn old(status: Status) -> Complaint {
    since(status, SignedDuration::from_hours(100))
}

fn trace() -> Trace {
    Trace {
        last: BTreeMap::from([(region("north"), 9), (region("harbour"), 4)]),
        hold: None,
        has_identity: true,
        anonymised_at: None,
    }
}

fn hold(until: Option<Timestamp>) -> LegalHold {
    LegalHold {
        placed_by: Uuid::from_u128(5),
        reason: "a trial".into(),
        placed_at: asked_at() - 1.hour(),
        until,
    }
}

fn decided(complaint: &Complaint, trace: Trace, deed: Deed) -> Result<Decision, Fault> {
    let mut present = present([complaint.clone()]);
    present.traces.insert(complaint.id, trace);
    let request = Request {
        complaint: complaint.id,
        version: None,
        deed,
    };
    let (party, rules) = (Party::System, Rules::default());
    decide(
        &request,
        party,
        &region("north"),
        &present,
        &rules,
        asked_at(),
    )
}

#[test]
fn nothing_of_an_active_complaint_is_erased_whoever_asks_but_who_reported_it() {
    for status in Status::ALL {
        for mode in Mode::ALL {
            for reason in Reason::ALL {
                let asked = decided(&old(status), trace(), erase(mode, reason));
                if status.is_open() && mode != Mode::EraseIdentity {
                    assert_eq!(refusal(asked), Refusal::Active(status), "{mode:?}");
                } else {
                    let decision = asked.unwrap();
                    assert!(!decision.happened.is_empty(), "{status} {mode:?}");
                }
            }
        }
    }
}

#[test]
fn nothing_of_a_held_complaint_is_erased_until_its_hold_is_over() {
    for (until, expected) in [
        (None, Some(None)),
        (
            Some(asked_at() + 1.second()),
            Some(Some(asked_at() + 1.second())),
        ),
        (Some(asked_at()), None),
    ] {
        for (mode, reason) in Mode::ALL.into_iter().zip(Reason::ALL) {
            let trace = Trace {
                hold: Some(hold(until)),
                ..trace()
            };
            let asked = decided(&old(Status::Closed), trace, erase(mode, reason));
            match expected {
                Some(until) => assert_eq!(refusal(asked), Refusal::Held { until }),
                None => assert!(!asked.unwrap().happened.is_empty()),
            }
        }
    }
}

#[test]
fn a_day_passes_before_retention_and_purge_but_not_before_a_person_is_forgotten() {
    let young = since(Status::Resolved, SignedDuration::from_hours(23));
    for reason in [Reason::Retention, Reason::Purge] {
        for mode in Mode::ALL {
            let asked = decided(&young, trace(), erase(mode, reason));
            assert!(matches!(refusal(asked), Refusal::TooYoung { .. }));
        }
    }
    let asked = erase(Mode::EraseIdentity, Reason::Request);
    assert_eq!(decided(&young, trace(), asked).unwrap().happened.len(), 1);
}

#[test]
fn an_erasure_is_told_in_every_region_with_its_floor_and_by_its_id_alone() {
    let decision = decided(&old(Status::Closed), trace(), purge(Mode::Erase)).unwrap();
    let told = decision.happened.iter();
    let told: Vec<_> = told
        .map(|it| (it.kind, it.region.as_str(), it.floor))
        .collect();
    let erased = EventKind::Erased;
    assert_eq!(
        told,
        [(erased, "north", Some(9)), (erased, "harbour", Some(4))]
    );
}

#[test]
fn what_is_anonymised_keeps_what_statistics_need() {
    let before = old(Status::Resolved);
    let decision = decided(&before, trace(), purge(Mode::Anonymise)).unwrap();
    let [own, elsewhere] = decision.happened.as_slice() else {
        panic!("{decision:?}");
    };
    let after = &own.complaint;
    assert_eq!((after.description.as_str(), &after.address), ("", &None));
    assert_eq!((after.latitude, after.longitude), (Some(54.1), Some(7.59)));
    assert_eq!(
        (&after.category, after.status, after.status_since),
        (&before.category, before.status, before.status_since)
    );
    assert_eq!(after.version, before.version + 1);
    assert_eq!(own.change.erased, Some(Mode::Anonymise));
    assert_eq!((own.floor, elsewhere.floor), (Some(9), Some(4)));
    assert_eq!(elsewhere.kind, EventKind::Erased);
    // Once is enough, unless somebody wrote to it since.
    let again = |at: Timestamp| {
        let trace = Trace {
            anonymised_at: Some(at),
            ..trace()
        };
        let decision = decided(after, trace, purge(Mode::Anonymise)).unwrap();
        decision.happened.len()
    };
    assert_eq!((again(after.updated_at), again(before.updated_at)), (0, 2));
}

#[test]
fn who_is_forgotten_is_forgotten_once_and_no_event_goes() {
    let closed = old(Status::Closed);
    let forget = || erase(Mode::EraseIdentity, Reason::Request);
    let decision = decided(&closed, trace(), forget()).unwrap();
    let happened = &decision.happened[0];
    assert_eq!((happened.floor, decision.happened.len()), (None, 1));
    assert_eq!(happened.complaint, closed);
    let nobody = Trace {
        has_identity: false,
        ..trace()
    };
    assert!(
        decided(&closed, nobody, forget())
            .unwrap()
            .happened
            .is_empty()
    );
}

#[test]
fn holds_are_placed_changed_and_released_and_make_no_version_stale() {
    let place = |reason: &str, until| {
        Deed::Hold(NewHold {
            by: Uuid::from_u128(5),
            reason: reason.into(),
            until,
        })
    };
    let open = complaint(1, Status::Reported);
    let held = |until| Trace {
        hold: Some(hold(until)),
        ..trace()
    };
    let over = Some(asked_at() - 1.second());
    for (trace, deed, told) in [
        (trace(), place("a trial", None), Some((false, true))),
        (held(None), place("a trial", None), None),
        (held(None), place("an appeal", None), Some((true, true))),
        (held(over), place("a trial", None), Some((false, true))),
        (held(None), Deed::Release, Some((true, false))),
        (held(over), Deed::Release, Some((false, false))),
        (trace(), Deed::Release, None),
    ] {
        let decision = decided(&open, trace, deed.clone()).unwrap();
        let change = decision
            .happened
            .first()
            .map(|it| it.change.legal_hold.clone());
        assert_eq!(change, told.map(|told| Some(told.into())), "{deed:?}");
        assert!(decision.happened.iter().all(|it| it.complaint == open));
    }
}
