//! A person's right to be forgotten: by tracking token, or by an admin for them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{count, enter, until, where_is};
use crate::support::{Answer, TestApp, call};

/// A complaint with a reporter, in this status: its id and tracking token.
async fn reported(app: &TestApp, admin: &str, status: Option<&str>) -> (Uuid, String) {
    let body = json!({"category": "pothole", "region": "north", "address": "Quay 1", "description": "a hole",
        "reporter": {"name": "Zyzzyva Person", "email": "zyzzyva@example.org"}});
    let request = app.api.post("/api/v1/complaints", &body);
    let receipt = call(request.header("X-API-Key", &app.demo.api_key))
        .await
        .expect(201);
    let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
    let id: Uuid = text("id").parse().unwrap();
    if let Some(status) = status {
        enter(app, admin, id, status).await;
    }
    (id, text("tracking_token"))
}

async fn by_token(app: &TestApp, token: &str) -> Answer {
    let path = format!("/api/v1/tracking/{token}/erase-identity");
    call(app.api.post(&path, &json!({}))).await
}

async fn by_staff(app: &TestApp, token: &str, id: Uuid, body: &Value) -> Answer {
    let path = format!("/api/v1/complaints/{id}/erase-identity");
    call(app.api.post(&path, body).bearer_auth(token)).await
}

#[actix::test]
async fn a_reporter_has_themselves_forgotten_at_once_and_keeps_the_complaint() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let mut officer = app.officer(&admin).await;
    officer.join("north", None).await;
    let (id, token) = reported(&app, &admin, Some("rejected")).await;
    assert_eq!(by_token(&app, &token).await.status, 204);
    assert_eq!(where_is(&client, "zyzzyva").await, []);
    let told = until(&mut officer, "complaint.updated").await;
    assert_eq!(told["change"], json!({"erased": "erase_identity"}));
    assert_eq!(told["by"], json!({"kind": "resident"}));
    let path = format!("/api/v1/complaints/{id}");
    let left = call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    assert_eq!(
        (left.get("reporter"), &left["description"]),
        (None, &json!("a hole"))
    );
    // Once more changes nothing and is told to nobody.
    assert_eq!(by_token(&app, &token).await.status, 204);
    assert_eq!(app.head("north").await, 3);
    assert_eq!(
        count(&client, "SELECT sum(floor)::int8 FROM region_heads").await,
        0
    );
    app.end().await;
}

#[actix::test]
async fn an_admin_forgets_a_person_for_a_reason() {
    let app = TestApp::spawn().await;
    let (admin, olga) = (app.admin().await, app.olga().await);
    let (id, _) = reported(&app, &admin, Some("rejected")).await;
    let good = json!({"reason": "a letter, with a copy of a passport"});
    by_staff(&app, &olga, id, &good)
        .await
        .problem(403, "forbidden");
    by_staff(&app, &admin, id, &json!({"reason": ""}))
        .await
        .problem(422, "validation");
    by_staff(&app, &admin, Uuid::now_v7(), &good)
        .await
        .problem(404, "not_found");
    assert_eq!(by_staff(&app, &admin, id, &good).await.status, 204);
    let path = format!("/api/v1/complaints/{id}");
    let left = call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    assert!(left.get("reporter").is_none());
    app.end().await;
}

#[actix::test]
async fn a_reporter_is_forgotten_while_somebody_works_on_it_and_the_work_goes_on() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, token) = reported(&app, &admin, None).await;
    assert_eq!(by_token(&app, &token).await.status, 204);
    assert_eq!(where_is(&client, "zyzzyva").await, []);
    enter(&app, &admin, id, "rejected").await;
    let path = format!("/api/v1/tracking/{token}");
    let seen = call(app.api.get(&path)).await.expect(200);
    assert_eq!(seen["status"], "rejected", "the token still follows it");
    app.end().await;
}

#[actix::test]
async fn nobody_is_forgotten_whose_complaint_is_held() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let (id, token) = reported(&app, &admin, Some("rejected")).await;
    let path = format!("/api/v1/complaints/{id}/hold");
    let hold = app.api.put(&path, &json!({"reason": "a trial"}));
    call(hold.bearer_auth(&admin)).await.expect(200);
    by_token(&app, &token).await.problem(409, "legal_hold");
    let refused = by_staff(&app, &admin, id, &json!({"reason": "a letter"})).await;
    assert_eq!(
        refused.problem(409, "legal_hold")["current"]["id"],
        json!(id.to_string())
    );
    by_token(&app, "nonsense").await.problem(404, "not_found");
    app.end().await;
}
