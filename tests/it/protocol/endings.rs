//! Heartbeats, and how sockets are ended from outside.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::api::expect;
use crate::support::{Officer, TestApp, eventually};

#[actix::test]
async fn a_ping_carries_the_heads_and_what_was_seen_shows_as_lag() {
    let app = TestApp::with(&["--ping-interval-ms", "500"]).await;
    let mut officer = app.officer_of_north().await;
    for _ in 0..3 {
        app.submit("north", "a hole").await;
    }
    let ping = loop {
        let ping = officer.ping().await;
        if ping["heads"]["north"] == 3 {
            break ping;
        }
    };
    officer
        .say(json!({"type": "pong", "t": ping["t"], "seen": {"north": 1, "harbour": 9}}))
        .await;
    let admin = app.admin().await;
    eventually("the lag is two", async || {
        let stats = app.stats(&admin).await;
        (stats["sessions"][0]["lag"] == json!({"north": 2})).then_some(())
    })
    .await;
    officer
        .say(json!({"type": "pong", "seen": {"north": 3}}))
        .await;
    eventually("the lag is nothing", async || {
        let stats = app.stats(&admin).await;
        (stats["sessions"][0]["lag"] == json!({"north": 0})).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn a_client_that_is_silent_is_ended_although_it_reads_nothing() {
    let app = TestApp::with(&["--ping-interval-ms", "200"]).await;
    // Not polled, it answers no ping of the protocol either.
    let mut silent = app.officer(&app.olga().await).await;
    eventually("the silent session is gone", async || {
        let closes = app.metric("websocket_closes_total{code=\"4003\"}").await;
        (closes == 1.0).then_some(())
    })
    .await;
    app.officers_are(0).await;
    assert_eq!(silent.closed().await.0, 4003);
    app.end().await;
}

#[actix::test]
async fn an_admin_sees_the_sockets_and_may_end_one() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut officer = app.officer_of_north().await;
    let mut other = app.officer(&app.otto().await).await;
    other.join("harbour", None).await;
    let mut boss = app.officer(&admin).await;
    boss.join("harbour", None).await;
    let stats = app.stats(&admin).await;
    assert_eq!(stats["connections"], 3);
    assert_eq!(stats["by_role"], json!({"officer": 2, "admin": 1}));
    assert_eq!(stats["by_region"], json!({"harbour": 2, "north": 1}));
    eventually("health counts them", async || {
        let health = app.health().await;
        (health["connections"] == 3 && health["regions_watched"] == 2).then_some(())
    })
    .await;

    let sessions = stats["sessions"].as_array().unwrap();
    let mine = |session: &&Value| session["lag"].get("north").is_some();
    let session = sessions.iter().find(mine).unwrap()["session"]
        .as_str()
        .unwrap();
    let kick = || {
        app.api
            .delete(&format!("/api/v1/websocket/sessions/{session}"))
    };
    expect(kick().bearer_auth(app.olga().await), StatusCode::FORBIDDEN).await;
    expect(kick().bearer_auth(&admin), StatusCode::NO_CONTENT).await;
    assert_eq!(officer.closed().await.0, 4507);
    eventually("the session is unknown", async || {
        let answer = kick().bearer_auth(&admin).send().await.unwrap();
        (answer.status() == StatusCode::NOT_FOUND).then_some(())
    })
    .await;
    app.officers_are(1).await;
    app.end().await;
}

/// An officer's socket, and the path of his account.
async fn officer_and_account(app: &TestApp) -> (Officer, String, String) {
    let token = app.olga().await;
    let officer = app.officer(&token).await;
    let me = expect(
        app.api.get("/api/v1/auth/me").bearer_auth(&token),
        StatusCode::OK,
    )
    .await;
    let path = format!("/api/v1/admin/accounts/{}", me["id"].as_str().unwrap());
    (officer, path, token)
}

#[actix::test]
async fn a_change_of_role_or_deactivation_ends_the_live_socket() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut untouched = app.officer(&app.otto().await).await;
    for change in [
        json!({"role": "admin"}),
        json!({"role": "officer", "regions": ["north", "harbour"]}),
        json!({"active": false}),
    ] {
        let (mut officer, path, _) = officer_and_account(&app).await;
        let patch = app.api.patch(&path, &change).bearer_auth(&admin);
        expect(patch, StatusCode::OK).await;
        assert_eq!(officer.closed().await.0, 4007, "{change}");
    }
    app.submit("harbour", "for who is untouched").await;
    untouched.join("harbour", None).await;
    for (role, count) in [("officer", 1.0), ("admin", 0.0)] {
        let series = format!("websocket_connections_active{{role=\"{role}\"}}");
        eventually("those who went are not counted any more", async || {
            (app.metric(&series).await == count).then_some(())
        })
        .await;
    }
    app.end().await;
}

#[actix::test]
async fn a_logout_ends_the_sockets_of_that_login_only() {
    let app = TestApp::spawn().await;
    let (mut officer, _, token) = officer_and_account(&app).await;
    let mut other_login = app.officer_of_north().await;
    let logout = app.api.post("/api/v1/auth/logout", &json!({}));
    expect(logout.bearer_auth(token), StatusCode::NO_CONTENT).await;
    assert_eq!(officer.closed().await.0, 4007);
    app.submit("north", "for the other login").await;
    other_login.follow(0, 1).await;
    app.end().await;
}

#[actix::test]
async fn a_session_that_finds_its_shard_too_busy_is_closed_with_4006() {
    let app = TestApp::with(&["--max-connections", "1"]).await;
    let token = app.olga().await;
    app.provoke("ws_session/enter", "1*return->off");
    let request = Officer::request(app.address(), Some(&token));
    let mut refused = Officer::open(request).await.unwrap();
    assert_eq!(refused.closed().await.0, 4006);
    let series = "websocket_closes_total{code=\"4006\"}";
    assert_eq!(app.metric(series).await, 1.0);
    drop(refused);
    // It has given its place back: the next one finds room.
    eventually("there is room", async || {
        let request = Officer::request(app.address(), Some(&token));
        let mut officer = Officer::open(request).await.ok()?;
        assert_eq!(officer.object().await["type"], "connected");
        Some(())
    })
    .await;
    app.end().await;
}
