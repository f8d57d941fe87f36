//! Open complaints close by that may be of the same trouble.

use serde_json::{Value, json};

use super::{COMPLAINTS, submit};
use crate::support::{Answer, TestApp, call, eventually};

/// A pothole of the region north, so many metres north of a corner.
fn pothole(metres: f64) -> Value {
    json!({"category": "pothole", "region": "north", "description": "a hole",
        "latitude": 54.1 + metres / 111_195.0, "longitude": 7.6})
}

fn near(answer: &Value) -> Vec<(&str, f64)> {
    let duplicates = answer["duplicates"].as_array().unwrap().iter();
    duplicates
        .map(|it| {
            (
                it["id"].as_str().unwrap(),
                it["distance_m"].as_f64().unwrap(),
            )
        })
        .collect()
}

async fn rejecting(app: &TestApp, metres: f64, key: Option<&str>) -> Answer {
    let mut body = pothole(metres);
    body["on_duplicate"] = json!("reject");
    let request = app.api.post(COMPLAINTS, &body);
    let request = request.header("X-API-Key", &app.demo.api_key);
    call(match key {
        Some(key) => request.header("Idempotency-Key", key),
        None => request,
    })
    .await
}

#[actix::test]
async fn a_submission_hears_of_open_ones_close_by_the_nearest_first() {
    let app = TestApp::spawn().await;
    let first = submit(&app, &pothole(40.0)).await.expect(201);
    assert!(near(&first).is_empty());
    let second = submit(&app, &pothole(10.0)).await.expect(201);
    let mut other = pothole(0.0);
    other["category"] = json!(app.demo.categories.last().unwrap());
    let other = submit(&app, &other).await.expect(201);
    assert!(near(&other).is_empty(), "of another category");
    let third = submit(&app, &pothole(0.0)).await.expect(201);
    let ids = [
        second["id"].as_str().unwrap(),
        first["id"].as_str().unwrap(),
    ];
    assert_eq!(near(&third), [(ids[0], 10.0), (ids[1], 40.0)]);
    let support = third["duplicates"][0]["support"].as_str().unwrap();
    let support = app.api.post(support, &json!({"reporter": "somebody"}));
    let supported = call(support.header("X-API-Key", &app.demo.api_key)).await;
    assert_eq!(supported.expect(200)["supporters"], 1);
    // Beyond the radius, and closed ones, are none.
    let far = submit(&app, &pothole(95.0)).await.expect(201);
    assert!(near(&far).is_empty());
    let olga = app.olga().await;
    for id in ids {
        app.api.set_status(&olga, id, "resolved").await;
    }
    let fourth = submit(&app, &pothole(1.0)).await.expect(201);
    assert_eq!(near(&fourth), [(third["id"].as_str().unwrap(), 1.0)]);
    app.end().await;
}

#[actix::test]
async fn who_would_rather_not_repeat_is_refused_with_the_list_and_may_retry_safely() {
    let app = TestApp::spawn().await;
    let first = rejecting(&app, 0.0, Some("mine")).await.expect(201);
    let again = rejecting(&app, 0.0, Some("mine")).await.expect(201);
    assert_eq!(again, first, "a retry gets the first answer");
    let refused = rejecting(&app, 5.0, None).await.problem(409, "duplicate");
    let told = &refused["current"]["duplicates"][0];
    assert_eq!(
        (&told["id"], &told["distance_m"]),
        (&first["id"], &json!(5.0))
    );
    let wrong = json!({"category": "pothole", "region": "north", "address": "Quay", "description": "x",
        "on_duplicate": "merge"});
    assert_eq!(submit(&app, &wrong).await.faults()[0].0, "on_duplicate");
    // The category says how near and how old.
    let path = "/api/v1/admin/categories/pothole";
    let admin = app.admin().await;
    for (change, status) in [
        (json!({"duplicate_radius_m": 3}), 201),
        (json!({"duplicate_radius_m": 30, "duplicate_days": 0}), 201),
        (json!({"duplicate_days": 1}), 409),
    ] {
        call(app.api.patch(path, &change).bearer_auth(&admin))
            .await
            .expect(200);
        assert_eq!(rejecting(&app, 5.0, None).await.status, status, "{change}");
    }
    let bad = app.api.patch(
        path,
        &json!({"duplicate_radius_m": 5001, "duplicate_days": -1}),
    );
    let faults = call(bad.bearer_auth(&admin)).await.faults();
    assert_eq!(faults.len(), 2, "{faults:?}");
    app.end().await;
}

