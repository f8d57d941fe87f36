//! The life of an access token on a live socket.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{connect, refused, stranger};
use crate::support::api::expect;
use crate::support::program::watch;
use crate::support::{Officer, TestApp, eventually};

/// Tokens that are good for three seconds, and sockets that outlive theirs by as much.
const SHORT: [&str; 4] = ["--access-token-ttl", "3", "--token-grace", "3"];

fn refresh(token: &str) -> Value {
    json!({"id": 4, "type": "refresh", "token": token})
}

/// Reads up to a message of this type.
async fn read_to(officer: &mut Officer, kind: &str) -> Value {
    loop {
        let object = officer.object().await;
        if object["type"] == kind {
            return object;
        }
    }
}

/// Sends this as a newer token and returns the code of the refusal.
async fn refused_token(officer: &mut Officer, token: &str) -> Value {
    officer.say(refresh(token)).await;
    let refusal = read_to(officer, "error").await;
    assert_eq!(refusal["id"], 4, "{refusal}");
    refusal["code"].clone()
}

#[actix::test]
async fn a_socket_goes_on_with_newer_tokens_and_ends_without() {
    let app = TestApp::with(&SHORT).await;
    let mut officer = stranger(&app).await;
    officer.say(connect(&app.olga().await)).await;
    let connected = officer.object().await;
    assert!((1..=3000).contains(&connected["token_ttl_ms"].as_u64().unwrap()));
    let epoch = officer.join("north", None).await[0]["epoch"].clone();
    for seq in 1..=3 {
        let expiring = read_to(&mut officer, "token_expiring").await;
        assert!(expiring["in_ms"].as_u64().unwrap() <= 750, "{expiring}");
        officer.say(refresh(&app.olga().await)).await;
        let refreshed = officer.object().await;
        assert_eq!(
            (&refreshed["type"], &refreshed["id"]),
            (&json!("refreshed"), &json!(4))
        );
        assert!((1..=3000).contains(&refreshed["token_ttl_ms"].as_u64().unwrap()));
        app.submit("north", "after a refresh").await;
        assert_eq!(officer.event().await["seq"], seq);
    }
    assert_eq!(app.metric("websocket_token_refreshes_total").await, 3.0);
    read_to(&mut officer, "token_expiring").await;
    assert_eq!(officer.closed().await.0, 4004);
    eventually("the close is counted", async || {
        let closes = app.metric("websocket_closes_total{code=\"4004\"}").await;
        (closes == 1.0).then_some(())
    })
    .await;

    // A new token, and the client resumes.
    app.submit("north", "while away").await;
    let mut again = app.officer(&app.olga().await).await;
    let came = again
        .join("north", Some((epoch.as_str().unwrap(), 3)))
        .await;
    assert_eq!(
        (&came[0]["mode"], &came[1]["seq"]),
        (&json!("resumed"), &json!(4))
    );
    app.end().await;
}

#[actix::test]
async fn a_token_that_is_not_good_changes_nothing() {
    let app = TestApp::with(&["--access-token-ttl", "2", "--token-grace", "600"]).await;
    let old = app.olga().await;
    let mut officer = app.officer(&old).await;
    assert_eq!(refused_token(&mut officer, "wrong").await, "unauthorized");
    let foreign = app.otto().await;
    assert_eq!(refused_token(&mut officer, &foreign).await, "forbidden");
    let api_key = &app.demo.api_key;
    assert_eq!(refused_token(&mut officer, api_key).await, "unauthorized");
    officer.say(json!({"id": 4, "type": "refresh"})).await;
    assert_eq!(read_to(&mut officer, "error").await["code"], "bad_request");
    eventually("the token has expired", async || {
        let answer = app.api.get("/api/v1/auth/me").bearer_auth(&old);
        let status = answer.send().await.unwrap().status();
        (status == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    assert_eq!(refused_token(&mut officer, &old).await, "token_expired");
    // Within the grace all goes on.
    officer
        .say(json!({"type": "subscribe", "region": "north"}))
        .await;
    read_to(&mut officer, "live").await;
    let mut nobody = stranger(&app).await;
    assert_eq!(refused(&mut nobody, refresh(&old)).await, "unauthorized");
    app.end().await;
}

#[actix::test]
async fn another_login_of_the_account_takes_the_socket_over() {
    let app = TestApp::with(&["--ping-interval-ms", "500"]).await;
    let (first, second) = (app.olga().await, app.olga().await);
    let mut officer = app.officer(&first).await;
    officer.say(refresh(&second)).await;
    assert_eq!(officer.object().await["type"], "refreshed");
    let log_out = async |token: &str| {
        let request = app.api.post("/api/v1/auth/logout", &json!({}));
        expect(request.bearer_auth(token), StatusCode::NO_CONTENT).await;
    };
    log_out(&first).await;
    // The watch over rights looks once a second.
    for _ in 0..6 {
        officer.ping().await;
    }
    log_out(&second).await;
    assert_eq!(officer.closed().await.0, 4007);
    app.end().await;
}

#[actix::test]
async fn redress_watch_renews_its_token_on_the_open_socket() {
    let app = TestApp::with(&SHORT).await;
    let officer = &app.demo.officers[0];
    let watching = watch(app.address(), officer, &["north"])
        .args(["--count", "1"])
        .spawn()
        .unwrap();
    eventually("three tokens were renewed", async || {
        let refreshes = app.metric("websocket_token_refreshes_total").await;
        (refreshes >= 3.0).then_some(())
    })
    .await;
    app.submit("north", "seen by the watcher").await;
    let output = tokio::task::spawn_blocking(|| watching.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(!told.contains("retrying"), "{told}");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(shown.contains("seen by the watcher"), "{shown}");
    app.end().await;
}
