//! The administration of accounts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ACCOUNTS, API_KEYS, change, id_of, login, text};
use crate::support::{Answer, TestApp, call};

fn draft(email: &str) -> Value {
    json!({"email": email, "name": "Ann Other", "role": "officer", "regions": ["north"],
        "password": "a good long password"})
}

async fn create(app: &TestApp, body: &Value) -> Answer {
    call(app.api.post(ACCOUNTS, body).bearer_auth(app.admin().await)).await
}

#[actix::test]
async fn an_account_is_created_read_changed_and_deactivated() {
    let app = TestApp::spawn().await;
    let answer = create(&app, &draft("ann@other.example")).await;
    let location = answer.header("location").to_owned();
    let created = answer.expect(201);
    assert_eq!(location, format!("{ACCOUNTS}/{}", text(&created, "id")));
    assert_eq!(created["regions"], json!(["north"]));
    let admin = app.admin().await;
    let read = call(app.api.get(&location).bearer_auth(&admin)).await;
    assert_eq!(read.expect(200), created);
    login(&app.api, "ann@other.example", "a good long password")
        .await
        .expect(200);
    let body = json!({"name": "Ann Changed", "regions": [], "password": "another long password"});
    let changed = change(&app, text(&created, "id"), &body).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["regions"]),
        (&json!("Ann Changed"), &json!([]))
    );
    assert_eq!(changed["email"], created["email"]);
    let old = login(&app.api, "ann@other.example", "a good long password").await;
    old.problem(401, "wrong_password");
    login(&app.api, "ann@other.example", "another long password")
        .await
        .expect(200);
    let off = change(&app, text(&created, "id"), &json!({"active": false})).await;
    assert_eq!(off.expect(200)["active"], false);
    app.end().await;
}

#[actix::test]
async fn drafts_at_fault_are_refused_with_all_their_faults() {
    let app = TestApp::spawn().await;
    let taken = create(&app, &draft(&app.demo.admin.email.to_uppercase())).await;
    taken.problem(409, "email_taken");
    let mut unknown = draft("ann@other.example");
    unknown["regions"] = json!(["nowhere"]);
    let faults = create(&app, &unknown).await.faults();
    assert_eq!(faults, [("regions".into(), "unknown".into())]);
    let bad =
        json!({"email": "x", "name": "", "role": "king", "regions": ["N O"], "password": "1"});
    let fields: Vec<String> = create(&app, &bad)
        .await
        .faults()
        .into_iter()
        .map(|one| one.0)
        .collect();
    assert_eq!(fields, ["email", "name", "role", "regions", "password"]);
    let mut extra = draft("ann@other.example");
    extra["is_admin"] = true.into();
    create(&app, &extra).await.problem(422, "validation");
    for id in ["x", "00000000-0000-7000-8000-000000000000"] {
        change(&app, id, &json!({"name": "A"}))
            .await
            .problem(404, "not_found");
    }
    app.end().await;
}

#[actix::test]
async fn the_last_active_admin_stays() {
    let app = TestApp::spawn().await;
    let id = id_of(&app, &app.admin().await).await;
    for body in [json!({"active": false}), json!({"role": "officer"})] {
        change(&app, &id, &body).await.problem(409, "last_admin");
    }
    change(&app, &id, &json!({"name": "Still Here"}))
        .await
        .expect(200);
    let mut second = draft("second@other.example");
    second["role"] = "admin".into();
    create(&app, &second).await.expect(201);
    change(&app, &id, &json!({"role": "officer"}))
        .await
        .expect(200);
    app.end().await;
}

#[actix::test]
async fn two_admins_cannot_demote_each_other_at_once() {
    let app = TestApp::spawn().await;
    let mut second = draft("second@other.example");
    second["role"] = "admin".into();
    let second = create(&app, &second).await.expect(201);
    let token = app.admin().await;
    let first = id_of(&app, &token).await;
    let off = |id: &str| {
        let request = app
            .api
            .patch(&format!("{ACCOUNTS}/{id}"), &json!({"active": false}));
        call(request.bearer_auth(&token))
    };
    let answers = futures_util::future::join(off(&first), off(text(&second, "id"))).await;
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    // The one who came second is not let in any more, or is the last admin.
    assert!(
        statuses[0] == 200 && [401, 409].contains(&statuses[1]),
        "{statuses:?}"
    );
    app.end().await;
}

