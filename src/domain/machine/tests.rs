//! The whole machine as tables: every status, action and party, with every combination of facts.

use super::*;
use Action::{
    Acknowledge, AutoClose, Close, Confirm, Contest, Hold, Reject, Reopen, Resolve, Start, Wake,
};
use Party::{Admin, Officer, Reporter, System};
use Status::{Acknowledged, Closed, InProgress, OnHold, Rejected, Reported, Resolved};

/// Every combination of facts.
fn all_facts() -> impl Iterator<Item = Facts> {
    (0..64_u8).map(|bits| {
        let bit = |place: u8| bits & (1 << place) != 0;
        Facts {
            has_comment: bit(0),
            has_assignee: bit(1),
            has_photo: bit(2),
            is_in_region: bit(3),
            confirmation_is_over: bit(4),
            reopening_is_open: bit(5),
        }
    })
}

/// The standard workflow, written down a second time: where a step leads when everything is there,
/// and what it takes. `taken_up` stands for in_progress or, without an assignee, acknowledged.
fn expected(from: Status, action: Action, party: Party, facts: Facts) -> Option<Status> {
    let staff = party == Admin || (party == Officer && facts.is_in_region);
    let taken_up = if facts.has_assignee {
        InProgress
    } else {
        Acknowledged
    };
    let only = |holds: bool, to: Status| holds.then_some(to);
    match (from, action) {
        (Reported, Acknowledge) => only(staff, Acknowledged),
        (Reported | Acknowledged | OnHold, Start) => only(staff && facts.has_assignee, InProgress),
        (Reported | Acknowledged | InProgress, Hold) => only(staff && facts.has_comment, OnHold),
        (Reported | Acknowledged | InProgress | OnHold, Resolve) => {
            only(staff && facts.has_comment, Resolved)
        }
        (Reported | Acknowledged | InProgress | OnHold, Reject) => {
            only(staff && facts.has_comment, Rejected)
        }
        (OnHold, Wake) => only(party == System, taken_up),
        (Resolved, Close) => only(
            party == Admin || (staff && facts.confirmation_is_over),
            Closed,
        ),
        (Resolved, Confirm) => only(party == Reporter, Closed),
        (Resolved, AutoClose) => only(party == System && facts.confirmation_is_over, Closed),
        (Resolved, Contest) => only(party == Reporter && facts.has_comment, taken_up),
        (Resolved, Reopen) => only(staff && facts.has_comment, taken_up),
        (Closed | Rejected, Reopen) => only(
            party == Admin && facts.has_comment && facts.reopening_is_open,
            taken_up,
        ),
        _ => None,
    }
}

#[test]
fn every_triple_with_every_combination_of_facts_is_decided_as_the_table_says() {
    let workflow = Workflow::standard();
    let mut allowed = 0;
    for (from, action, party) in triples() {
        for facts in all_facts() {
            let what = format!("{action} from {from} by {party} with {facts:?}");
            let expected = expected(from, action, party, facts);
            match after(from, action, party, facts, &workflow) {
                Ok(outcome) => {
                    assert_eq!(Some(outcome.to), expected, "{what}");
                    assert_eq!(outcome.action, action);
                    allowed += 1;
                }
                Err(refusal) => {
                    assert_eq!(expected, None, "{what}: {refusal}");
                    says_what_is_allowed(&refusal, facts, &workflow);
                }
            }
        }
    }
    assert!(allowed > 500, "{allowed}");
}

fn triples() -> impl Iterator<Item = (Status, Action, Party)> {
    Status::ALL.into_iter().flat_map(|from| {
        Action::ALL.into_iter().flat_map(move |action| {
            Party::ALL
                .into_iter()
                .map(move |party| (from, action, party))
        })
    })
}

/// What a refusal allows is indeed allowed once its needs are met, and nothing else is.
fn says_what_is_allowed(refusal: &Refusal, facts: Facts, workflow: &Workflow) {
    for action in Action::ALL {
        let told = refusal
            .allowed
            .iter()
            .find(|allowed| allowed.action == action);
        let mut met = facts;
        for need in told.iter().flat_map(|allowed| &allowed.needs) {
            match need {
                Need::Comment => met.has_comment = true,
                Need::Assignee => met.has_assignee = true,
                Need::Photo => met.has_photo = true,
            }
        }
        let outcome = after(refusal.from, action, refusal.party, met, workflow);
        assert_eq!(told.is_some(), outcome.is_ok(), "{action} after {refusal}");
        if let Some(allowed) = told {
            let at_once = after(refusal.from, action, refusal.party, facts, workflow).is_ok();
            assert_eq!(allowed.needs.is_empty(), at_once);
        }
    }
}

