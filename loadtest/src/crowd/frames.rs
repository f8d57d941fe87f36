//! Frames of a WebSocket, as far as a client of the server needs them.

use crate::Fault;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

/// A whole frame of a server.
pub(super) enum Frame<'a> {
    Text(&'a [u8]),
    /// With its code.
    Close(u16),
    /// A ping, which the server does not need answered.
    Other,
}

/// The first frame in `bytes` and its length, once all of it is there.
pub(super) fn first(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>, Fault> {
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
pub(super) fn masked(payload: &str) -> Result<Vec<u8>, Fault> {
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
pub(super) fn between<'a>(text: &'a [u8], before: &[u8], after: u8) -> Option<&'a [u8]> {
    let from = text
        .windows(before.len())
        .position(|window| window == before)?
        + before.len();
    let rest = text.get(from..)?;
    let end = rest.iter().position(|byte| *byte == after)?;
    rest.get(..end)
}