#[actix::test]
async fn a_list_of_accounts_is_read_page_by_page() {
    let app = TestApp::spawn().await;
    for number in 0..5 {
        create(&app, &draft(&format!("ann{number}@other.example")))
            .await
            .expect(201);
    }
    let admin = app.admin().await;
    let (mut seen, mut query) = (Vec::new(), "limit=3".to_owned());
    loop {
        let request = app.api.get(&format!("{ACCOUNTS}?{query}"));
        let page = call(request.bearer_auth(&admin)).await.expect(200);
        let emails = page["items"].as_array().unwrap().iter();
        seen.extend(emails.map(|item| text(item, "email").to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen[0], "ann4@other.example");
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (8, 8));
    app.end().await;
}

#[actix::test]
async fn officers_apps_and_strangers_reach_no_route_of_admins() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = "00000000-0000-7000-8000-000000000000";
    let body = json!({});
    let api = &app.api;
    let requests = || {
        [
            api.get(ACCOUNTS),
            api.post(ACCOUNTS, &body),
            api.get(&format!("{ACCOUNTS}/{id}")),
            api.patch(&format!("{ACCOUNTS}/{id}"), &body),
            api.get(API_KEYS),
            api.post(API_KEYS, &body),
            api.delete(&format!("{API_KEYS}/{id}")),
            api.post("/api/v1/admin/regions", &body),
            api.patch("/api/v1/admin/regions/north", &body),
            api.post("/api/v1/admin/regions/import", &body),
            api.post("/api/v1/admin/categories", &body),
            api.patch("/api/v1/admin/categories/pothole", &body),
            api.post("/api/v1/admin/categories/import", &body),
            api.get("/api/v1/websocket/stats"),
            api.delete(&format!("/api/v1/websocket/sessions/{id}")),
        ]
    };
    // Authentication goes before the check of the body.
    for request in requests() {
        let answer = call(request.bearer_auth(&olga)).await;
        answer.problem(403, "forbidden");
    }
    for request in requests() {
        let answer = call(request.header("X-API-Key", &app.demo.api_key)).await;
        answer.problem(401, "unauthorized");
    }
    for request in requests() {
        call(request).await.problem(401, "unauthorized");
    }
    app.end().await;
}

#[actix::test]
async fn regions_and_categories_are_administered_over_rest() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let send = |request: reqwest::RequestBuilder| call(request.bearer_auth(&admin));
    let region = json!({"id": "south", "name": "South"});
    send(app.api.post("/api/v1/admin/regions", &region))
        .await
        .expect(201);
    send(app.api.post("/api/v1/admin/regions", &region))
        .await
        .problem(409, "exists");
    let category = json!({"id": "noise", "name": "Noise", "default_severity": "low"});
    send(app.api.post("/api/v1/admin/categories", &category)).await;
    let mut complaint = json!({"category": app.demo.categories[0], "region": "south",
        "address": "a", "description": "b"});
    let receipt = call(app.api.post("/api/v1/complaints", &complaint)).await;
    assert_eq!(receipt.expect(201)["region"], "south");
    let off = app
        .api
        .patch("/api/v1/admin/regions/south", &json!({"active": false}));
    assert_eq!(send(off).await.expect(200)["active"], false);
    let refused = call(app.api.post("/api/v1/complaints", &complaint)).await;
    assert_eq!(refused.faults()[0].0, "region");
    complaint["region"] = "north".into();
    call(app.api.post("/api/v1/complaints", &complaint))
        .await
        .expect(201);
    for path in [
        "/api/v1/admin/regions/nowhere",
        "/api/v1/admin/categories/nothing",
    ] {
        let answer = send(app.api.patch(path, &json!({"name": "x"}))).await;
        answer.problem(404, "not_found");
    }
    app.end().await;
}
