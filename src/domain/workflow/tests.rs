//! What documents may and may not make of a workflow.

use serde_json::{Value, json};

use super::super::fault::Fault;
use super::*;

fn tightened(document: &Value) -> Workflow {
    tighten(&Workflow::standard(), document).unwrap()
}

fn faults_on(base: &Workflow, document: &Value) -> Vec<(String, &'static str)> {
    let faults = tighten(base, document).unwrap_err().into_inner();
    let pair = |fault: Fault| (fault.field, fault.code);
    faults.into_iter().map(pair).collect()
}

fn faults(document: &Value) -> Vec<(String, &'static str)> {
    faults_on(&Workflow::standard(), document)
}

#[test]
fn an_empty_document_changes_nothing() {
    assert_eq!(tightened(&json!({})), Workflow::standard());
}

#[test]
fn a_document_switches_off_narrows_requires_and_sets_windows() {
    let workflow = tightened(&json!({
        "confirmation_window": "7d", "reopen_window": "0d", "without": ["on_hold"],
        "edges": {
            "reported": {"resolve": false, "reject": {"roles": ["admin"], "require": ["photo"]}},
            "in_progress": {"resolve": {"require": ["assignee", "photo"]}}},
        "deadlines": {"acknowledged": "2d", "reported": "4h"}}));
    assert_eq!(workflow.confirmation_window, Term::of_days(7));
    assert!(workflow.reopen_window.is_zero());
    assert!(!workflow.uses(Status::OnHold));
    assert!(workflow.edge(Status::Reported, Action::Hold).is_none());
    assert!(workflow.edge(Status::Reported, Action::Resolve).is_none());
    let reject = workflow.edge(Status::Reported, Action::Reject).unwrap();
    assert_eq!(reject.roles, BTreeSet::from([Party::Admin]));
    assert_eq!(
        reject.requires,
        BTreeSet::from([Need::Comment, Need::Photo])
    );
    let resolve = workflow.edge(Status::InProgress, Action::Resolve).unwrap();
    assert_eq!(resolve.requires, Need::ALL.into_iter().collect());
    assert_eq!(workflow.deadlines[&Status::Reported].seconds, 14_400);
}

#[test]
fn a_status_that_is_not_used_has_no_way_out_but_can_still_be_left() {
    let workflow = tightened(&json!({"without": ["on_hold"]}));
    assert!(!workflow.has_way_out(Status::OnHold));
    assert!(workflow.edge(Status::OnHold, Action::Start).is_some());
    assert!(workflow.has_way_out(Status::Resolved));
}

#[test]
fn all_faults_are_named_at_once_with_their_place() {
    let found = faults(&json!({
        "confirmation_window": "0d", "reopen_window": 7, "extra": 1,
        "without": ["closed", "gone"],
        "edges": {
            "lost": {}, "closed": {"reopen": {"roles": ["admin", "officer"]}},
            "on_hold": {"wake": false},
            "reported": {"fly": false, "reopen": false, "start": 3, "hold": {"roles": []},
                "resolve": {"roles": ["mayor"], "require": "photo", "when": 1}}},
        "deadlines": {"reported": "soon", "nowhere": "1d"}}));
    let expected = [
        ("confirmation_window", "out_of_range"),
        ("deadlines.nowhere", "unknown"),
        ("deadlines.reported", "malformed"),
        ("edges.closed.reopen.roles", "loosens"),
        ("edges.lost", "unknown"),
        ("edges.on_hold.wake", "not_settable"),
        ("edges.reported.fly", "unknown"),
        ("edges.reported.hold.roles", "no_role"),
        ("edges.reported.reopen", "no_such_step"),
        ("edges.reported.resolve.require", "wrong_type"),
        ("edges.reported.resolve.roles", "unknown"),
        ("edges.reported.resolve.when", "unknown_field"),
        ("edges.reported.start", "wrong_type"),
        ("extra", "unknown_field"),
        ("reopen_window", "wrong_type"),
        ("without", "not_settable"),
        ("without", "unknown"),
    ];
    let mut found: Vec<_> = found
        .iter()
        .map(|(field, code)| (field.as_str(), *code))
        .collect();
    found.sort_unstable();
    assert_eq!(found, expected);
    for no_object in [json!(null), json!([]), json!("x"), json!(7)] {
        assert_eq!(faults(&no_object), [("document".to_owned(), "wrong_type")]);
    }
}

