//! How a subscription begins, and that no way of beginning has a hole or a double.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Officer, TestApp};

const UNLIMITED: [&str; 2] = ["--rate-limits", "off"];

/// The epoch of the database, as a client learns it.
async fn epoch(app: &TestApp, token: &str) -> String {
    let mut officer = app.officer(token).await;
    let answer = officer.subscribe("north", None).await;
    answer["epoch"].as_str().unwrap().to_owned()
}

/// The numbers of the events among what came.
fn numbers(came: &[Value]) -> Vec<i64> {
    let events = came.iter().filter(|object| object["type"] == "event");
    events.map(|event| event["seq"].as_i64().unwrap()).collect()
}

/// The complaints of the snapshot among what came.
fn complaints(came: &[Value]) -> Vec<&Value> {
    let parts = came.iter().filter(|object| object["type"] == "snapshot");
    parts
        .flat_map(|part| part["complaints"].as_array().unwrap())
        .collect()
}

#[actix::test]
async fn a_position_decides_between_resuming_and_a_snapshot() {
    let app = TestApp::spawn().await;
    let token = app.olga().await;
    let epoch = epoch(&app, &token).await;
    app.submit_many("north", 5, "a hole").await;
    for (position, mode, expected) in [
        (Some((epoch.as_str(), 3)), "resumed", vec![4, 5]),
        (Some((epoch.as_str(), 5)), "resumed", vec![]),
        (Some((epoch.as_str(), 0)), "resumed", vec![1, 2, 3, 4, 5]),
        (Some((epoch.as_str(), 6)), "snapshot", vec![]),
        (Some((epoch.as_str(), -1)), "snapshot", vec![]),
        (Some((epoch.as_str(), i64::MIN)), "snapshot", vec![]),
        (Some((epoch.as_str(), i64::MAX)), "snapshot", vec![]),
        (Some(("elsewhere", 3)), "snapshot", vec![]),
        (None, "snapshot", vec![]),
    ] {
        let mut officer = app.officer(&token).await;
        let came = officer.join("north", position).await;
        let (first, last) = (&came[0], came.last().unwrap());
        assert_eq!(
            (&first["type"], &first["mode"]),
            (&json!("subscribed"), &json!(mode)),
            "{position:?}"
        );
        assert_eq!(
            (&first["head"], &first["epoch"], &first["id"]),
            (&json!(5), &json!(epoch), &json!(1))
        );
        assert_eq!(numbers(&came), expected, "{position:?}");
        let complaints = complaints(&came).len();
        assert_eq!(
            complaints,
            if mode == "snapshot" { 5 } else { 0 },
            "{position:?}"
        );
        assert_eq!(last["seq"], 5);
    }
    app.end().await;
}

#[actix::test]
async fn without_a_snapshot_a_client_goes_live_or_hears_that_it_cannot_resume() {
    let app = TestApp::spawn().await;
    let token = app.olga().await;
    let epoch = epoch(&app, &token).await;
    app.submit_many("north", 2, "a hole").await;
    let mut officer = app.officer(&token).await;
    for since in [
        json!({"epoch": "elsewhere", "seq": 1}),
        json!({"epoch": epoch, "seq": 3}),
    ] {
        let message = json!({"id": 3, "type": "subscribe", "region": "north", "snapshot": false, "since": since});
        officer.say(message).await;
        let answer = officer.object().await;
        assert_eq!(
            (&answer["code"], &answer["id"]),
            (&json!("unrecoverable_position"), &json!(3))
        );
    }
    officer
        .say(json!({"id": 4, "type": "subscribe", "region": "north", "snapshot": false}))
        .await;
    let answer = officer.object().await;
    assert_eq!(
        (&answer["mode"], &answer["head"]),
        (&json!("live"), &json!(2))
    );
    assert_eq!(officer.object().await["type"], "live");
    app.submit("north", "from now on").await;
    officer.follow(2, 3).await;
    app.end().await;
}

