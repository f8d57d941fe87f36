//! Work on a complaint: who has it, what it says, where it goes, what happened to it.

mod assignee;
mod bulk;
mod changed_rules;
mod comments;
mod escalations;
mod merging;
mod moves;
mod nodes;
mod refusals;
mod reporter;
mod retired;
mod timers;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, call};

const COMPLAINTS: &str = "/api/v1/complaints";

/// Submits to a region; the complaint's id.
async fn submitted(app: &TestApp, region: &str) -> String {
    let receipt = app.submit(region, "a hole").await;
    receipt["id"].as_str().unwrap().to_owned()
}

async fn patch(app: &TestApp, token: &str, id: &str, what: &str, body: &Value) -> Answer {
    let path = format!("{COMPLAINTS}/{id}{what}");
    call(app.api.patch(&path, body).bearer_auth(token)).await
}

async fn post(app: &TestApp, token: &str, id: &str, what: &str, body: &Value) -> Answer {
    let path = format!("{COMPLAINTS}/{id}{what}");
    call(app.api.post(&path, body).bearer_auth(token)).await
}

async fn read(app: &TestApp, token: &str, path: &str) -> Value {
    let request = app.api.get(&format!("{COMPLAINTS}/{path}"));
    call(request.bearer_auth(token)).await.expect(200)
}

/// The account id behind a token.
async fn account(app: &TestApp, token: &str) -> String {
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(token)).await;
    me.expect(200)["id"].as_str().unwrap().to_owned()
}

/// The kinds of a complaint's history, oldest first.
async fn kinds(app: &TestApp, token: &str, id: &str) -> Vec<String> {
    let history = read(app, token, &format!("{id}/history")).await;
    let items = history["items"].as_array().unwrap().iter().rev();
    let kind = |item: &Value| item["kind"].as_str().unwrap().to_owned();
    items.map(kind).collect()
}

#[actix::test]
async fn a_correction_is_checked_recorded_and_pushed() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app, "north").await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let body = json!({"severity": "high", "description": "a deep hole", "latitude": 54.1, "longitude": 7.6});
    let now = patch(&app, &olga, &id, "", &body).await;
    assert_eq!(now.header("etag"), "\"2\"");
    let now = now.expect(200);
    assert_eq!(
        (&now["severity"], &now["latitude"]),
        (&json!("high"), &json!(54.1))
    );
    assert_eq!(
        now["address"],
        Value::Null,
        "a place is replaced as a whole"
    );
    let event = officer.event().await;
    assert_eq!(event["kind"], "complaint.updated");
    assert_eq!(
        event["change"]["severity"],
        json!({"from": "medium", "to": "high"})
    );
    assert_eq!(event["complaint"]["version"], 2);
    let again = patch(&app, &olga, &id, "", &body).await.expect(200);
    assert_eq!(again["version"], 2, "nothing changed, nothing happened");
    let wrong =
        json!({"category": "sea-monster", "severity": "huge", "description": " ", "latitude": 91});
    let faults = patch(&app, &olga, &id, "", &wrong).await.faults();
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    for field in [
        "category",
        "severity",
        "description",
        "latitude",
        "longitude",
    ] {
        assert!(fields.contains(&field), "{field} is missing in {fields:?}");
    }
    app.end().await;
}

#[actix::test]
async fn if_match_guards_every_change() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app, "north").await;
    let path = format!("{COMPLAINTS}/{id}");
    let seen = call(app.api.get(&path).bearer_auth(&olga)).await;
    let etag = seen.header("etag").to_owned();
    assert_eq!(etag, "\"1\"");
    let change = |etag: &str, severity: &str| {
        let request = app.api.patch(&path, &json!({"severity": severity}));
        call(request.bearer_auth(&olga).header("If-Match", etag))
    };
    change(&etag, "high").await.expect(200);
    let stale = change(&etag, "low").await.problem(409, "stale_version");
    assert_eq!(stale["current"]["severity"], "high");
    change("*", "low").await.expect(200);
    change("3", "high").await.problem(400, "malformed");
    app.end().await;
}

#[actix::test]
async fn of_a_hundred_officers_who_resolve_at_once_one_does() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app, "north").await;
    let body = json!({"status": "resolved", "comment": "filled", "version": 1});
    let tries = (0..100).map(|_| patch(&app, &olga, &id, "/status", &body));
    let answers = futures_util::future::join_all(tries).await;
    let count = |status| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(200), count(409)), (1, 99));
    let kinds = kinds(&app, &olga, &id).await;
    assert_eq!(kinds, ["complaint.created", "complaint.status_changed"]);
    app.end().await;
}

#[actix::test]
async fn a_history_says_who_did_what_page_by_page() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let me = account(&app, &olga).await;
    let id = submitted(&app, "north").await;
    patch(&app, &olga, &id, "/assignee", &json!({"assignee": "me"}))
        .await
        .expect(200);
    let comment = json!({"text": "on our way", "visibility": "public"});
    post(&app, &olga, &id, "/comments", &comment)
        .await
        .expect(201);
    let first = read(&app, &olga, &format!("{id}/history?limit=2")).await;
    let commented = &first["items"][0];
    assert_eq!(commented["kind"], "complaint.commented");
    assert_eq!(commented["by"], json!({"kind": "officer", "id": me}));
    assert_eq!(commented["change"]["comment"], "on our way");
    assert!(commented.get("complaint").is_none());
    assert_eq!(
        first["items"][1]["change"]["assignee"],
        json!({"from": null, "to": me})
    );
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = read(
        &app,
        &olga,
        &format!("{id}/history?limit=2&cursor={cursor}"),
    )
    .await;
    assert_eq!(rest["items"][0]["kind"], "complaint.created");
    assert_eq!(rest["items"][0]["by"]["kind"], "api_key");
    assert_eq!(rest["next_cursor"], Value::Null);
    let path = format!("{COMPLAINTS}/{id}/history");
    call(app.api.get(&path).bearer_auth(&otto))
        .await
        .problem(403, "forbidden");
    call(app.api.get(&path)).await.problem(401, "unauthorized");
    app.end().await;
}
