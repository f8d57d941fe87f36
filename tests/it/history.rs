//! The history checker finds what it is there for: each bad history is one that it must name.

mod erased;

use serde_json::{Value, json};

use crate::support::history::{Fact, Interest, Log, Position, Seen, Truth, What, check};

const EPOCH: &str = "e1";

/// What is stored of an event that leaves complaint `id` in a status.
fn payload(number: i64, id: &str, status: &str) -> Value {
    let kind = if status == "reported" {
        "created"
    } else {
        "status_changed"
    };
    json!({"event_id": format!("event-{number}"), "kind": format!("complaint.{kind}"),
        "complaint": {"id": id, "status": status, "category": "pothole", "severity": "low", "version": number},
        "change": {"status": {"to": status}}})
}

/// Region `north` with six events, of which three complaints come and one stays closed; `harbour` with one.
fn truth() -> Truth {
    let north = [
        ("a", "reported"),
        ("b", "reported"),
        ("a", "acknowledged"),
        ("b", "rejected"),
        ("c", "reported"),
        ("c", "acknowledged"),
    ];
    let facts = |events: &[(&str, &str)]| {
        let numbered = (1..).zip(events);
        numbered
            .map(|(number, (id, status))| Fact::of(payload(number, id, status)))
            .collect()
    };
    let regions = [
        ("north".to_owned(), facts(&north)),
        ("harbour".to_owned(), facts(&[("h", "reported")])),
    ];
    Truth {
        epoch: EPOCH.into(),
        epochs: [(EPOCH.to_owned(), regions.into())].into(),
        ..Truth::default()
    }
}

/// The message of an event of `north`.
fn event(seq: i64) -> Value {
    let mut message = truth().facts(EPOCH, "north")[seq as usize - 1]
        .payload
        .clone();
    message["type"] = json!("event");
    message["region"] = json!("north");
    message["seq"] = json!(seq);
    message
}

fn subscribed(mode: &str, head: i64) -> Value {
    json!({"type": "subscribed", "region": "north", "epoch": EPOCH, "mode": mode, "head": head})
}

fn live(seq: i64) -> Value {
    json!({"type": "live", "region": "north", "seq": seq})
}

fn mark(seq: i64) -> Value {
    json!({"type": "skipped_to", "region": "north", "seq": seq})
}

/// A snapshot of `north` in one part: these complaints as they are after these events.
fn snapshot(seq: i64, events: &[i64]) -> Value {
    let complaints: Vec<Value> = events
        .iter()
        .map(|seq| event(*seq)["complaint"].clone())
        .collect();
    json!({"type": "snapshot", "region": "north", "epoch": EPOCH, "seq": seq, "last": true, "complaints": complaints})
}

/// A client that resumed `north` behind number `since` and was told this.
fn resumed(since: i64, messages: &[Value]) -> Log {
    let mut log = Log::new("olga", &["north"]);
    let position = Position {
        epoch: EPOCH.into(),
        seq: since,
    };
    log.hear(&subscribed("resumed", 6), Some(&position));
    messages.iter().for_each(|message| log.hear(message, None));
    log
}

/// A client that came without a position and was told this.
fn fresh(messages: &[Value]) -> Log {
    let mut log = Log::new("olga", &["north"]);
    log.hear(&subscribed("snapshot", 4), None);
    messages.iter().for_each(|message| log.hear(message, None));
    log
}

/// What is wrong with a log.
fn faults(log: Log) -> Vec<What> {
    let found = check(&truth(), &[log]);
    found.into_iter().map(|violation| violation.what).collect()
}

fn whole() -> Vec<Value> {
    (1..=6).map(event).collect()
}

#[test]
fn good_histories_pass() {
    assert_eq!(faults(resumed(0, &whole())), []);
    let mut comes_back = resumed(0, &[event(1), event(2), live(2), event(3)]);
    comes_back.end_of_socket();
    let position = Position {
        epoch: EPOCH.into(),
        seq: 3,
    };
    comes_back.hear(&subscribed("resumed", 5), Some(&position));
    for message in [event(4), event(5), live(5), event(6)] {
        comes_back.hear(&message, None);
    }
    assert_eq!(faults(comes_back), []);
    let began = [snapshot(4, &[3]), event(5), event(6), live(6)];
    assert_eq!(faults(fresh(&began)), []);
}

#[test]
fn a_lost_event_is_found() {
    let mut events = whole();
    events.remove(2);
    assert_eq!(
        faults(resumed(0, &events)),
        [What::Lost { last: 2, got: 4 }]
    );
    let first = faults(resumed(0, &whole()[1..]));
    assert_eq!(first, [What::Lost { last: 0, got: 2 }]);
}

#[test]
fn a_lost_end_is_found() {
    let at = Some(Position {
        epoch: EPOCH.into(),
        seq: 5,
    });
    assert_eq!(
        faults(resumed(0, &whole()[..5])),
        [What::Behind { at, head: 6 }]
    );
    assert_eq!(faults(fresh(&[])), [What::Behind { at: None, head: 6 }]);
}

