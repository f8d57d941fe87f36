//! Changes of two regions or two complaints.

use super::*;

#[test]
fn a_move_leaves_one_region_and_enters_the_other_without_its_assignee() {
    let mut held = complaint(1, Status::InProgress);
    held.assignee = Some(Uuid::from_u128(4));
    let present = present([held]);
    let decision = ask(&present, 1, move_to("harbour")).unwrap();
    let told: Vec<_> = decision
        .happened
        .iter()
        .map(|it| (it.kind, it.region.as_str(), it.complaint.region.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (EventKind::MovedOut, "north", "harbour"),
            (EventKind::MovedIn, "harbour", "harbour"),
        ]
    );
    assert!(
        decision
            .happened
            .iter()
            .all(|it| it.complaint.assignee.is_none())
    );
    let out = &decision.happened[0];
    assert_eq!(
        out.change.status.unwrap().from,
        Some(Status::InProgress),
        "nobody works on it any more"
    );
    assert_eq!(out.complaint.status, Status::Acknowledged);
    assert_eq!(
        refusal(ask(&present, 1, move_to("north"))),
        Refusal::SameRegion
    );
}

#[test]
fn a_merge_closes_the_duplicate_and_counts_for_the_other() {
    let mut duplicate = complaint(1, Status::Reported);
    duplicate.life.supporters = 2;
    let present = present([duplicate, complaint(2, Status::InProgress)]);
    let decision = ask(&present, 1, merge_into(2)).unwrap();
    let [closed, kept] = decision.happened.as_slice() else {
        panic!("{decision:?}")
    };
    assert_eq!(closed.complaint.status, Status::Closed);
    assert_eq!(closed.complaint.life.duplicate_of, Some(Uuid::from_u128(2)));
    assert_eq!(kept.complaint.life.supporters, 3, "two and the reporter");
    assert_eq!(kept.change.duplicate, Some(Uuid::from_u128(1)));
}

#[test]
fn duplicates_make_no_chains_and_no_rings() {
    let mut second = complaint(2, Status::Reported);
    second.life.duplicate_of = Some(Uuid::from_u128(3));
    let present = present([
        complaint(1, Status::Reported),
        second,
        complaint(3, Status::Closed),
    ]);
    assert_eq!(refusal(ask(&present, 1, merge_into(1))), Refusal::Itself);
    assert_eq!(
        refusal(ask(&present, 1, merge_into(9))),
        Refusal::UnknownTarget
    );
    let third = Some(Uuid::from_u128(3));
    assert_eq!(
        refusal(ask(&present, 1, merge_into(2))),
        Refusal::TargetNotOpen(third)
    );
    assert_eq!(
        refusal(ask(&present, 1, merge_into(3))),
        Refusal::TargetNotOpen(None)
    );
}
