//! Frames of a WebSocket, as far as a client of the server needs them.

use crate::Fault;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

/// A whole frame of a server.
pub(crate) enum Frame<'a> {
    Text(&'a [u8]),
    /// With its code.
    Close(u16),
    /// A ping, which the server does not need answered.
    Other,
}

/// The first frame in `bytes` and its length, once all of it is there.
pub(crate) fn first(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>, Fault> {
    let (head, length) = match bytes {
        [_, 126, high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
        [_, 127, length @ ..] => match length.first_chunk::<8>() {
            Some(length) => (10, usize::try_from(u64::from_be_bytes(*length))?),
            None => return Ok(None),
        },
        [_, length @ ..=125, ..] => (2, usize::from(*length)),
        _ => return Ok(None),
    };
    let Some(payload) = bytes.get(head..head + length) else {
        return Ok(None);
    };
    let frame = match (bytes[0], payload) {
        (TEXT, text) => Frame::Text(text),
        (CLOSE, [high, low, ..]) => Frame::Close(u16::from_be_bytes([*high, *low])),
        _ => Frame::Other,
    };
    Ok(Some((frame, head + length)))
}

/// A client's text frame; a mask of zeros leaves the payload as it is.
pub(crate) fn masked(payload: &str) -> Result<Vec<u8>, Fault> {
    let mut frame = match payload.len() {
        short @ ..=125 => vec![TEXT, 0x80 | u8::try_from(short)?],
        long => {
            let [high, low] = u16::try_from(long)?.to_be_bytes();
            vec![TEXT, 0x80 | 126, high, low]
        }
    };
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload.as_bytes());
    Ok(frame)
}

/// The bytes of `text` between `before` and the next `after`.
pub(crate) fn between<'a>(text: &'a [u8], before: &[u8], after: u8) -> Option<&'a [u8]> {
    let from = text
        .windows(before.len())
        .position(|window| window == before)?
        + before.len();
    let rest = text.get(from..)?;
    let end = rest.iter().position(|byte| *byte == after)?;
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first frame's text, and what it took of the bytes.
    fn text(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
        match first(bytes).unwrap()? {
            (Frame::Text(text), length) => Some((text.to_owned(), length)),
            (Frame::Close(code), length) => Some((code.to_string().into(), length)),
            (Frame::Other, length) => Some((Vec::new(), length)),
        }
    }

    #[test]
    fn a_frame_is_taken_when_all_of_it_is_there() {
        assert_eq!(text(b"\x81\x02hi\x81"), Some((b"hi".to_vec(), 4)));
        let long = [b"\x81\x7e\x01\x00".as_slice(), &[b'a'; 256]].concat();
        assert_eq!(text(&long), Some((vec![b'a'; 256], 260)));
        for part in 0..long.len() {
            assert_eq!(text(&long[..part]), None);
        }
        let longest = [b"\x81\x7f\0\0\0\0\0\x01\0\0".as_slice(), &[b'a'; 65_536]].concat();
        assert_eq!(text(&longest), Some((vec![b'a'; 65_536], 65_546)));
        assert_eq!(text(b"\x88\x02\x0f\xa2"), Some((b"4002".to_vec(), 4)));
    }

    #[test]
    fn a_clients_frame_tells_its_length() {
        assert_eq!(masked("hi").unwrap(), b"\x81\x82\0\0\0\0hi");
        assert!(
            masked(&"a".repeat(256))
                .unwrap()
                .starts_with(b"\x81\xfe\x01\x00\0\0\0\0a")
        );
    }

    #[test]
    fn what_lies_between_is_found() {
        let text = br#"{"type":"event","at":"noon","t":1}"#;
        assert_eq!(between(text, br#""at":""#, b'"'), Some(b"noon".as_slice()));
        assert_eq!(between(text, br#""on":""#, b'"'), None);
    }
}