#[test]
fn swapped_and_repeated_events_are_found() {
    let mut events = whole();
    events.swap(1, 2);
    let expected = [
        What::Lost { last: 1, got: 3 },
        What::Repeated { last: 3, got: 2 },
    ];
    assert_eq!(faults(resumed(0, &events)), expected);
    let mut events = whole();
    events.insert(4, event(4));
    assert_eq!(
        faults(resumed(0, &events)),
        [What::Repeated { last: 4, got: 4 }]
    );
}

#[test]
fn an_event_that_was_never_committed_is_found() {
    let mut events = whole();
    let mut seventh = event(6);
    seventh["seq"] = json!(7);
    events.push(seventh);
    let found = faults(resumed(0, &events));
    assert!(found.contains(&What::Uncommitted { seq: 7 }), "{found:?}");
}

#[test]
fn an_event_with_another_content_is_found() {
    for (member, other) in [("event_id", json!("event-9")), ("change", json!({}))] {
        let mut events = whole();
        events[3][member] = other;
        assert_eq!(faults(resumed(0, &events)), [What::Altered { seq: 4 }]);
    }
}

#[test]
fn what_is_of_a_region_without_a_grant_is_found() {
    let mut log = resumed(0, &whole());
    log.grants = ["harbour".to_owned()].into();
    assert_eq!(faults(log).len(), 7, "the subscription and six events");
    let mut lost = resumed(0, &whole()[..4]);
    lost.note("north", Seen::Revoked);
    lost.hear(&event(5), None);
    assert_eq!(faults(lost), [What::Foreign]);
    let mut again = resumed(0, &whole()[..4]);
    again.note("north", Seen::Revoked);
    again.end_of_socket();
    again.note("north", Seen::Granted);
    let position = Position {
        epoch: EPOCH.into(),
        seq: 4,
    };
    again.hear(&subscribed("resumed", 6), Some(&position));
    again.hear(&event(5), None);
    again.hear(&event(6), None);
    assert_eq!(faults(again), []);
}

#[test]
fn what_an_earlier_history_lost_was_committed_in_that_one_only() {
    let mut later = truth();
    later.epoch = "e2".into();
    let regions = later.epochs.remove(EPOCH).unwrap();
    later.epochs.insert("e2".into(), regions);
    let facts = later
        .epochs
        .get_mut("e2")
        .unwrap()
        .get_mut("north")
        .unwrap();
    facts.truncate(5);
    let later = later.with_earlier(truth());
    let mut log = resumed(0, &whole());
    log.end_of_socket();
    let mut begins = subscribed("snapshot", 5);
    begins["epoch"] = json!("e2");
    log.hear(&begins, None);
    log.hear(&snapshot(5, &[3, 5]), None);
    assert_eq!(check(&later, &[log.clone()]).len(), 0);
    log.hear(&event(6), None);
    let found = check(&later, &[log]);
    assert_eq!(found[0].what, What::Uncommitted { seq: 6 });
}

#[test]
fn what_comes_after_a_subscription_has_ended_is_found() {
    let mut log = resumed(0, &whole()[..5]);
    log.hear(&json!({"type": "unsubscribed", "region": "north"}), None);
    log.hear(&event(6), None);
    assert!(faults(log).contains(&What::Unasked));
}

#[test]
fn a_wrong_snapshot_is_found() {
    for (complaints, missing, extra, different) in
        [(&[][..], 1, 0, 0), (&[3, 2], 0, 1, 0), (&[1], 0, 0, 1)]
    {
        let log = fresh(&[snapshot(4, complaints), event(5), event(6)]);
        let wrong = What::WrongSnapshot {
            seq: 4,
            missing,
            extra,
            different,
        };
        assert_eq!(faults(log), [wrong]);
    }
    let ahead = fresh(&[snapshot(9, &[3])]);
    assert!(faults(ahead).contains(&What::Uncommitted { seq: 9 }));
}

#[test]
fn a_subscription_that_goes_on_elsewhere_is_found() {
    let mut log = resumed(0, &whole()[..4]);
    log.end_of_socket();
    let asked = Position {
        epoch: EPOCH.into(),
        seq: 5,
    };
    log.hear(&subscribed("resumed", 6), Some(&asked));
    log.hear(&event(6), None);
    assert!(matches!(faults(log)[..], [What::WrongResume { .. }]));
    let wrong = resumed(0, &[event(1), live(2)]);
    assert!(faults(wrong).contains(&What::WrongLive { last: 1, got: 2 }));
}

#[test]
fn a_mark_covers_what_was_not_wanted_and_nothing_else() {
    let interest = Interest {
        min_severity: Some("high".into()),
        ..Interest::default()
    };
    let mut log = resumed(0, &[mark(6), live(6)]);
    log.interest = Some(interest);
    assert_eq!(faults(log), []);
    let wanted = Interest {
        categories: ["pothole".to_owned()].into(),
        ..Interest::default()
    };
    let mut log = resumed(0, &[event(1), mark(3), event(4), event(5), event(6)]);
    log.interest = Some(wanted);
    assert_eq!(faults(log), [What::Hidden { seq: 2 }]);
}
