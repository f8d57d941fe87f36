//! Requests of admins, and reads of reporters.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{AUDIT, entries};
use crate::support::api::expect;
use crate::support::{TestApp, call};

const ACCOUNTS: &str = "/api/v1/admin/accounts";

fn account(email: &str) -> Value {
    json!({"email": email, "name": "Nora New", "role": "officer", "regions": ["north"],
        "password": "a long password"})
}

#[actix::test]
async fn what_an_admin_does_leaves_who_what_why_and_from_where() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(&admin)).await;
    let me = me.expect(200)["id"].clone();
    let create = app.api.post(ACCOUNTS, &account("nora@new.example"));
    let create = create.bearer_auth(&admin).header("X-Reason", "ticket 4711");
    let created = call(create).await.expect(201);

    let found = entries(&app, "").await;
    let [created_entry, asked] = &found[..] else {
        panic!("{found:?}");
    };
    assert_eq!(asked["by"], json!({"kind": "admin", "id": me}));
    assert_eq!(asked["action"], "POST /api/v1/admin/accounts");
    assert_eq!(asked["outcome"], "asked");
    assert_eq!(asked["reason"], "ticket 4711");
    assert_eq!(asked["origin"], "127.0.0.0/24");
    assert_eq!(created_entry["outcome"], "created");
    assert_eq!(created_entry["subject"], created["id"]);
    assert_eq!(created_entry["completes"], asked["id"]);
    let all = serde_json::to_string(&found).unwrap();
    for personal in ["nora", "Nora", "127.0.0.1", "password\""] {
        assert!(!all.contains(personal), "{personal}: {all}");
    }

    let id = created["id"].as_str().unwrap();
    let change = app
        .api
        .patch(&format!("{ACCOUNTS}/{id}"), &json!({"active": false}));
    call(change.bearer_auth(&admin)).await.expect(200);
    let on_account = entries(&app, &format!("subject={id}&action=PATCH")).await;
    assert_eq!(on_account.len(), 1, "{on_account:?}");
    app.end().await;
}

#[actix::test]
async fn what_a_rule_refuses_is_recorded_as_refused() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let again = app.api.post(ACCOUNTS, &account(&app.demo.admin.email));
    call(again.bearer_auth(&admin))
        .await
        .problem(409, "email_taken");
    let outcomes: Vec<Value> = entries(&app, "")
        .await
        .iter()
        .map(|entry| entry["outcome"].clone())
        .collect();
    assert_eq!(outcomes, ["refused", "asked"]);
    app.end().await;
}

#[actix::test]
async fn a_reason_that_names_somebody_is_refused_and_nothing_is_done() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let create = app
        .api
        .post(ACCOUNTS, &account("nora@new.example"))
        .bearer_auth(&admin);
    let refused = call(create.header("X-Reason", "for nora@new.example")).await;
    assert_eq!(refused.faults(), [("X-Reason".into(), "personal".into())]);
    assert_eq!(entries(&app, "").await, Vec::<Value>::new());
    let list = expect(app.api.get(ACCOUNTS).bearer_auth(&admin), StatusCode::OK).await;
    assert!(!list.to_string().contains("nora@new.example"));
    app.end().await;
}

#[actix::test]
async fn nothing_is_done_that_cannot_be_recorded() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let client = app.database().connect().await;
    let rename = "ALTER FUNCTION append_audit RENAME TO append_audit_away";
    client.batch_execute(rename).await.unwrap();
    let create = app.api.post(ACCOUNTS, &account("nora@new.example"));
    let failed = call(create.bearer_auth(&admin)).await;
    assert_eq!(failed.status, 500);
    let count = "SELECT count(*) FROM accounts WHERE email = 'nora@new.example'";
    let made: i64 = client.query_one(count, &[]).await.unwrap().get(0);
    assert_eq!(made, 0);
    drop(client);
    app.end().await;
}

#[actix::test]
async fn whoever_reads_who_reported_is_recorded_and_who_does_not_is_not() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
        "description": "a hole", "reporter": {"name": "Ann Secret", "email": "ann@secret.example"}});
    let submit = app.api.post("/api/v1/complaints", &body);
    let told = call(submit.header("X-API-Key", &app.demo.api_key))
        .await
        .expect(201);
    let untold = app.submit("north", "another hole").await;
    let read = async |complaint: &Value| {
        let path = format!("/api/v1/complaints/{}", complaint["id"].as_str().unwrap());
        call(app.api.get(&path).bearer_auth(&olga))
            .await
            .expect(200)
    };
    assert_eq!(read(&told).await["reporter"]["name"], "Ann Secret");
    read(&untold).await;
    let by_app = app.api.get(&format!(
        "/api/v1/complaints/{}",
        told["id"].as_str().unwrap()
    ));
    call(by_app.header("X-API-Key", &app.demo.api_key))
        .await
        .expect(200);

    let found = entries(&app, "").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["action"], "read reporter");
    assert_eq!(found[0]["subject"], told["id"]);
    assert_eq!(found[0]["by"]["kind"], "officer");
    app.end().await;
}

#[actix::test]
async fn the_trail_is_read_by_admins_page_by_page_and_by_filters() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for _ in 0..3 {
        call(app.api.get(ACCOUNTS).bearer_auth(&admin))
            .await
            .expect(200);
    }
    let get = async |query: &str| {
        call(app.api.get(&format!("{AUDIT}?{query}")).bearer_auth(&admin)).await
    };
    let first = get("limit=2&action=GET%20/api/v1/admin/accounts")
        .await
        .expect(200);
    let numbers = |page: &Value| -> Vec<i64> {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|entry| entry["number"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(numbers(&first), [3, 2]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = get(&format!(
        "limit=2&action=GET%20/api/v1/admin/accounts&cursor={cursor}"
    ))
    .await;
    let second = second.expect(200);
    assert_eq!(
        (numbers(&second), &second["next_cursor"]),
        (vec![1], &Value::Null)
    );
    assert_eq!(
        numbers(&get("until=2020-01-01T00:00:00Z").await.expect(200)),
        [0; 0]
    );
    let olga = app.olga().await;
    call(app.api.get(AUDIT).bearer_auth(olga))
        .await
        .problem(403, "forbidden");
    get("cursor=x").await.problem(400, "malformed");
    get("by=x").await.problem(400, "malformed");
    get("limit=0").await.problem(422, "validation");
    get("subject=%00").await.problem(422, "validation");
    get("from=-009000-01-01T00:00:00Z")
        .await
        .problem(422, "validation");
    app.end().await;
}