#[actix::test]
async fn a_snapshot_of_many_complaints_comes_in_parts_of_which_one_is_the_last() {
    let app = TestApp::with(&UNLIMITED).await;
    let token = app.olga().await;
    app.submit_many("north", 430, "a hole").await;
    let closed = app.submit("north", "not open any more").await;
    let id = closed["id"].as_str().unwrap();
    assert!(
        app.api
            .set_status(&token, id, "rejected")
            .await
            .status()
            .is_success()
    );
    let mut officer = app.officer(&token).await;
    let came = officer.join("north", None).await;
    let parts: Vec<_> = came
        .iter()
        .filter(|object| object["type"] == "snapshot")
        .collect();
    assert!(parts.len() > 1);
    assert!(parts.iter().all(|part| part["seq"] == 432));
    let last: Vec<_> = parts.iter().filter(|part| part["last"] == true).collect();
    assert_eq!((last.len(), parts.last() == Some(last[0])), (1, true));
    let complaints = complaints(&came);
    assert_eq!(complaints.len(), 430);
    assert!(complaints.iter().all(|complaint| complaint["id"] != id));

    let mut empty = app.officer(&token).await;
    let came = empty.join("harbour", None).await;
    let part = json!({"type": "snapshot", "region": "harbour", "epoch": came[0]["epoch"],
        "seq": 0, "last": true, "complaints": []});
    assert_eq!(came[1], part);
    app.end().await;
}

#[actix::test]
async fn thousands_of_missed_events_come_from_the_table_when_memory_holds_few() {
    let mut flags = UNLIMITED.to_vec();
    flags.extend(["--recent-bytes", "2000", "--outgoing-limit", "30000"]);
    let app = TestApp::with(&flags).await;
    let token = app.olga().await;
    let epoch = epoch(&app, &token).await;
    app.submit_many("north", 2000, "a hole").await;
    for since in [0, 700, 1998, 2000] {
        let mut officer = app.officer(&token).await;
        let came = officer.join("north", Some((&epoch, since))).await;
        assert_eq!(came[0]["mode"], "resumed");
        assert_eq!(numbers(&came), (since + 1..=2000).collect::<Vec<_>>());
    }
    app.end().await;
}

/// Submits and closes complaints until `end`.
async fn write(app: &TestApp, token: &str, rounds: usize) {
    for round in 0..rounds {
        let receipt = app.submit("north", "a hole").await;
        let id = receipt["id"].as_str().unwrap();
        let status = ["acknowledged", "rejected"][round % 2];
        assert!(
            app.api
                .set_status(token, id, status)
                .await
                .status()
                .is_success()
        );
    }
}

/// Joins in the midst of writing and applies what comes; returns id → status of open complaints.
async fn fold(officer: &mut Officer, came: &[Value], last: i64) -> BTreeMap<String, String> {
    let mut open = BTreeMap::new();
    let mut apply = |complaint: &Value| {
        let text = |name: &str| complaint[name].as_str().unwrap().to_owned();
        if ["reported", "acknowledged", "in_progress", "on_hold"].contains(&text("status").as_str())
        {
            open.insert(text("id"), text("status"));
        } else {
            open.remove(&text("id"));
        }
    };
    complaints(came).into_iter().for_each(&mut apply);
    let mut seq = came[0]["head"].as_i64().unwrap();
    let mut received = came
        .iter()
        .filter(|object| object["type"] == "event")
        .cloned()
        .collect::<Vec<_>>();
    received.reverse();
    while seq < last {
        let event = match received.pop() {
            Some(event) => event,
            None => officer.event().await,
        };
        assert_eq!(event["seq"], seq + 1, "contiguous");
        seq += 1;
        apply(&event["complaint"]);
    }
    open
}

#[actix::test]
async fn who_joins_while_others_write_ends_with_what_the_database_holds() {
    let mut flags = UNLIMITED.to_vec();
    flags.extend(["--recent-bytes", "20000"]);
    let app = TestApp::with(&flags).await;
    let token = app.olga().await;
    let writers = join_all((0..8).map(|_| write(&app, &token, 40)));
    let joiners = join_all((0..10).map(async |turn| {
        app.submit_many("harbour", turn * 4, "time passes").await;
        let mut officer = app.officer(&token).await;
        let came = officer.join("north", None).await;
        (officer, came)
    }));
    let (_, joined) = futures_util::join!(writers, joiners);
    let last = app.head("north").await;
    assert_eq!(last, 640);
    let client = app.database().connect().await;
    let sql = "SELECT id::text, status FROM complaints WHERE region_id = 'north' \
        AND status IN ('reported', 'acknowledged', 'in_progress', 'on_hold')";
    let rows = client.query(sql, &[]).await.unwrap();
    let expected: BTreeMap<String, String> =
        rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (mut officer, came) in joined {
        assert_eq!(fold(&mut officer, &came, last).await, expected);
    }
    app.assert_log_is_whole().await;
    app.complaint_gauges_are_right().await;
    app.end().await;
}
