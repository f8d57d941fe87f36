//! How often: failed logins, anonymous submissions, requests of an API key.

use serde_json::json;

use super::{API_KEYS, login, text};
use crate::support::{Answer, TestApp, call};

/// An anonymous submission, as if forwarded for an address.
async fn submit(app: &TestApp, forwarded_for: Option<&str>) -> Answer {
    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    let request = app.api.post("/api/v1/complaints", &body);
    call(match forwarded_for {
        Some(address) => request.header("X-Forwarded-For", address),
        None => request,
    })
    .await
}

#[track_caller]
fn limited(answer: Answer) {
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    answer.problem(429, "rate_limited");
}

#[actix::test]
async fn failed_logins_of_an_account_are_limited_and_good_ones_are_free() {
    let app = TestApp::with(&["--rate-login", "3"]).await;
    let officer = &app.demo.officers[0];
    for _ in 0..5 {
        login(&app.api, &officer.email, &officer.password)
            .await
            .expect(200);
    }
    for _ in 0..3 {
        let answer = login(&app.api, &officer.email, "wrong").await;
        answer.problem(401, "wrong_password");
    }
    limited(login(&app.api, &officer.email.to_uppercase(), "wrong").await);
    limited(login(&app.api, &officer.email, &officer.password).await);
    let other = &app.demo.officers[1];
    login(&app.api, &other.email, &other.password)
        .await
        .expect(200);
    app.end().await;
}

#[actix::test]
async fn guesses_at_many_accounts_from_one_address_are_limited() {
    let app = TestApp::with(&["--rate-login", "1"]).await;
    for number in 0..5 {
        let answer = login(&app.api, &format!("nobody{number}@x.example"), "wrong").await;
        answer.problem(401, "wrong_password");
    }
    limited(login(&app.api, "nobody9@x.example", "wrong").await);
    app.end().await;
}

#[actix::test]
async fn anonymous_submissions_of_an_address_are_limited_whatever_it_says_of_itself() {
    let app = TestApp::with(&["--rate-anonymous", "2"]).await;
    submit(&app, Some("192.0.2.1")).await.expect(201);
    submit(&app, Some("192.0.2.2")).await.expect(201);
    limited(submit(&app, Some("192.0.2.3")).await);
    limited(submit(&app, None).await);
    app.end().await;
}

#[actix::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_limit() {
    let app = TestApp::with(&[
        "--rate-anonymous",
        "2",
        "--trusted-proxies",
        "10.0.0.7,127.0.0.0/8",
    ])
    .await;
    for _ in 0..2 {
        submit(&app, Some("192.0.2.1")).await.expect(201);
    }
    limited(submit(&app, Some("192.0.2.1")).await);
    // What a client invents stands further left than what the proxy saw.
    limited(submit(&app, Some("203.0.113.7, 192.0.2.1")).await);
    submit(&app, Some("192.0.2.2")).await.expect(201);
    submit(&app, Some("2001:db8::1")).await.expect(201);
    app.end().await;
}

#[actix::test]
async fn without_anonymous_submissions_an_app_or_account_is_needed() {
    let app = TestApp::with(&["--anonymous-submissions", "off"]).await;
    submit(&app, None).await.problem(401, "unauthorized");
    app.submit("north", "by an app").await;
    app.end().await;
}

#[actix::test]
async fn an_api_key_has_a_rate_of_its_own() {
    let app = TestApp::spawn().await;
    let body = json!({"name": "slow", "scopes": ["read"], "rate_per_minute": 3});
    let created = app.api.post(API_KEYS, &body).bearer_auth(app.admin().await);
    let created = call(created).await.expect(201);
    let read = || {
        let request = app.api.get("/api/v1/complaints");
        call(request.header("X-API-Key", text(&created, "key")))
    };
    for _ in 0..3 {
        read().await.expect(200);
    }
    limited(read().await);
    app.end().await;
}

#[actix::test]
async fn limits_that_are_off_limit_nothing() {
    let flags = [
        "--rate-limits",
        "off",
        "--rate-anonymous",
        "1",
        "--rate-login",
        "1",
    ];
    let app = TestApp::with(&flags).await;
    for _ in 0..4 {
        submit(&app, None).await.expect(201);
        login(&app.api, &app.demo.admin.email, "wrong")
            .await
            .problem(401, "wrong_password");
    }
    app.end().await;
}
