//! A person over all complaints, by e-mail address and in two steps.

use serde_json::{Value, json};

use super::{json_of, reported, text, zip};
use crate::support::{Answer, TestApp, call};

const PEOPLE: &str = "/api/v1/admin/people";

async fn post(app: &TestApp, token: &str, step: &str, body: &Value) -> Answer {
    let request = app.api.post(&format!("{PEOPLE}/{step}"), body);
    call(request.bearer_auth(token)).await
}

async fn lookup(app: &TestApp, token: &str) -> Value {
    let answer = post(
        app,
        token,
        "lookup",
        &json!({"email": "ANN@secret.example"}),
    )
    .await;
    answer.expect(200)
}

#[actix::test]
async fn a_person_gets_all_their_complaints_after_a_look() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let one = reported(&app, "ann@secret.example").await;
    let two = reported(&app, "Ann@Secret.Example").await;
    let bens = reported(&app, "ben@secret.example").await;
    let seen = lookup(&app, &admin).await;
    assert_eq!(seen["complaints"], 2);
    assert_eq!(seen["by_status"], json!({"reported": 2}));
    assert_eq!(seen["by_region"], json!({"north": 2}));
    let body = json!({"email": "ann@secret.example", "confirmation": seen["confirmation"]});
    let files = zip(app
        .api
        .post(&format!("{PEOPLE}/export"), &body)
        .bearer_auth(&admin))
    .await;
    for receipt in [&one, &two] {
        let complaint = json_of(&files, &format!("{}/complaint.json", text(receipt, "id")));
        assert_eq!(complaint["reporter"]["name"], "Ann Secret");
    }
    assert!(!files.keys().any(|name| name.contains(text(&bens, "id"))));

    let trail = call(app.api.get("/api/v1/admin/audit").bearer_auth(&admin)).await;
    assert!(!trail.text.contains("secret.example"), "{}", trail.text);
    let trail = trail.expect(200);
    let done = trail["items"].as_array().unwrap().iter().find(|entry| {
        entry["action"] == "POST /api/v1/admin/people/export" && entry["outcome"] == "done"
    });
    assert_eq!(done.unwrap()["details"]["complaints"], 2);
    app.end().await;
}

#[actix::test]
async fn only_what_was_shown_is_handed_out() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    reported(&app, "ann@secret.example").await;
    let seen = lookup(&app, &admin).await;
    let export = async |email: &str, confirmation: &Value| {
        let body = json!({"email": email, "confirmation": confirmation});
        post(&app, &admin, "export", &body).await
    };
    let invalid = [("confirmation".to_owned(), "invalid".to_owned())];
    assert_eq!(
        export("ben@secret.example", &seen["confirmation"])
            .await
            .faults(),
        invalid
    );
    assert_eq!(
        export("ann@secret.example", &json!("x")).await.faults(),
        invalid
    );
    reported(&app, "ann@secret.example").await;
    let changed = export("ann@secret.example", &seen["confirmation"]).await;
    changed.problem(409, "look_again");
    let bad = post(&app, &admin, "lookup", &json!({"email": "nobody"})).await;
    assert_eq!(bad.faults(), [("email".into(), "invalid".into())]);
    let olga = app.olga().await;
    let officer = post(
        &app,
        &olga,
        "lookup",
        &json!({"email": "ann@secret.example"}),
    )
    .await;
    officer.problem(403, "forbidden");
    app.end().await;
}

#[actix::test]
async fn who_reported_is_forgotten_where_nothing_forbids_it() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let finished = reported(&app, "ann@secret.example").await;
    let _worked_on = reported(&app, "ann@secret.example").await;
    let held = reported(&app, "ann@secret.example").await;
    for receipt in [&finished, &held] {
        let answer = app
            .api
            .set_status(&admin, text(receipt, "id"), "rejected")
            .await;
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    }
    let path = format!("/api/v1/complaints/{}/hold", text(&held, "id"));
    let hold = app
        .api
        .put(&path, &json!({"reason": "a court asks for it"}));
    call(hold.bearer_auth(&admin)).await.expect(200);

    let seen = lookup(&app, &admin).await;
    assert_eq!(seen["complaints"], 3);
    let body = json!({"email": "ann@secret.example", "confirmation": seen["confirmation"], "reason": "letter of 26 November"});
    let erased = post(&app, &admin, "erase-identity", &body)
        .await
        .expect(200);
    assert_eq!(erased["forgotten"], 2);
    let kept = erased["kept"].as_array().unwrap().iter();
    let kept: Vec<(&str, &str)> = kept
        .map(|one| (text(one, "complaint"), text(one, "type")))
        .collect();
    assert_eq!(
        kept,
        [(text(&held, "id"), "urn:redress:problem:legal_hold")]
    );
    assert_eq!(lookup(&app, &admin).await["complaints"], 1);
    let path = format!("/api/v1/complaints/{}", text(&finished, "id"));
    let read = call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    assert_eq!(read["reporter"], Value::Null);

    let trail = call(
        app.api
            .get("/api/v1/admin/audit?action=POST")
            .bearer_auth(&admin),
    )
    .await;
    let trail = trail.expect(200);
    let done = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["outcome"] == "done" && entry["reason"].is_string());
    let done = done.unwrap();
    assert_eq!(done["reason"], "letter of 26 November");
    assert_eq!(done["details"]["forgotten"], 2);
    app.end().await;
}
