//! What was erased is not missed, and nothing else is forgiven for it.

use serde_json::{Value, json};

use super::{EPOCH, event, fresh, live, resumed, snapshot, truth, whole};
use crate::support::history::{Fact, Log, Truth, What, check};

/// As [`truth`], with complaint `b`, whose events were 2 and 4, erased.
fn without_b() -> Truth {
    let mut truth = truth();
    let north = truth.epochs.get_mut(EPOCH).unwrap().get_mut("north");
    let north = north.unwrap();
    (north[1], north[3]) = (Fact::gone(), Fact::gone());
    truth.floors.insert("north".into(), 4);
    truth.erased.insert("b".into());
    truth
}

fn faults(log: Log) -> Vec<What> {
    let found = check(&without_b(), &[log]);
    found.into_iter().map(|violation| violation.what).collect()
}

fn changed(seq: i64, member: &str, value: Value) -> Value {
    let mut event = event(seq);
    event[member] = value;
    event
}

#[test]
fn who_was_told_before_was_told_right() {
    assert_eq!(faults(resumed(0, &whole())), []);
    assert_eq!(faults(resumed(4, &[event(5), event(6), live(6)])), []);
    // Event 2 left `b` open: nothing of it is known any more.
    let showed_b = [snapshot(3, &[2, 3]), event(4), event(5), event(6)];
    assert_eq!(faults(fresh(&showed_b)), []);
}

#[test]
fn a_partial_replay_below_the_floor_is_found() {
    let left = [event(1), event(3), event(5), event(6)];
    let lost = |last, got| What::Lost { last, got };
    assert_eq!(faults(resumed(0, &left)), [lost(1, 3), lost(3, 5)]);
}

#[test]
fn below_the_floor_an_event_may_say_less_but_be_no_other() {
    let mut events = whole();
    events[2] = changed(3, "change", json!({}));
    assert_eq!(faults(resumed(0, &events)), []);
    events[2] = changed(3, "event_id", json!("another"));
    assert_eq!(faults(resumed(0, &events)), [What::Altered { seq: 3 }]);
    let mut events = whole();
    events[4] = changed(5, "change", json!({}));
    assert_eq!(faults(resumed(0, &events)), [What::Altered { seq: 5 }]);
}

#[test]
fn a_snapshot_is_forgiven_what_was_erased_alone() {
    let lacks_a = [snapshot(3, &[2]), event(4), event(5), event(6)];
    let wrong = What::WrongSnapshot {
        seq: 3,
        missing: 1,
        extra: 0,
        different: 0,
    };
    assert_eq!(faults(fresh(&lacks_a)), [wrong]);
}
