//! Each deed against each state.

mod erasing;
mod pairs;
mod photos;

use uuid::Uuid;

use super::*;
use crate::domain::complaint::{Complaint, Severity, Submission};
use crate::domain::event::Visibility;
use crate::domain::place::{Place, Point};
use crate::domain::status::Status;

fn region(id: &str) -> RegionId {
    RegionId::from_stored(id)
}

fn complaint(number: u128, status: Status) -> Complaint {
    let submission = Submission {
        id: Uuid::from_u128(number),
        region: region("north"),
        category: "pothole".into(),
        severity: Severity::Medium,
        description: "a hole".into(),
        place: Place {
            point: None,
            address: Some("Quay 1".into()),
        },
        reporter: None,
        api_key: None,
        idempotency: None,
    };
    let mut complaint = Complaint::submitted(&submission, Timestamp::UNIX_EPOCH);
    complaint.status = status;
    complaint
}

fn present(complaints: impl IntoIterator<Item = Complaint>) -> Present {
    Present {
        complaints: complaints.into_iter().map(|it| (it.id, it)).collect(),
        ..Present::default()
    }
}

fn ask(present: &Present, number: u128, deed: Deed) -> Result<Decision, Fault> {
    ask_as(Party::Officer, present, number, None, deed)
}

fn ask_as(
    party: Party,
    present: &Present,
    number: u128,
    version: Option<i64>,
    deed: Deed,
) -> Result<Decision, Fault> {
    let request = Request {
        complaint: Uuid::from_u128(number),
        version,
        deed,
    };
    let now = Timestamp::from_second(1000).unwrap();
    decide(
        &request,
        party,
        &region("north"),
        present,
        &Rules::default(),
        now,
    )
}

fn refusal(decided: Result<Decision, Fault>) -> Refusal {
    match decided {
        Err(Fault::Refused(refused)) => refused.0,
        other => panic!("{other:?}"),
    }
}

fn give_to(officer: u128) -> Deed {
    Deed::Assign(Assignment {
        to: Some(Uuid::from_u128(officer)),
        is_taken: false,
    })
}

fn take_for(officer: u128) -> Deed {
    Deed::Assign(Assignment {
        to: Some(Uuid::from_u128(officer)),
        is_taken: true,
    })
}

fn move_to(id: &str) -> Deed {
    Deed::Move(Relocation {
        to: region(id),
        comment: None,
    })
}

fn merge_into(number: u128) -> Deed {
    Deed::Merge(Merger {
        into: Uuid::from_u128(number),
        comment: None,
    })
}

fn support_by(who: u8) -> Deed {
    Deed::Support(Support {
        supporter: vec![who],
    })
}

fn say(visibility: Visibility) -> Deed {
    Deed::Comment(NewComment {
        id: Uuid::from_u128(77),
        text: "on our way".into(),
        visibility,
    })
}

#[test]
fn what_is_not_there_elsewhere_or_newer_is_told_apart() {
    let mut moved = complaint(2, Status::Reported);
    moved.region = region("harbour");
    let present = present([complaint(1, Status::Reported), moved]);
    assert!(matches!(ask(&present, 9, give_to(5)), Err(Fault::Unknown)));
    assert!(matches!(
        ask(&present, 2, give_to(5)),
        Err(Fault::Elsewhere(at)) if at == region("harbour")
    ));
    for version in [0, 2, -1] {
        let stale = ask_as(Party::Admin, &present, 1, Some(version), give_to(5));
        assert!(matches!(stale, Err(Fault::Stale(current)) if current.version == 1));
    }
    assert!(ask_as(Party::Admin, &present, 1, Some(1), give_to(5)).is_ok());
}

#[test]
fn an_assignment_is_an_event_with_from_and_to_and_a_new_version() {
    let present = present([complaint(1, Status::Reported)]);
    let decision = ask(&present, 1, give_to(5)).unwrap();
    let [happened] = decision.happened.as_slice() else {
        panic!("{decision:?}")
    };
    assert_eq!(happened.kind, EventKind::Assigned);
    assert_eq!(happened.complaint.version, 2);
    let change = happened.change.assignee.clone().unwrap();
    assert_eq!((change.from, change.to), (None, Some(Uuid::from_u128(5))));
}

#[test]
fn who_lets_go_of_it_no_longer_works_on_it() {
    for (before, after) in [
        (Status::InProgress, Status::Acknowledged),
        (Status::OnHold, Status::OnHold),
    ] {
        let mut held = complaint(1, before);
        held.assignee = Some(Uuid::from_u128(4));
        let nobody = Assignment {
            to: None,
            is_taken: false,
        };
        let decision = ask(&present([held]), 1, Deed::Assign(nobody)).unwrap();
        let happened = &decision.happened[0];
        assert_eq!(happened.kind, EventKind::Assigned);
        assert_eq!(happened.complaint.status, after);
        assert_eq!(happened.complaint.version, 2);
        assert_eq!(happened.change.status.is_some(), before != after);
    }
}

