//! Comments, and who sees them.

use serde_json::json;

use super::{COMPLAINTS, post, read};
use crate::support::{TestApp, call};

#[actix::test]
async fn the_reporter_sees_public_comments_and_no_others() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let receipt = app.submit("north", "a hole").await;
    let id = receipt["id"].as_str().unwrap();
    for (text, visibility) in [
        ("secret", None),
        ("first", Some("public")),
        ("second", Some("public")),
    ] {
        let body = json!({"text": text, "visibility": visibility});
        let written = post(&app, &olga, id, "/comments", &body).await.expect(201);
        assert_eq!(written["visibility"], visibility.unwrap_or("internal"));
    }
    let all = read(&app, &olga, &format!("{id}/comments?limit=2")).await;
    let texts = |listing: &serde_json::Value| -> Vec<String> {
        let items = listing["items"].as_array().unwrap().iter();
        items
            .map(|item| item["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(&all), ["second", "first"]);
    let cursor = all["next_cursor"].as_str().unwrap();
    let rest = read(
        &app,
        &olga,
        &format!("{id}/comments?limit=2&cursor={cursor}"),
    )
    .await;
    assert_eq!(texts(&rest), ["secret"]);
    let token = receipt["tracking_token"].as_str().unwrap();
    let public = call(app.api.get(&format!("/api/v1/tracking/{token}"))).await;
    assert!(!public.text.contains("secret"), "{}", public.text);
    let public = public.expect(200);
    let comments = public["comments"].as_array().unwrap();
    assert_eq!(comments.len(), 2);
    assert_eq!(
        (&comments[0]["text"], &comments[0]["by"]),
        (&json!("first"), &json!("officer"))
    );
    assert!(comments[0].get("account").is_none(), "a role, not a person");
    post(&app, &otto, id, "/comments", &json!({"text": "x"}))
        .await
        .problem(403, "forbidden");
    app.end().await;
}

#[actix::test]
async fn a_comment_has_1_to_4000_characters_and_makes_no_version_stale() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let receipt = app.submit("north", "a hole").await;
    let id = receipt["id"].as_str().unwrap();
    for (body, field) in [
        (json!({"text": "x".repeat(10_000)}), "text"),
        (json!({"text": " "}), "text"),
        (json!({"text": "a\u{0}b"}), "text"),
        (json!({"text": "x", "visibility": "world"}), "visibility"),
    ] {
        let faults = post(&app, &olga, id, "/comments", &body).await.faults();
        assert_eq!(faults[0].0, field);
    }
    let text = "é".repeat(4000);
    post(&app, &olga, id, "/comments", &json!({"text": text}))
        .await
        .expect(201);
    let now = read(&app, &olga, id).await;
    assert_eq!(now["version"], 1);
    let missing = format!("{COMPLAINTS}/00000000-0000-0000-0000-000000000000/comments");
    let request = app.api.post(&missing, &json!({"text": "x"}));
    call(request.bearer_auth(&olga))
        .await
        .problem(404, "not_found");
    app.end().await;
}
