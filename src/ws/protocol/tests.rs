//! What is read of clients, and what the server says, to the letter.

use super::*;

#[test]
fn messages_of_the_documentation_are_read() {
    let text =
        r#"{"id":2,"type":"subscribe","region":"north","since":{"epoch":"7c1e","seq":4711}}"#;
    match read(text) {
        Read::Message(ClientMessage::Subscribe(asked)) => {
            let region = asked.region.as_str();
            assert_eq!((asked.id, region, asked.snapshot), (Some(2), "north", true));
            assert!(asked.filter.is_none());
            assert!(!asked.presence, "told to those who ask");
            assert_eq!(
                asked.since,
                Some(Position {
                    epoch: "7c1e".into(),
                    seq: 4711
                })
            );
        }
        other @ (Read::Message(_) | Read::Unknown { .. } | Read::Garbage) => {
            panic!("{other:?}")
        }
    }
    let pong = r#"{"type":"pong","t":17,"seen":{"north":4719}}"#;
    assert!(
        matches!(read(pong), Read::Message(ClientMessage::Pong { seen }) if seen["north"] == 4719)
    );
}

#[test]
fn what_is_no_message_keeps_its_id_and_what_is_no_object_is_garbage() {
    assert!(matches!(
        read(r#"{"id":9,"type":"dance"}"#),
        Read::Unknown { id: Some(9), .. }
    ));
    assert!(matches!(
        read(r#"{"type":"subscribe"}"#),
        Read::Unknown { id: None, .. }
    ));
    for garbage in ["", "[]", "1", "{", "\u{0}"] {
        assert!(matches!(read(garbage), Read::Garbage), "{garbage:?}");
    }
}

#[test]
fn an_error_says_whether_to_try_again() {
    let text = ServerMessage::error(Some(5), ErrorCode::Overloaded, "later").encode();
    assert_eq!(
        text,
        r#"{"type":"error","id":5,"code":"overloaded","message":"later","retryable":true}"#
    );
}
