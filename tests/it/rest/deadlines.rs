//! Deadlines as clients see them: what runs, what waits, and what a node keeps of them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{COMPLAINTS, complaint, submit};
use crate::support::{TestApp, call};

async fn set(app: &TestApp, path: &str, body: &Value) {
    let token = app.admin().await;
    call(app.api.put(path, body).bearer_auth(token))
        .await
        .expect(200);
}

async fn read(app: &TestApp, token: &str, id: &str) -> Value {
    let path = format!("{COMPLAINTS}/{id}");
    call(app.api.get(&path).bearer_auth(token))
        .await
        .expect(200)
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[actix::test]
async fn a_complaint_has_its_deadline_from_the_first_event_on() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let rules = json!([{"acknowledge_within": "4h", "resolve_within": "50h"}]);
    set(&app, "/api/v1/categories/pothole/deadlines", &rules).await;
    // A batch of plain submissions and one with an idempotency key are written by different statements.
    let plain = submit(&app, &complaint("north")).await.expect(201);
    let request = app.api.post(COMPLAINTS, &complaint("north"));
    let request = request.header("X-API-Key", &app.demo.api_key);
    let keyed = call(request.header("Idempotency-Key", "k"))
        .await
        .expect(201);
    for receipt in [&plain, &keyed] {
        let due = time(&receipt["created_at"]) + SignedDuration::from_hours(4);
        let event = officer.event().await;
        assert_eq!(time(&event["complaint"]["due_at"]), due);
        let stored = read(&app, &olga, receipt["id"].as_str().unwrap()).await;
        assert_eq!(stored["due_at"], event["complaint"]["due_at"]);
    }
    let client = app.database().connect().await;
    let timers = "SELECT COUNT(*) FROM complaints WHERE timer_at = due_at";
    assert_eq!(
        client
            .query_one(timers, &[])
            .await
            .unwrap()
            .get::<_, i64>(0),
        2
    );

    let id = plain["id"].as_str().unwrap();
    app.api.set_status(&olga, id, "acknowledged").await;
    let now = read(&app, &olga, id).await;
    let due = time(&plain["created_at"]) + SignedDuration::from_hours(50);
    assert_eq!(time(&now["due_at"]), due);
    assert_eq!(now["acknowledged_at"], now["status_since"]);
    app.end().await;
}

#[actix::test]
async fn on_hold_no_deadline_runs_and_the_wake_up_date_is_kept() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    set(
        &app,
        "/api/v1/categories/pothole/deadlines",
        &json!([{"resolve_within": "50h"}]),
    )
    .await;
    let receipt = submit(&app, &complaint("north")).await.expect(201);
    let id = receipt["id"].as_str().unwrap();
    let until = Timestamp::now() + SignedDuration::from_hours(24);
    let hold = json!({"action": "hold", "comment": "parts", "hold_until": until.to_string()});
    let path = format!("{COMPLAINTS}/{id}/status");
    let held = call(app.api.patch(&path, &hold).bearer_auth(&olga))
        .await
        .expect(200);
    assert_eq!(held["due_at"], Value::Null);
    assert_eq!(held, {
        let mut stored = read(&app, &olga, id).await;
        stored.as_object_mut().unwrap().remove("reporter");
        stored
    });
    assert_eq!(
        time(&held["hold_until"]).as_microsecond(),
        until.as_microsecond()
    );
    let client = app.database().connect().await;
    let sql = "SELECT timer_at = hold_until AND due_when_held = created_at + interval '50 hours' FROM complaints";
    assert!(client.query_one(sql, &[]).await.unwrap().get::<_, bool>(0));
    app.api.set_status(&olga, id, "resolved").await;
    let now = read(&app, &olga, id).await;
    assert_eq!(now["resolved_at"], now["status_since"]);
    assert_eq!(
        (&now["due_at"], &now["hold_until"]),
        (&Value::Null, &Value::Null)
    );
    let sql = "SELECT timer_at = status_since + interval '336 hours' FROM complaints";
    assert!(client.query_one(sql, &[]).await.unwrap().get::<_, bool>(0));
    app.end().await;
}