#[test]
fn statuses_that_cannot_be_reached_or_left_are_named() {
    let off = |statuses: &[&str], action: &str| -> Value {
        let edges = statuses
            .iter()
            .map(|from| ((*from).to_owned(), json!({action: false})));
        json!({"edges": edges.collect::<serde_json::Map<_, _>>()})
    };
    let everywhere = ["reported", "acknowledged", "in_progress", "on_hold"];
    let unreachable = ("edges".to_owned(), "unreachable");
    assert_eq!(
        faults(&off(&everywhere[..3], "hold")),
        std::slice::from_ref(&unreachable)
    );
    // Without resolving, neither resolved nor closed can be reached.
    assert_eq!(
        faults(&off(&everywhere, "resolve")),
        [unreachable.clone(), unreachable.clone()]
    );
    let stuck = json!({"edges": {"on_hold": {"start": false, "resolve": false, "reject": false}}});
    assert_eq!(faults(&stuck), [("edges".to_owned(), "no_way_out")]);
    // Rejecting is switched off, and resolving too: a complaint can go on, but nowhere.
    let mut endless = off(&everywhere, "resolve");
    for status in everywhere {
        endless["edges"][status]["reject"] = json!(false);
    }
    let found = faults(&endless);
    assert!(found.contains(&("edges".to_owned(), "no_end")), "{found:?}");
}

#[test]
fn deadlines_stand_where_time_can_pass() {
    let document = json!({"without": ["on_hold"],
        "deadlines": {"on_hold": "1d", "closed": "1d", "resolved": "1d", "in_progress": "1d"}});
    let impossible = |field: &str| (field.to_owned(), "impossible_deadline");
    let expected =
        ["on_hold", "resolved", "closed"].map(|word| impossible(&format!("deadlines.{word}")));
    assert_eq!(faults(&document), expected);
}

#[test]
fn a_category_may_tighten_its_region_but_not_loosen_it() {
    let region = tightened(
        &json!({"edges": {"reported": {"resolve": false, "reject": {"roles": ["admin"]}}}}),
    );
    let document = json!({"edges": {"reported": {"resolve": {"require": ["photo"]},
        "reject": {"roles": ["officer"]}}}});
    let mut found = faults_on(&region, &document);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("edges.reported.reject.roles".to_owned(), "loosens"),
            ("edges.reported.resolve".to_owned(), "loosens")
        ]
    );
    assert!(tighten(&region, &json!({"edges": {"reported": {"resolve": true}}})).is_err());
    let category = tighten(&region, &json!({"edges": {"reported": {"hold": false}}})).unwrap();
    assert!(category.edge(Status::Reported, Action::Resolve).is_none());
}

/// Every tightened workflow allows a subset of what the one beneath it allows.
#[test]
fn what_is_tightened_allows_nothing_more() {
    use super::super::machine::{Facts, after};
    let workflow = tightened(&json!({"without": ["rejected"], "edges": {
        "reported": {"start": {"roles": ["admin"]}, "resolve": false},
        "resolved": {"close": {"require": ["photo"]}, "contest": false}}}));
    let all = Facts {
        has_comment: true,
        has_assignee: true,
        has_photo: false,
        is_in_region: true,
        confirmation_is_over: true,
        reopening_is_open: true,
    };
    let mut fewer = 0;
    for from in Status::ALL {
        for action in Action::ALL {
            for party in Party::ALL {
                let here = after(from, action, party, all, &workflow).is_ok();
                let standard = after(from, action, party, all, &Workflow::standard()).is_ok();
                assert!(standard || !here, "{action} from {from} by {party}");
                fewer += usize::from(standard && !here);
            }
        }
    }
    // reject by both from four statuses, start by officers, resolve by both, close by both, contest.
    assert_eq!(fewer, 8 + 1 + 2 + 2 + 1);
}
