//! Messages at the outgoing bound: no single one is undeliverable, and none cuts off a client that reads.

use serde_json::json;

use crate::support::{Officer, TestApp};

/// The longest description in bytes: 4000 characters of four bytes.
fn longest() -> String {
    "\u{1F573}".repeat(4000)
}

/// Reads up to `live`; returns the events' numbers and the complaints of the snapshot.
async fn read_to_live(officer: &mut Officer) -> (Vec<i64>, usize) {
    let (mut numbers, mut complaints) = (Vec::new(), 0);
    loop {
        let object = officer.object().await;
        match object["type"].as_str().unwrap() {
            "event" => numbers.push(object["seq"].as_i64().unwrap()),
            "snapshot" => complaints += object["complaints"].as_array().unwrap().len(),
            "subscribed" => {}
            "live" => return (numbers, complaints),
            other => panic!("{other}"),
        }
    }
}

#[actix::test]
async fn events_and_snapshots_larger_than_half_the_bound_are_delivered() {
    let flags = ["--outgoing-limit", "20000", "--rate-limits", "off"];
    let app = TestApp::with(&flags).await;
    for _ in 0..12 {
        app.submit("north", &longest()).await;
    }
    let mut officer = app.officer(&app.olga().await).await;
    officer
        .say(json!({"type": "subscribe", "region": "north"}))
        .await;
    assert_eq!(read_to_live(&mut officer).await, (vec![], 12));
    app.submit("north", &longest()).await;
    officer.follow(12, 13).await;

    let joined = officer.join("harbour", None).await;
    let epoch = joined[0]["epoch"].as_str().unwrap();
    let mut resuming = app.officer(&app.olga().await).await;
    let since = json!({"epoch": epoch, "seq": 0});
    resuming
        .say(json!({"type": "subscribe", "region": "north", "since": since}))
        .await;
    assert_eq!(read_to_live(&mut resuming).await, ((1..=13).collect(), 0));
    app.end().await;
}

#[actix::test]
async fn a_snapshot_of_long_complaints_does_not_overrun_the_usual_bound() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    for _ in 0..60 {
        app.submit("north", &longest()).await;
    }
    let mut officer = app.officer(&app.olga().await).await;
    officer
        .say(json!({"type": "subscribe", "region": "north"}))
        .await;
    assert_eq!(read_to_live(&mut officer).await, (vec![], 60));
    app.end().await;
}