#[test]
fn taking_does_not_take_out_of_anothers_hands_by_accident() {
    let mut held = complaint(1, Status::Reported);
    held.assignee = Some(Uuid::from_u128(4));
    let present = present([held]);
    let holder = Uuid::from_u128(4);
    assert_eq!(
        refusal(ask(&present, 1, take_for(5))),
        Refusal::Taken(holder)
    );
    let again = ask(&present, 1, take_for(4)).unwrap();
    assert!(again.happened.is_empty(), "who has it may say so again");
    for decided in [
        ask_as(Party::Officer, &present, 1, Some(1), take_for(5)),
        ask(&present, 1, give_to(5)),
    ] {
        assert_eq!(decided.unwrap().happened.len(), 1);
    }
}

#[test]
fn only_an_open_complaint_is_worked_on() {
    for status in Status::ALL {
        let present = present([complaint(1, status), complaint(2, Status::Reported)]);
        let edit = Edit {
            severity: Some(Severity::High),
            ..Edit::default()
        };
        let deeds = [
            give_to(5),
            move_to("harbour"),
            merge_into(2),
            support_by(1),
            Deed::Edit(Box::new(edit.clone())),
        ];
        for deed in deeds {
            let decided = ask(&present, 1, deed.clone());
            if status.is_open() {
                assert!(decided.is_ok(), "{status} {deed:?}");
            } else {
                assert_eq!(refusal(decided), Refusal::NotOpen(status), "{deed:?}");
            }
        }
        let by_admin = ask_as(Party::Admin, &present, 1, None, Deed::Edit(Box::new(edit)));
        assert!(by_admin.is_ok(), "an admin may correct it at any time");
        assert!(ask(&present, 1, say(Visibility::Public)).is_ok());
    }
}

#[test]
fn a_correction_names_each_member_that_changed_and_no_other() {
    let present = present([complaint(1, Status::Reported)]);
    let edit = Edit {
        category: Some("pothole".into()),
        severity: Some(Severity::High),
        description: Some("a deep hole".into()),
        place: Some(Place {
            point: Some(Point {
                latitude: 1.0,
                longitude: 2.0,
            }),
            address: None,
        }),
    };
    let decision = ask(&present, 1, Deed::Edit(Box::new(edit))).unwrap();
    let happened = &decision.happened[0];
    assert_eq!(happened.kind, EventKind::Updated);
    assert!(happened.change.category.is_none(), "it stayed");
    let severity = happened.change.severity.clone().unwrap();
    assert_eq!(
        (severity.from, severity.to),
        (Severity::Medium, Severity::High)
    );
    assert_eq!(happened.change.description.clone().unwrap().from, "a hole");
    let place = happened.change.place.clone().unwrap();
    assert_eq!(place.from.address.as_deref(), Some("Quay 1"));
    assert_eq!(place.to.latitude, Some(1.0));
    let same = Deed::Edit(Box::new(Edit {
        severity: Some(Severity::Medium),
        ..Edit::default()
    }));
    assert!(ask(&present, 1, same).unwrap().happened.is_empty());
}

#[test]
fn a_comment_and_a_support_make_no_version_stale() {
    let present = present([
        complaint(1, Status::Resolved),
        complaint(2, Status::Reported),
    ]);
    let comment = ask(&present, 1, say(Visibility::Internal)).unwrap();
    let happened = &comment.happened[0];
    assert_eq!(happened.kind, EventKind::Commented);
    assert_eq!(happened.change.visibility, Some(Visibility::Internal));
    assert_eq!(happened.complaint.version, 1);
    assert_eq!(
        happened.complaint.status_since,
        present.complaints[&Uuid::from_u128(1)].status_since,
        "a comment stops no clock"
    );
    let support = ask(&present, 2, support_by(1)).unwrap();
    assert_eq!(support.happened[0].complaint.version, 1);
    assert_eq!(support.happened[0].complaint.life.supporters, 1);
}

#[test]
fn each_supporter_counts_once() {
    let mut present = present([complaint(1, Status::Reported)]);
    present.supporters.insert((Uuid::from_u128(1), vec![1]));
    assert!(ask(&present, 1, support_by(1)).unwrap().happened.is_empty());
    assert_eq!(ask(&present, 1, support_by(2)).unwrap().happened.len(), 1);
}
