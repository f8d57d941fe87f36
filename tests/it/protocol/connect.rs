//! Who comes in: tokens, deadlines, origins.

use serde_json::json;

use super::{connect, long_frame, refusal, refused, stranger};
use crate::support::{Officer, TestApp};

#[actix::test]
async fn the_first_message_may_authenticate_and_says_what_the_session_may() {
    let app = TestApp::spawn().await;
    let mut officer = stranger(&app).await;
    officer.say(connect(&app.olga().await)).await;
    let answer = officer.object().await;
    assert_eq!(answer["type"], "connected");
    assert_eq!(answer["id"], 1);
    assert_eq!(answer["role"], "officer");
    assert_eq!(answer["regions"], json!(["harbour", "north"]));
    assert_eq!(answer["node"], app.node());
    assert_eq!(
        (&answer["ping_ms"], &answer["max_regions"]),
        (&json!(25_000), &json!(64))
    );
    let stats = app.stats(&app.admin().await).await;
    assert_eq!(stats["sessions"][0]["session"], answer["session"]);
    assert_eq!(stats["sessions"][0]["client"], "test/1");
    assert_eq!(refused(&mut officer, connect("again")).await, "bad_request");
    app.end().await;
}

#[actix::test]
async fn a_wrong_token_is_refused_by_status_or_close_code() {
    let app = TestApp::spawn().await;
    let by_header = Officer::open(Officer::request(app.address(), Some("wrong"))).await;
    assert_eq!(refusal(by_header), 401);
    let mut by_message = stranger(&app).await;
    by_message.say(connect("wrong")).await;
    assert_eq!(by_message.closed().await.0, 4501);
    app.end().await;
}

#[actix::test]
async fn who_does_not_connect_in_time_or_says_too_much_before_is_closed() {
    let app = TestApp::with(&["--connect-deadline-ms", "300"]).await;
    assert_eq!(stranger(&app).await.closed().await.0, 4502);
    let mut talker = stranger(&app).await;
    talker.say_raw(long_frame(4097)).await;
    assert_eq!(talker.closed().await.0, 4500);
    let mut slow_talker = stranger(&app).await;
    slow_talker.say_raw(long_frame(2048)).await;
    assert_eq!(slow_talker.object().await["code"], "unauthorized");
    slow_talker.say_raw(long_frame(2049)).await;
    assert_eq!(slow_talker.closed().await.0, 4500);
    app.end().await;
}

#[actix::test]
async fn nothing_is_done_for_who_has_not_connected() {
    let app = TestApp::spawn().await;
    let mut officer = stranger(&app).await;
    let subscribe = json!({"id": 7, "type": "subscribe", "region": "north"});
    assert_eq!(refused(&mut officer, subscribe).await, "unauthorized");
    let unknown = json!({"id": 8, "type": "dance"});
    assert_eq!(refused(&mut officer, unknown).await, "unauthorized");
    app.officers_are(0).await;
    app.end().await;
}

#[actix::test]
async fn an_origin_must_be_ours_or_allowed_exactly() {
    let app = TestApp::with(&["--allowed-origins", "https://desk.example.org"]).await;
    let own = format!("http://{}", app.address());
    for (origin, passes) in [
        (own.as_str(), true),
        ("https://desk.example.org", true),
        ("https://desk.example.org.evil.example", false),
        ("https://desk.example.org:8443", false),
        ("http://desk.example.org", false),
        ("https://DESK.example.org", false),
        ("https://evil.example", false),
        ("null", false),
        ("", false),
    ] {
        let mut request = Officer::request(app.address(), None);
        request
            .headers_mut()
            .insert("Origin", origin.parse().unwrap());
        let outcome = Officer::open(request).await;
        if passes {
            assert!(outcome.is_ok(), "{origin}");
        } else {
            assert_eq!(refusal(outcome), 403, "{origin}");
        }
    }
    app.end().await;
}
