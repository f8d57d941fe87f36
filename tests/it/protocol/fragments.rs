//! Messages that come in several frames, as any client and any proxy may cut them.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::stranger;
use crate::support::TestApp;

/// The limit of a message in bytes, as docs/PROTOCOL.md states it.
const LONGEST: usize = 64 * 1024;

fn fragment(bytes: &[u8], kind: Data, is_last: bool) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(kind), is_last))
}

#[actix::test]
async fn a_message_in_several_frames_is_heard_as_one_with_pings_between_them() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    let text = json!({"id": 1, "type": "dance", "note": "Grüße"}).to_string();
    // In the middle of the two bytes of `ü`.
    let (head, tail) = text.as_bytes().split_at(text.find('ü').unwrap() + 1);
    officer.say_raw(fragment(head, Data::Text, false)).await;
    officer.say_raw(Message::Ping("between".into())).await;
    officer.say_raw(fragment(b"", Data::Continue, false)).await;
    officer.say_raw(fragment(tail, Data::Continue, true)).await;
    let answer = officer.object().await;
    assert_eq!(
        (&answer["id"], &answer["code"]),
        (&json!(1), &json!("bad_request"))
    );
    assert_eq!(officer.join("north", None).await[0]["type"], "subscribed");
    app.end().await;
}

#[actix::test]
async fn frames_that_make_no_message_end_the_session_with_4500() {
    let app = TestApp::spawn().await;
    let half = vec![b' '; LONGEST / 2];
    let wrong = [
        vec![fragment(&[0], Data::Binary, false)],
        vec![fragment(b"{}", Data::Continue, true)],
        vec![
            fragment(b"{", Data::Text, false),
            fragment(b"\xed\xa0\x80", Data::Continue, true),
        ],
        vec![
            fragment(&half, Data::Text, false),
            fragment(&half, Data::Continue, false),
            fragment(b" ", Data::Continue, false),
        ],
    ];
    let olga = app.olga().await;
    for frames in wrong {
        let mut officer = app.officer(&olga).await;
        for frame in frames {
            officer.say_raw(frame).await;
        }
        assert_eq!(officer.closed().await.0, 4500);
    }
    app.end().await;
}

#[actix::test]
async fn frames_before_connect_count_together() {
    let app = TestApp::with(&["--unauthenticated-bytes", "100"]).await;
    let mut officer = stranger(&app).await;
    let half = [b' '; 51];
    officer.say_raw(fragment(&half, Data::Text, false)).await;
    officer
        .say_raw(fragment(&half, Data::Continue, false))
        .await;
    let (code, reason) = officer.closed().await;
    assert_eq!(
        (code, reason.as_str()),
        (4500, "too much came before connect")
    );
    app.end().await;
}