#[actix::test]
async fn the_memory_of_places_comes_back_after_a_restart_and_follows_other_nodes() {
    let mut app = TestApp::spawn().await;
    let first = submit(&app, &pothole(0.0)).await.expect(201);
    let other = app.another_node().await;
    let there = crate::support::Api::at(&other.url());
    let body = pothole(2.0);
    let submitted = there
        .post(COMPLAINTS, &body)
        .header("X-API-Key", &app.demo.api_key);
    let second = call(submitted).await.expect(201);
    assert_eq!(
        near(&second),
        [(first["id"].as_str().unwrap(), 2.0)],
        "loaded at its start"
    );
    app.provoke("region_desk/committed", "1*panic->off");
    app.expect_restarts(1);
    app.try_submit("north", "lost").await;
    eventually("both are known again", async || {
        let refused = rejecting(&app, 1.0, None).await;
        let known = refused.body["current"]["duplicates"]
            .as_array()
            .map(Vec::len);
        (known == Some(2)).then_some(())
    })
    .await;
    other.stop().await;
    app.end().await;
}

/// Radius and days of a category as everybody reads them.
async fn range(app: &TestApp, id: &str) -> (i64, i64) {
    let list = call(app.api.get("/api/v1/categories")).await.expect(200);
    let categories = list["categories"].as_array().unwrap();
    let category = categories.iter().find(|it| it["id"] == id).unwrap();
    let number = |member: &str| category[member].as_i64().unwrap();
    (number("duplicate_radius_m"), number("duplicate_days"))
}

#[actix::test]
async fn a_category_is_created_and_imported_with_how_near_and_old_duplicates_are() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let post = |path: &str, body: &Value| {
        let request = app
            .api
            .post(&format!("/api/v1/admin/categories{path}"), body);
        call(request.bearer_auth(&admin))
    };
    let tree =
        json!({"id": "tree", "name": "Tree", "duplicate_radius_m": 0, "duplicate_days": 366});
    let created = post("", &tree).await.expect(201);
    assert_eq!(created["duplicate_radius_m"], 0);
    post("", &json!({"id": "bench", "name": "Bench"}))
        .await
        .expect(201);
    assert_eq!(range(&app, "tree").await, (0, 366));
    assert_eq!(range(&app, "bench").await, (50, 14));
    let wrong = json!({"id": "x", "name": "X", "duplicate_radius_m": -1, "duplicate_days": 367});
    let faults = post("", &wrong).await.faults();
    let out = |field: &str| (field.to_owned(), "out_of_range".to_owned());
    assert_eq!(faults, [out("duplicate_radius_m"), out("duplicate_days")]);
    // What an import does not tell stays.
    let import = json!([{"id": "tree", "name": "Trees", "duplicate_days": 7},
        {"id": "bench", "name": "Bench"}, {"id": "kiosk", "name": "Kiosk", "duplicate_radius_m": 5000}]);
    let saved = post("/import", &import).await.expect(200);
    assert_eq!(
        (&saved["created"], &saved["updated"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(range(&app, "tree").await, (0, 7));
    assert_eq!(range(&app, "bench").await, (50, 14));
    assert_eq!(range(&app, "kiosk").await, (5000, 14));
    let wrong =
        json!([{"id": "tree", "name": "T", "duplicate_radius_m": 5001, "duplicate_days": "7"}]);
    let faults = post("/import", &wrong).await.faults();
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["[0].duplicate_radius_m", "[0].duplicate_days"]);
    assert_eq!(range(&app, "tree").await, (0, 7));
    app.end().await;
}
