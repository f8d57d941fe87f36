//! Categories and regions that are retired while complaints are in them.

use serde_json::json;

use super::{COMPLAINTS, patch};
use crate::support::{TestApp, call};

#[actix::test]
async fn complaints_of_a_retired_category_go_on_and_no_other_enters_it() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let under_way = app.submit("north", "a hole").await;
    let id = under_way["id"].as_str().unwrap();
    let other =
        json!({"category": "graffiti", "region": "north", "address": "a", "description": "b"});
    let other = call(app.api.post(COMPLAINTS, &other)).await.expect(201);
    let other = other["id"].as_str().unwrap();
    let path = "/api/v1/admin/categories/pothole";
    let retire = app.api.patch(path, &json!({"active": false}));
    call(retire.bearer_auth(&admin)).await.expect(200);
    let unknown = ("category".to_owned(), "unknown".to_owned());
    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    let submitted = call(app.api.post(COMPLAINTS, &body)).await;
    assert_eq!(submitted.faults(), std::slice::from_ref(&unknown));
    for token in [&olga, &admin] {
        let edit = patch(&app, token, other, "", &json!({"category": "pothole"})).await;
        assert_eq!(edit.faults(), std::slice::from_ref(&unknown));
    }
    // What is in it is worked on, found and counted.
    let severity = json!({"severity": "high"});
    patch(&app, &olga, id, "", &severity).await.expect(200);
    let take = json!({"assignee": "me"});
    patch(&app, &olga, id, "/assignee", &take).await.expect(200);
    let start = json!({"action": "start"});
    patch(&app, &olga, id, "/status", &start).await.expect(200);
    let list = call(
        app.api
            .get(&format!("{COMPLAINTS}?category=pothole"))
            .bearer_auth(&olga),
    )
    .await;
    assert_eq!(list.expect(200)["items"][0]["id"], id);
    let stats = call(app.api.get("/api/v1/stats").bearer_auth(&olga)).await;
    assert_eq!(stats.expect(200)["open"]["by_category"]["pothole"], 1);
    let rules = app.api.put(
        "/api/v1/categories/pothole/deadlines",
        &json!([{"resolve_within": "1d"}]),
    );
    call(rules.bearer_auth(&admin)).await.expect(200);
    let away = json!({"category": "graffiti"});
    patch(&app, &olga, id, "", &away).await.expect(200);
    let back = patch(&app, &olga, id, "", &json!({"category": "pothole"})).await;
    assert_eq!(back.faults(), [unknown]);
    app.end().await;
}

#[actix::test]
async fn complaints_of_a_retired_region_go_on_and_none_moves_in() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let inside = app.submit("harbour", "a hole").await;
    let inside = inside["id"].as_str().unwrap();
    let outside = app.submit("north", "a hole").await;
    let outside = outside["id"].as_str().unwrap();
    let path = "/api/v1/admin/regions/harbour";
    let retire = app.api.patch(path, &json!({"active": false}));
    call(retire.bearer_auth(&admin)).await.expect(200);
    let move_to = |id: &str, region: &str| {
        let path = format!("{COMPLAINTS}/{id}/move");
        let request = app.api.post(&path, &json!({"region": region}));
        call(request.bearer_auth(&olga))
    };
    let faults = move_to(outside, "harbour").await.faults();
    assert_eq!(faults, [("region".to_owned(), "unknown".to_owned())]);
    let acknowledge = json!({"status": "acknowledged"});
    patch(&app, &olga, inside, "/status", &acknowledge)
        .await
        .expect(200);
    let moved = move_to(inside, "north").await.expect(200);
    assert_eq!(moved["region"], "north");
    app.end().await;
}
