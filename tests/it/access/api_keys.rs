//! API keys: created once, used, revoked.

use serde_json::json;

use super::{API_KEYS, text};
use crate::support::{TestApp, call};

#[actix::test]
async fn a_key_is_shown_once_used_and_revoked_for_good() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let body = json!({"name": "City app", "scopes": ["submit", "read"], "regions": ["north"]});
    let answer = call(app.api.post(API_KEYS, &body).bearer_auth(&admin)).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let created = answer.expect(201);
    let key = text(&created, "key");
    let list = || call(app.api.get("/api/v1/complaints").header("X-API-Key", key));
    list().await.expect(200);
    let listed = call(app.api.get(API_KEYS).bearer_auth(&admin)).await;
    assert!(!listed.text.contains(key), "{listed:?}");
    let listed = listed.expect(200);
    let entry = &listed["items"][0];
    assert_eq!(entry["name"], "City app");
    assert_eq!(entry["scopes"], json!(["submit", "read"]));
    assert!(entry["last_used_at"].is_string());
    let path = format!("{API_KEYS}/{}", text(&created, "id"));
    for _ in 0..2 {
        let revoked = call(app.api.delete(&path).bearer_auth(&admin)).await;
        revoked.expect(204);
        list().await.problem(401, "unauthorized");
    }
    for id in ["x", "00000000-0000-7000-8000-000000000000"] {
        let request = app.api.delete(&format!("{API_KEYS}/{id}"));
        let answer = call(request.bearer_auth(&admin)).await;
        answer.problem(404, "not_found");
    }
    app.end().await;
}

#[actix::test]
async fn a_key_of_no_scope_or_of_unknown_regions_is_refused() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for (body, fields) in [
        (json!({"name": "a", "scopes": []}), &["scopes"][..]),
        (json!({"name": "a", "scopes": ["admin"]}), &["scopes"]),
        (
            json!({"name": "a", "scopes": ["read"], "regions": ["nowhere"]}),
            &["regions"],
        ),
        (
            json!({"name": "", "scopes": ["x"], "regions": ["A B"], "rate_per_minute": 0}),
            &["name", "scopes", "regions", "rate_per_minute"],
        ),
    ] {
        let faults = call(app.api.post(API_KEYS, &body).bearer_auth(&admin))
            .await
            .faults();
        let found: Vec<&str> = faults.iter().map(|fault| fault.0.as_str()).collect();
        assert_eq!(found, fields, "{body}");
    }
    app.end().await;
}

#[actix::test]
async fn api_keys_are_listed_page_by_page() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for number in 0..4 {
        let body = json!({"name": format!("app {number}"), "scopes": ["read"]});
        let created = call(app.api.post(API_KEYS, &body).bearer_auth(&admin)).await;
        created.expect(201);
    }
    let page = |query: String| {
        call(
            app.api
                .get(&format!("{API_KEYS}?{query}"))
                .bearer_auth(&admin),
        )
    };
    let first = page("limit=3".into()).await.expect(200);
    let cursor = text(&first, "next_cursor");
    let second = page(format!("limit=3&cursor={cursor}")).await.expect(200);
    let names: Vec<_> = [&first, &second]
        .into_iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| text(item, "name"))
        .collect();
    assert_eq!(names, ["app 3", "app 2", "app 1", "app 0", "Demo app"]);
    assert!(second["next_cursor"].is_null());
    app.end().await;
}
