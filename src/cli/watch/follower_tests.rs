//! The client rules, message by message.

use serde_json::json;

use super::*;

fn since(seq: i64) -> Since {
    Since {
        epoch: "e1".into(),
        seq,
    }
}

/// The open complaints, and all that happens.
fn open() -> Wanted {
    Wanted {
        snapshot: true,
        ..Wanted::default()
    }
}

/// Feeds a message as it comes over the wire.
fn hear(follower: &mut Follower, message: Value) -> Vec<Action> {
    follower.hear(serde_json::from_value(message).unwrap())
}

fn event(seq: i64) -> Value {
    json!({"type": "event", "region": "north", "seq": seq, "kind": "complaint.created", "new": true})
}

/// A follower that has resumed after #`seq`.
fn following(seq: i64) -> Follower {
    let mut follower = Follower::new(&["north".into()], Some(&since(seq)), open());
    follower.subscribe_all();
    let subscribed = json!({"type": "subscribed", "id": 1, "region": "north", "epoch": "e1",
        "mode": "resumed", "head": seq});
    assert_eq!(hear(&mut follower, subscribed), []);
    follower
}

fn sent(actions: &[Action]) -> Vec<Value> {
    actions
        .iter()
        .filter_map(|action| {
            let Action::Send(text) = action else {
                return None;
            };
            serde_json::from_str(text).ok()
        })
        .collect()
}

fn last(follower: &Follower) -> Option<i64> {
    follower.positions().next().map(|(_, since)| since.seq)
}

#[test]
fn the_next_event_is_shown_and_an_old_one_ignored() {
    let mut follower = following(7);
    assert_eq!(hear(&mut follower, event(8)), [Action::ShowEvent]);
    assert_eq!(hear(&mut follower, event(8)), []);
    assert_eq!(hear(&mut follower, event(3)), []);
    assert_eq!(last(&follower), Some(8));
}

#[test]
fn a_gap_makes_it_subscribe_again_from_the_last_event_once() {
    let mut follower = following(7);
    let messages = sent(&hear(&mut follower, event(9)));
    let expected = json!({"type": "subscribe", "id": 2, "region": "north",
        "since": {"epoch": "e1", "seq": 7}, "snapshot": true});
    assert_eq!(messages, [expected]);
    assert_eq!(hear(&mut follower, event(10)), [], "it has asked already");
    assert_eq!(hear(&mut follower, event(8)), [Action::ShowEvent]);
}

#[test]
fn an_error_that_it_is_subscribed_still_makes_it_leave_and_enter() {
    let mut follower = following(7);
    hear(&mut follower, event(9));
    let error = json!({"type": "error", "id": 2, "code": "already_subscribed", "message": "…", "retryable": false});
    let messages = sent(&hear(&mut follower, error));
    assert_eq!(messages[0]["type"], "unsubscribe");
    assert_eq!(messages[1]["since"]["seq"], 7);
    let left = json!({"type": "unsubscribed", "id": 3, "region": "north", "code": "client"});
    assert_eq!(hear(&mut follower, left), []);
}

#[test]
fn a_snapshot_is_collected_shown_once_and_gives_the_position() {
    let mut follower = Follower::new(&["north".into()], None, open());
    assert_eq!(follower.subscribe_all().len(), 1);
    let part = |seq, last, complaint| {
        json!({"type": "snapshot", "region": "north", "epoch": "e2", "seq": seq,
            "last": last, "complaints": [complaint]})
    };
    let subscribed = json!({"type": "subscribed", "region": "north", "epoch": "e2", "mode": "snapshot", "head": 5});
    assert_eq!(hear(&mut follower, subscribed), []);
    assert_eq!(hear(&mut follower, part(5, false, 1)), []);
    let shown = Action::ShowSnapshot {
        region: "north".into(),
        complaints: vec![json!(1), json!(2)],
    };
    assert_eq!(hear(&mut follower, part(5, true, 2)), [shown]);
    assert_eq!(hear(&mut follower, event(6)), [Action::ShowEvent]);
    assert_eq!(follower.positions().next().unwrap().1.epoch, "e2");
}

#[test]
fn live_mode_begins_at_the_head() {
    let mut follower = Follower::new(&["north".into()], None, Wanted::default());
    let request: Value = serde_json::from_str(&follower.subscribe_all()[0]).unwrap();
    assert_eq!(request["snapshot"], false);
    assert!(request.get("since").is_none());
    hear(
        &mut follower,
        json!({"type": "subscribed", "region": "north", "epoch": "e1", "mode": "live", "head": 40}),
    );
    assert_eq!(hear(&mut follower, event(41)), [Action::ShowEvent]);
}

#[test]
fn a_new_connection_resumes_and_says_so() {
    let mut follower = following(7);
    hear(&mut follower, event(8));
    let request: Value = serde_json::from_str(&follower.subscribe_all()[0]).unwrap();
    assert_eq!(request["since"], json!({"epoch": "e1", "seq": 8}));
    hear(
        &mut follower,
        json!({"type": "subscribed", "region": "north", "epoch": "e1", "mode": "resumed", "head": 9}),
    );
    assert_eq!(hear(&mut follower, event(9)), [Action::ShowEvent]);
    let live = hear(
        &mut follower,
        json!({"type": "live", "region": "north", "seq": 9}),
    );
    assert_eq!(live, [Action::Notice("north: resumed at #9".into())]);
}

