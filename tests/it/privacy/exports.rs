//! The export of one complaint: by its reporter, and by an admin for them.

use serde_json::{Value, json};

use super::{json_of, reported, text, zip};
use crate::photos::Case;
use crate::support::{TestApp, call, eventually};

async fn comment(app: &TestApp, id: &str, words: &str, visibility: &str) {
    let path = format!("/api/v1/complaints/{id}/comments");
    let body = json!({"text": words, "visibility": visibility});
    let request = app.api.post(&path, &body).bearer_auth(app.olga().await);
    call(request).await.expect(201);
}

/// The actions of the trail on a complaint, the latest first.
async fn actions(app: &TestApp, id: &str) -> Vec<(Value, Value)> {
    let path = format!("/api/v1/admin/audit?subject={id}");
    let page = call(app.api.get(&path).bearer_auth(app.admin().await)).await;
    let page = page.expect(200);
    let items = page["items"].as_array().unwrap().iter();
    let pair = |entry: &Value| (entry["action"].clone(), entry["by"]["kind"].clone());
    items.map(pair).collect()
}

#[actix::test]
async fn a_reporter_gets_what_they_told_and_may_know() {
    let app = TestApp::spawn().await;
    let receipt = reported(&app, "ann@secret.example").await;
    let (id, token) = (text(&receipt, "id"), text(&receipt, "tracking_token"));
    comment(&app, id, "we come tomorrow", "public").await;
    comment(&app, id, "a difficult person", "internal").await;
    let case = Case {
        id: id.to_owned(),
        token: token.to_owned(),
    };
    let photo = case.send_one(&app).await;
    eventually("the photo is ready", async || {
        let seen = case.photo(&app, &photo).await.expect(200);
        (seen["status"] == "ready").then_some(())
    })
    .await;
    let olga = app.olga().await;
    app.api.set_status(&olga, id, "acknowledged").await;

    let files = zip(app.api.get(&format!("/api/v1/tracking/{token}/export"))).await;
    let complaint = json_of(&files, &format!("{id}/complaint.json"));
    assert_eq!(complaint["reporter"]["email"], "ann@secret.example");
    assert_eq!(complaint["status"], "acknowledged");
    let comments = json_of(&files, &format!("{id}/comments.json"));
    // A change of status may carry a comment too.
    let words: Vec<&str> = comments
        .as_array()
        .unwrap()
        .iter()
        .map(|one| text(one, "text"))
        .collect();
    assert!(words.contains(&"we come tomorrow"), "{words:?}");
    let history = json_of(&files, &format!("{id}/history.json"));
    assert_eq!(history[0]["status"]["to"], "acknowledged");
    let picture = app.api.get(&format!("/api/v1/photos/{photo}/original"));
    let picture = picture
        .header("X-Tracking-Token", token)
        .send()
        .await
        .unwrap();
    let picture = picture.bytes().await.unwrap();
    assert_eq!(files[&format!("{id}/photos/{photo}.jpg")], picture);
    let all: String = files
        .values()
        .map(|file| String::from_utf8_lossy(file))
        .collect();
    for internal in ["difficult", "assignee", "account"] {
        assert!(!all.contains(internal), "{internal}");
    }
    // The header does what the address does.
    let by_header = app.api.get(&format!("/api/v1/complaints/{id}/export"));
    let by_header = zip(by_header.header("X-Tracking-Token", token)).await;
    assert_eq!(by_header, files);
    let exported = (json!("export complaint"), json!("resident"));
    assert_eq!(actions(&app, id).await, [exported.clone(), exported]);
    app.end().await;
}

#[actix::test]
async fn an_admin_gets_everything() {
    let app = TestApp::spawn().await;
    let receipt = reported(&app, "ann@secret.example").await;
    let id = text(&receipt, "id");
    // More than one page of each.
    for number in 0..201 {
        comment(&app, id, &format!("comment {number}"), "internal").await;
    }
    let export = app.api.get(&format!("/api/v1/complaints/{id}/export"));
    let files = zip(export.bearer_auth(app.admin().await)).await;
    let complaint = json_of(&files, &format!("{id}/complaint.json"));
    assert_eq!(complaint["reporter"]["name"], "Ann Secret");
    assert!(complaint["api_key"].is_string());
    let comments = json_of(&files, &format!("{id}/comments.json"));
    assert_eq!(comments.as_array().unwrap().len(), 201);
    assert_eq!(comments[200]["text"], "comment 0");
    let history = json_of(&files, &format!("{id}/history.json"));
    assert_eq!(history.as_array().unwrap().len(), 202);
    assert_eq!(json_of(&files, &format!("{id}/photos.json")), json!([]));
    assert_eq!(
        actions(&app, id).await[0],
        (json!("export complaint"), json!("admin"))
    );
    app.end().await;
}

#[actix::test]
async fn nobody_else_gets_an_export() {
    let app = TestApp::spawn().await;
    let receipt = reported(&app, "ann@secret.example").await;
    let other = app.submit("north", "another").await;
    let path = format!("/api/v1/complaints/{}/export", text(&receipt, "id"));
    let get = || app.api.get(&path);
    call(get()).await.problem(401, "unauthorized");
    call(get().bearer_auth(app.olga().await))
        .await
        .problem(403, "forbidden");
    call(get().header("X-API-Key", &app.demo.api_key))
        .await
        .problem(403, "forbidden");
    let wrong = get().header("X-Tracking-Token", text(&other, "tracking_token"));
    call(wrong).await.problem(401, "unauthorized");
    let forged = app.api.get("/api/v1/tracking/AAAA/export");
    call(forged).await.problem(404, "not_found");
    let gone = format!("/api/v1/complaints/{}/export", uuid::Uuid::nil());
    let gone = app.api.get(&gone).bearer_auth(app.admin().await);
    call(gone).await.problem(404, "not_found");
    assert!(actions(&app, text(&receipt, "id")).await.is_empty());
    app.end().await;
}