#[test]
fn every_pair_of_statuses_is_decided_as_the_action_between_them() {
    let workflow = Workflow::standard();
    for from in Status::ALL {
        for to in Status::ALL {
            for (party, facts) in Party::ALL
                .into_iter()
                .flat_map(|party| all_facts().map(move |facts| (party, facts)))
            {
                let asked = after_wanted(from, Wanted::Status(to), party, facts, &workflow);
                let by_action = Action::towards(from, to)
                    .and_then(|action| after(from, action, party, facts, &workflow).ok())
                    .filter(|outcome| outcome.to == to);
                assert_eq!(asked.ok(), by_action, "{from} → {to} by {party}: {facts:?}");
            }
        }
    }
}

const STAFF: Facts = Facts {
    has_comment: false,
    has_assignee: false,
    has_photo: false,
    is_in_region: true,
    confirmation_is_over: false,
    reopening_is_open: true,
};

fn said(from: Status, wanted: Wanted, party: Party, facts: Facts) -> String {
    let refused = after_wanted(from, wanted, party, facts, &Workflow::standard());
    refused.unwrap_err().to_string()
}

#[test]
fn a_refusal_says_why() {
    let elsewhere = Facts {
        is_in_region: false,
        ..STAFF
    };
    let late = Facts {
        reopening_is_open: false,
        ..STAFF
    };
    let assigned = Facts {
        has_assignee: true,
        has_comment: true,
        ..STAFF
    };
    let (act, to) = (Wanted::Action, Wanted::Status);
    for (from, wanted, party, facts, expected) in [
        (
            Reported,
            to(Closed),
            Officer,
            STAFF,
            "there is no step to closed from reported",
        ),
        (OnHold, to(OnHold), Officer, STAFF, "is already on_hold"),
        (Reported, act(Start), Officer, STAFF, "needs: assignee"),
        (Reported, act(Resolve), Officer, STAFF, "needs: comment"),
        (
            Reported,
            act(Resolve),
            Officer,
            elsewhere,
            "officer's regions",
        ),
        (Closed, Wanted::Action(Reopen), Officer, STAFF, "may: admin"),
        (Closed, act(Reopen), Admin, late, "may be reopened is over"),
        (
            Resolved,
            act(Close),
            Officer,
            STAFF,
            "only an admin closes it before",
        ),
        (
            Resolved,
            to(Acknowledged),
            Admin,
            assigned,
            "leads to in_progress",
        ),
    ] {
        let said = said(from, wanted, party, facts);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_refusal_says_what_would_be_allowed() {
    let act = Wanted::Action;
    for (from, wanted, party, facts, expected) in [
        (
            Reported,
            act(Start),
            Officer,
            STAFF,
            "now: acknowledge (to acknowledged)",
        ),
        (
            Reported,
            act(Start),
            Officer,
            STAFF,
            "resolve (to resolved; needs: comment)",
        ),
        (
            Rejected,
            act(Start),
            Reporter,
            STAFF,
            "reporter can do nothing with it now",
        ),
    ] {
        let said = said(from, wanted, party, facts);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn windows_are_counted_from_the_last_change_of_status() {
    let workflow = Workflow::standard();
    let since: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
    let mut complaint = super::super::complaint::tests::sample(since);
    complaint.status = Resolved;
    for (now, over, open) in [
        ("2026-03-01T12:00:00Z", false, true),
        ("2026-03-15T11:59:59Z", false, true),
        ("2026-03-15T12:00:00Z", true, true),
        ("2026-03-31T11:59:59Z", true, true),
        ("2026-03-31T12:00:00Z", true, false),
    ] {
        let facts = Facts::of(&complaint, &workflow, now.parse().unwrap());
        assert_eq!(facts.confirmation_is_over, over, "{now}");
        assert_eq!(facts.reopening_is_open, open, "{now}");
    }
}