#[test]
fn live_before_the_last_event_makes_it_ask_again() {
    let mut follower = following(7);
    let actions = hear(
        &mut follower,
        json!({"type": "live", "region": "north", "seq": 9}),
    );
    assert_eq!(sent(&actions)[0]["since"]["seq"], 7);
}

#[test]
fn a_ping_is_answered_with_what_was_seen() {
    let mut follower = following(7);
    let actions = hear(
        &mut follower,
        json!({"type": "ping", "t": 17, "heads": {"north": 7}}),
    );
    assert_eq!(
        sent(&actions),
        [json!({"type": "pong", "t": 17, "seen": {"north": 7}})]
    );
}

#[test]
fn a_head_missed_for_a_whole_ping_interval_makes_it_subscribe_again() {
    let mut follower = following(7);
    let ping = |head| json!({"type": "ping", "t": 1, "heads": {"north": head}});
    assert_eq!(
        hear(&mut follower, ping(8)).len(),
        1,
        "it may be on its way"
    );
    hear(&mut follower, event(8));
    assert_eq!(hear(&mut follower, ping(9)).len(), 1, "8 has come");
    let actions = hear(&mut follower, ping(9));
    assert_eq!(sent(&actions)[1]["type"], "subscribe");
}

#[test]
fn errors_lead_where_the_table_says() {
    let cases = [
        ("token_expired", false, Action::NewToken),
        ("unauthorized", false, Action::NewToken),
        ("overloaded", true, Action::BackOff { slowly: true }),
        ("rate_limited", true, Action::BackOff { slowly: true }),
        ("internal", true, Action::BackOff { slowly: false }),
        (
            "forbidden",
            false,
            Action::Stop("north: no (forbidden)".into()),
        ),
        (
            "unknown_region",
            false,
            Action::Stop("north: no (unknown_region)".into()),
        ),
        (
            "too_many_regions",
            false,
            Action::Stop("north: no (too_many_regions)".into()),
        ),
    ];
    for (code, retryable, expected) in cases {
        let error = json!({"type": "error", "id": 1, "code": code, "message": "no", "retryable": retryable});
        assert_eq!(
            hear(&mut following(7), error).last(),
            Some(&expected),
            "{code}"
        );
    }
}

#[test]
fn an_unrecoverable_position_goes_on_from_now() {
    let mut follower = Follower::new(&["north".into()], Some(&since(7)), Wanted::default());
    follower.subscribe_all();
    let error =
        json!({"type": "error", "id": 1, "code": "unrecoverable_position", "message": "gone"});
    let messages = sent(&hear(&mut follower, error));
    assert!(messages[0].get("since").is_none());
}

#[test]
fn losing_the_last_region_ends_it() {
    let mut follower = Follower::new(&["harbour".into(), "north".into()], None, open());
    let gone = |region| json!({"type": "unsubscribed", "region": region, "code": "forbidden"});
    assert!(matches!(
        hear(&mut follower, gone("north"))[..],
        [Action::Notice(_)]
    ));
    assert!(matches!(
        hear(&mut follower, gone("harbour"))[..],
        [Action::Stop(_)]
    ));
}

#[test]
fn unknown_messages_and_foreign_regions_are_ignored() {
    let mut follower = following(7);
    assert_eq!(
        hear(&mut follower, json!({"type": "weather", "region": "north"})),
        []
    );
    assert_eq!(
        hear(
            &mut follower,
            json!({"type": "event", "region": "south", "seq": 1})
        ),
        []
    );
    assert_eq!(
        hear(
            &mut follower,
            json!({"type": "refreshed", "id": 4, "token_ttl_ms": 1})
        ),
        []
    );
}

#[test]
fn a_mark_stands_for_the_events_that_it_covers() {
    let mut wanted = open();
    wanted.filter.categories = vec!["pothole".into()];
    let mut follower = Follower::new(&["north".into()], Some(&since(7)), wanted);
    let request: Value = serde_json::from_str(&follower.subscribe_all()[0]).unwrap();
    let expected = json!({"categories": ["pothole"], "assigned_to_me": false});
    assert_eq!(request["filter"], expected);
    let subscribed = json!({"type": "subscribed", "id": 1, "region": "north", "epoch": "e1",
        "mode": "resumed", "head": 20});
    hear(&mut follower, subscribed);
    let mark = |seq| json!({"type": "skipped_to", "region": "north", "seq": seq});
    assert_eq!(hear(&mut follower, mark(11)), []);
    assert_eq!(hear(&mut follower, event(12)), [Action::ShowEvent]);
    assert_eq!(hear(&mut follower, mark(9)), [], "an old one");
    assert_eq!(last(&follower), Some(12));
    assert_eq!(hear(&mut follower, mark(20)), []);
    let live = json!({"type": "live", "region": "north", "seq": 20});
    let resumed = [Action::Notice("north: resumed at #20".into())];
    assert_eq!(hear(&mut follower, live), resumed);
}

#[test]
fn a_region_that_was_lost_while_away_is_left_and_the_others_go_on() {
    let regions = ["harbour".into(), "north".into()];
    let mut follower = Follower::new(&regions, Some(&since(7)), open());
    follower.subscribe_all();
    let error = json!({"type": "error", "id": 2, "code": "forbidden", "message": "no"});
    assert!(matches!(
        hear(&mut follower, error)[..],
        [Action::Notice(_)]
    ));
    let regions: Vec<_> = follower.positions().map(|(region, _)| region).collect();
    assert_eq!(regions, ["harbour"]);
}
