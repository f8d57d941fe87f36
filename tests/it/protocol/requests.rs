//! What an authenticated client may ask, and how it is refused.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::refused;
use crate::support::TestApp;
use crate::support::officer::Came;

#[actix::test]
async fn what_cannot_be_done_is_refused_under_its_id() {
    let app = TestApp::with(&["--max-regions", "1"]).await;
    let mut officer = app.officer(&app.olga().await).await;
    officer.join("north", None).await;
    for (message, code) in [
        (
            json!({"id": 1, "type": "subscribe", "region": "atlantis"}),
            "unknown_region",
        ),
        (
            json!({"id": 2, "type": "subscribe", "region": "../etc"}),
            "unknown_region",
        ),
        (
            json!({"id": 3, "type": "subscribe", "region": "old-town"}),
            "forbidden",
        ),
        (
            json!({"id": 4, "type": "subscribe", "region": "north"}),
            "already_subscribed",
        ),
        (
            json!({"id": 5, "type": "subscribe", "region": "harbour"}),
            "too_many_regions",
        ),
        (
            json!({"id": 6, "type": "unsubscribe", "region": "harbour"}),
            "bad_request",
        ),
        (json!({"id": 7, "type": "dance"}), "bad_request"),
        (json!({"id": 8, "type": "subscribe"}), "bad_request"),
        (json!({"id": 9}), "bad_request"),
    ] {
        assert_eq!(
            refused(&mut officer, message.clone()).await,
            code,
            "{message}"
        );
    }
    app.submit("north", "the socket is as good as before").await;
    officer.follow(0, 1).await;
    app.end().await;
}

#[actix::test]
async fn a_frame_may_hold_several_objects() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    let frame = "{\"id\":1,\"type\":\"subscribe\",\"region\":\"north\",\"snapshot\":false}\n\n\
        {\"id\":2,\"type\":\"dance\"}\n{\"type\":\"pong\"}";
    officer.say_raw(Message::text(frame)).await;
    let mut came = [
        officer.object().await,
        officer.object().await,
        officer.object().await,
    ];
    came.sort_by_key(|object| object["type"].as_str().unwrap().to_owned());
    assert_eq!(
        (&came[0]["type"], &came[0]["id"]),
        (&json!("error"), &json!(2))
    );
    assert_eq!(came[1]["type"], "live");
    assert_eq!(
        (&came[2]["type"], &came[2]["id"]),
        (&json!("subscribed"), &json!(1))
    );
    app.end().await;
}

#[actix::test]
async fn what_cannot_be_read_closes_the_socket() {
    let app = TestApp::spawn().await;
    let token = app.olga().await;
    for frame in [
        Message::text("not json"),
        Message::text("[]"),
        Message::text(""),
        Message::binary(b"{}".to_vec()),
        super::long_frame(64 * 1024 + 1),
    ] {
        let length = frame.len();
        let mut officer = app.officer(&token).await;
        officer.say_raw(frame).await;
        if length == 0 {
            // An empty frame holds no object: nothing to answer.
            officer.say(json!({"id": 1, "type": "dance"})).await;
            assert_eq!(officer.object().await["code"], "bad_request");
            continue;
        }
        assert_eq!(officer.closed().await.0, 4500, "{length} bytes");
    }
    let mut officer = app.officer(&token).await;
    officer.say_raw(super::long_frame(64 * 1024)).await;
    officer.say(json!({"id": 1, "type": "dance"})).await;
    assert_eq!(officer.object().await["id"], 1);
    app.officers_are(1).await;
    app.end().await;
}

#[actix::test]
async fn after_garbage_the_rest_of_its_frame_is_not_heard() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    officer
        .say_raw(Message::text("garbage\ngarbage\n{\"type\":\"dance\"}"))
        .await;
    assert!(matches!(officer.next().await, Came::Close(4500, _)));
    assert_eq!(
        app.metric("websocket_closes_total{code=\"4500\"}").await,
        1.0
    );
    app.end().await;
}

#[actix::test]
async fn no_event_follows_an_unsubscription_and_a_later_one_resumes() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    let joined = officer.join("north", None).await;
    let epoch = joined[0]["epoch"].as_str().unwrap().to_owned();
    app.submit("north", "one").await;
    officer.follow(0, 1).await;
    officer
        .say(json!({"id": 5, "type": "unsubscribe", "region": "north"}))
        .await;
    let answer = officer.object().await;
    assert_eq!(
        answer,
        json!({"type": "unsubscribed", "id": 5, "region": "north", "code": "client"})
    );
    app.submit("north", "two").await;
    app.submit("north", "three").await;
    officer.join("harbour", None).await;
    app.submit("harbour", "the next that comes").await;
    assert_eq!(officer.event().await["region"], "harbour");
    let joined = officer.join("north", Some((&epoch, 1))).await;
    let numbers: Vec<_> = joined
        .iter()
        .filter_map(|object| object["seq"].as_i64())
        .collect();
    assert_eq!(numbers, [2, 3, 3], "two events and live");
    app.end().await;
}
