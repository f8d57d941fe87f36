//! Who comes back to below a region's floor gets a snapshot; at the floor and above it, what was missed.

use redress::domain::erasure::Mode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{age, comment, count, enter, erase, erased, rejected, submitted, until};
use crate::support::{TestApp, call};

/// `north` with a complaint that stays (1), one that was erased (2, 3), one more that stays (4), and the news of the
/// erasure (5). Its floor is 3. The erased one's id.
async fn with_floor_3(app: &TestApp, admin: &str) -> Uuid {
    app.submit("north", "stays").await;
    let id = rejected(app, admin, "north").await;
    app.submit("north", "stays, too").await;
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    assert_eq!(app.numbers("north").await, [1, 4, 5]);
    id
}

async fn epoch(app: &TestApp) -> String {
    let client = app.database().connect().await;
    let row = client
        .query_one("SELECT epoch FROM installation", &[])
        .await;
    row.unwrap().get(0)
}

fn numbers(came: &[Value]) -> Vec<i64> {
    let events = came.iter().filter(|object| object["type"] == "event");
    events.map(|event| event["seq"].as_i64().unwrap()).collect()
}

/// Comes back to below, at and above floor 3, and finds no trace of the erased complaint.
async fn comes_back(app: &TestApp, admin: &str, id: Uuid) {
    let epoch = epoch(app).await;
    for (since, mode, expected) in [
        (0, "snapshot", vec![]),
        (2, "snapshot", vec![]),
        (3, "resumed", vec![4, 5]),
        (4, "resumed", vec![5]),
        (5, "resumed", vec![]),
    ] {
        let mut officer = app.officer(admin).await;
        let came = officer.join("north", Some((&epoch, since))).await;
        assert_eq!(came[0]["mode"], mode, "since {since}");
        assert_eq!(numbers(&came), expected, "since {since}");
        let told = came.iter().map(Value::to_string);
        let named = told.filter(|text| text.contains(&id.to_string())).count();
        let news = usize::from(expected.contains(&5));
        assert_eq!(named, news, "since {since}: {came:?}");
        assert!(!came.iter().any(|it| it.to_string().contains("canary")));
    }
    let mut officer = app.officer(admin).await;
    let since = json!({"epoch": epoch, "seq": 2});
    officer
        .say(json!({"id": 3, "type": "subscribe", "region": "north", "snapshot": false, "since": since}))
        .await;
    let answer = officer.object().await;
    assert_eq!(answer["code"], "unrecoverable_position");
}

#[actix::test]
async fn a_client_comes_back_to_below_at_and_above_the_floor_in_memory_and_in_the_table() {
    let mut app = TestApp::spawn().await;
    let admin = app.admin().await;
    // Somebody watches, so that recent events are kept.
    let mut officer = app.officer(&admin).await;
    officer.join("north", None).await;
    let id = with_floor_3(&app, &admin).await;
    let news = until(&mut officer, "complaint.erased").await;
    assert_eq!(news["seq"], 5);
    comes_back(&app, &admin, id).await;
    // Another process holds nothing and reads the table.
    drop(officer);
    app.restart(&[]).await;
    comes_back(&app, &admin, id).await;
    app.end().await;
}

#[actix::test]
async fn an_event_stream_comes_back_by_the_same_rule() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    with_floor_3(&app, &admin).await;
    let epoch = epoch(&app).await;
    for (since, first) in [(2, "\"mode\":\"snapshot\""), (3, "\"mode\":\"resumed\"")] {
        let path = format!("/api/v1/regions/north/events?since={epoch}:{since}");
        let mut stream = app.api.get(&path).bearer_auth(&admin).send().await.unwrap();
        let mut came = String::new();
        while !came.contains("event: live") {
            came += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
        }
        assert!(came.contains(first), "since {since}: {came}");
    }
    app.end().await;
}

#[actix::test]
async fn every_region_that_an_erased_complaint_was_in_forgets_it() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let mut old_home = app.officer(&admin).await;
    old_home.join("harbour", None).await;
    let id = submitted(&app, "harbour").await;
    app.submit("harbour", "stays").await;
    let path = format!("/api/v1/complaints/{id}/move");
    let moved = app.api.post(&path, &json!({"region": "north"}));
    call(moved.bearer_auth(&admin)).await.expect(200);
    enter(&app, &admin, id, "rejected").await;
    age(&client, id).await;
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    let news = until(&mut old_home, "complaint.erased").await;
    assert_eq!(
        (&news["seq"], &news["complaint"]["id"]),
        (&json!(4), &json!(id.to_string()))
    );
    assert_eq!(app.numbers("harbour").await, [2, 4]);
    assert_eq!(app.numbers("north").await, [3]);
    let floors =
        "SELECT sum(floor)::int8 FROM region_heads WHERE region_id IN ('harbour', 'north')";
    assert_eq!(count(&client, floors).await, 3 + 2);
    let epoch = epoch(&app).await;
    let mut back = app.officer(&admin).await;
    assert_eq!(
        back.join("harbour", Some((&epoch, 2))).await[0]["mode"],
        "snapshot"
    );
    assert_eq!(
        back.join("north", Some((&epoch, 1))).await[0]["mode"],
        "snapshot"
    );
    app.complaint_gauges_are_right().await;
    app.assert_log_is_whole().await;
    app.end().await;
}

#[actix::test]
async fn a_filtered_client_hears_of_every_erasure() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut officer = app.officer(&admin).await;
    let filter = json!({"min_severity": "critical"});
    officer
        .say(json!({"id": 1, "type": "subscribe", "region": "north", "filter": filter}))
        .await;
    while officer.object().await["type"] != "live" {}
    let id = rejected(&app, &admin, "north").await;
    comment(&app, &admin, id, "one more").await;
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    let mut came = officer.object().await;
    while came["type"] == "skipped_to" {
        came = officer.object().await;
    }
    assert_eq!(
        (&came["kind"], &came["seq"]),
        (&json!("complaint.erased"), &json!(4))
    );
    app.end().await;
}
