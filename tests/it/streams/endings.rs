//! How event streams end: rights, tokens, admins, limits, a server that stops, clients that leave.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{NORTH, live, request};
use crate::support::api::expect;
use crate::support::stream::Stream;
use crate::support::{TestApp, call, eventually};

async fn account_of(app: &TestApp, token: &str) -> String {
    let me = app.api.get("/api/v1/auth/me").bearer_auth(token);
    let me = expect(me, StatusCode::OK).await;
    format!("/api/v1/admin/accounts/{}", me["id"].as_str().unwrap())
}

/// The code of the message with which a stream ends.
async fn code(stream: &mut Stream) -> Value {
    let last = stream.last().await;
    assert_eq!(last.kind, "close", "{last:?}");
    last.message["code"].clone()
}

#[actix::test]
async fn a_stream_is_a_session_that_admins_see_and_end() {
    let app = TestApp::with(&["--ping-interval-ms", "500"]).await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let mut stream = live(&app, &olga, NORTH).await;
    app.officers_are(1).await;
    assert_eq!(app.metric("event_streams_active").await, 1.0);
    let stats = app.stats(&admin).await;
    assert_eq!(stats["by_region"], json!({"north": 1}));
    let session = &stats["sessions"][0];
    assert_eq!(session["transport"], "event_stream");
    let path = format!(
        "/api/v1/websocket/sessions/{}",
        session["session"].as_str().unwrap()
    );
    let kick = app.api.delete(&path).bearer_auth(&admin);
    expect(kick, StatusCode::NO_CONTENT).await;
    assert_eq!(code(&mut stream).await, 4507);
    app.officers_are(0).await;
    assert_eq!(
        app.metric("websocket_closes_total{code=\"4507\"}").await,
        1.0
    );

    // One that leaves is noticed when something is written to it.
    drop(live(&app, &olga, NORTH).await);
    app.officers_are(0).await;
    app.end().await;
}

#[actix::test]
async fn a_stream_ends_with_its_region_or_its_login() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let path = account_of(&app, &olga).await;
    let mut north = live(&app, &olga, NORTH).await;
    let mut harbour = live(&app, &olga, "/api/v1/regions/harbour/events").await;
    let change = json!({"regions": ["harbour"]});
    expect(
        app.api.patch(&path, &change).bearer_auth(&admin),
        StatusCode::OK,
    )
    .await;
    let left = north.message().await;
    let expected = json!({"type": "unsubscribed", "region": "north", "code": "forbidden"});
    assert_eq!(left.message, expected);
    assert_eq!(code(&mut north).await, 4503);
    app.submit("north", "not seen").await;
    app.submit("harbour", "seen").await;
    assert_eq!(harbour.message().await.message["region"], "harbour");

    let logout = app.api.post("/api/v1/auth/logout", &json!({}));
    expect(logout.bearer_auth(&olga), StatusCode::NO_CONTENT).await;
    assert_eq!(code(&mut harbour).await, 4007);
    app.end().await;
}

#[actix::test]
async fn a_stream_ends_with_its_token() {
    let flags = ["--access-token-ttl", "2", "--token-grace", "1"];
    let app = TestApp::with(&flags).await;
    let mut stream = live(&app, &app.olga().await, NORTH).await;
    assert_eq!(stream.message().await.kind, "token_expiring");
    assert_eq!(code(&mut stream).await, 4004);
    app.end().await;
}

#[actix::test]
async fn an_account_has_so_many_streams() {
    let app = TestApp::with(&[
        "--max-connections-account",
        "1",
        "--ping-interval-ms",
        "500",
    ])
    .await;
    let olga = app.olga().await;
    let stream = live(&app, &olga, NORTH).await;
    let refused = call(request(&app, &olga, NORTH)).await;
    assert!(!refused.header("retry-after").is_empty());
    refused.problem(429, "rate_limited");
    let refusals = "websocket_refusals_total{reason=\"account\"}";
    assert_eq!(app.metric(refusals).await, 1.0);
    drop(stream);
    app.officers_are(0).await;
    live(&app, &olga, NORTH).await;
    app.end().await;
}

#[actix::test]
async fn a_server_that_stops_says_when_to_come_back() {
    let mut app = TestApp::spawn().await;
    let mut stream = live(&app, &app.olga().await, NORTH).await;
    let told = async {
        let told = stream.read_to("reconnect").await;
        assert!(told.message["after_ms"].is_u64(), "{told:?}");
        code(&mut stream).await
    };
    let (told, ()) = futures_util::join!(told, app.stop());
    assert_eq!(told, 4000);
    app.remove().await;
}

#[actix::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let app = TestApp::with(&["--outgoing-limit", "20000", "--rate-limits", "off"]).await;
    let stuck = live(&app, &app.olga().await, NORTH).await;
    let mut reader = app.officer_of_north().await;
    let long = "\u{1F573}".repeat(4000);
    let mut seq = 0;
    eventually("the client that does not read is cut off", async || {
        // Sixteen a round: what the system buffers on both sides is full at some time.
        app.submit_many("north", 16, &long).await;
        reader.follow(seq, seq + 16).await;
        seq += 16;
        let closes = app.metric("websocket_closes_total{code=\"4002\"}").await;
        (closes == 1.0).then_some(())
    })
    .await;
    app.officers_are(1).await;
    drop(stuck);
    app.end().await;
}

#[actix::test]
async fn a_stream_that_cannot_begin_says_so_and_asks_for_a_longer_wait() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let database = app.database().connect().await;
    let rename = async |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        database.batch_execute(&sql).await.unwrap();
    };
    rename("region_heads", "hidden").await;
    let mut stream = Stream::open(request(&app, &olga, NORTH)).await;
    let refused = stream.read_to("error").await;
    assert_eq!(refused.message["code"], "overloaded");
    assert_eq!(code(&mut stream).await, 4006);
    let closes = "websocket_closes_total{code=\"4006\"}";
    assert_eq!(app.metric(closes).await, 1.0);
    rename("hidden", "region_heads").await;
    live(&app, &olga, NORTH).await;
    app.end().await;
}
