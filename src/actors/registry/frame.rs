//! WebSocket frames as the server sends them (RFC 6455 § 5.2: unmasked), framed once and shared.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};

/// FIN and opcode of a text frame.
const TEXT: u8 = 0x81;
/// FIN and opcode of a close frame.
const CLOSE: u8 = 0x88;
/// FIN and opcode of a pong.
const PONG: u8 = 0x8a;
/// A whole protocol ping without payload.
pub const PING: Bytes = Bytes::from_static(&[0x89, 0x00]);

/// A text frame.
pub fn text(message: &str) -> Bytes {
    frame(TEXT, message.as_bytes())
}

/// The answer to a protocol ping, with its payload of at most 125 bytes.
pub fn pong(payload: &[u8]) -> Bytes {
    frame(PONG, payload)
}

/// The message of a whole text frame of ours.
pub(super) fn payload(frame: &[u8]) -> &[u8] {
    let head = match frame.get(1) {
        Some(126) => 4,
        Some(127) => 10,
        Some(_) | None => 2,
    };
    frame.get(head..).unwrap_or_default()
}

/// A time as messages tell it.
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A close frame. The reason is cut to the 123 bytes that a control frame can hold.
pub fn close(code: u16, reason: &str) -> Bytes {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(reason.as_bytes().get(..end).unwrap_or_default());
    frame(CLOSE, &payload)
}

fn frame(head: u8, payload: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(payload.len() + 10);
    bytes.put_u8(head);
    let length = payload.len();
    if let Ok(short) = u8::try_from(length)
        && short < 126
    {
        bytes.put_u8(short);
    } else if let Ok(medium) = u16::try_from(length) {
        bytes.put_u8(126);
        bytes.put_u16(medium);
    } else {
        bytes.put_u8(127);
        bytes.put_u64(length as u64);
    }
    bytes.put_slice(payload);
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_codec::Decoder;
    use actix_http::ws::{Codec, Frame};

    #[test]
    fn a_client_reads_back_what_was_framed() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let message = "x".repeat(length);
            let mut bytes = BytesMut::from(&text(&message)[..]);
            let frame = Codec::new()
                .max_size(1 << 20)
                .client_mode()
                .decode(&mut bytes)
                .unwrap();
            assert_eq!(frame, Some(Frame::Text(message.into())));
            assert!(bytes.is_empty());
        }
    }

    #[test]
    fn a_pong_says_what_the_ping_said() {
        let payload = Bytes::from(vec![b'x'; 125]);
        let mut bytes = BytesMut::from(&pong(&payload)[..]);
        let frame = Codec::new().client_mode().decode(&mut bytes).unwrap();
        assert_eq!(frame, Some(Frame::Pong(payload)));
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let mut bytes = BytesMut::from(&close(4000, &"é".repeat(100))[..]);
        match Codec::new().client_mode().decode(&mut bytes).unwrap() {
            Some(Frame::Close(Some(reason))) => {
                assert_eq!(u16::from(reason.code), 4000);
                assert_eq!(reason.description.unwrap().chars().count(), 61);
            }
            other => panic!("{other:?}"),
        }
    }
}
