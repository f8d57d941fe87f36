//! A text that comes in several frames (RFC 6455, section 5.4), kept until its last one.
//!
//! Bounded: in many frames a text may be as long as in one. The codec has checked the frames' order.

use thiserror::Error;

use super::super::protocol::FRAME_LIMIT;

/// What has come of a text.
#[derive(Default)]
pub(super) struct Fragments(Vec<u8>);

/// Why a text in several frames is not taken.
#[derive(Debug, PartialEq, Eq, Error)]
pub(super) enum FragmentError {
    /// Its frames are too long together.
    #[error("a message is longer than {FRAME_LIMIT} bytes")]
    TooLong,
    /// It is not UTF-8.
    #[error("a text is not UTF-8: {0}")]
    NotText(#[from] std::str::Utf8Error),
}

impl Fragments {
    /// Takes the next frame; gives the whole text with its last one.
    ///
    /// # Errors
    /// [`FragmentError`]. What has come is forgotten then.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
        is_last: bool,
    ) -> Result<Option<String>, FragmentError> {
        if self.0.len().saturating_add(bytes.len()) > FRAME_LIMIT {
            self.0 = Vec::new();
            return Err(FragmentError::TooLong);
        }
        self.0.extend_from_slice(bytes);
        if !is_last {
            return Ok(None);
        }
        let whole = std::mem::take(&mut self.0);
        Ok(Some(std::str::from_utf8(&whole)?.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(frames: &[&[u8]]) -> Result<Option<String>, FragmentError> {
        let mut fragments = Fragments::default();
        let (last, first) = frames.split_last().unwrap();
        for frame in first {
            assert_eq!(fragments.take(frame, false)?, None);
        }
        fragments.take(last, true)
    }

    #[test]
    fn a_text_is_whole_with_its_last_frame_wherever_it_was_cut() {
        let text = "{\"type\":\"pong\",\"note\":\"Grüße 🕳\"}".as_bytes();
        for cut in 0..=text.len() {
            let (head, tail) = text.split_at(cut);
            let whole = taken(&[head, b"", tail]).unwrap().unwrap();
            assert_eq!(whole.as_bytes(), text);
        }
    }

    #[test]
    fn nothing_of_a_text_is_left_for_the_next() {
        let mut fragments = Fragments::default();
        fragments.take(b"one", false).unwrap();
        assert_eq!(fragments.take(b"", true).unwrap().unwrap(), "one");
        assert_eq!(fragments.take(b"two", true).unwrap().unwrap(), "two");
        fragments.take(&[b'x'; FRAME_LIMIT], false).unwrap();
        assert_eq!(fragments.take(b"x", false), Err(FragmentError::TooLong));
        assert_eq!(fragments.take(b"two", true).unwrap().unwrap(), "two");
    }

    #[test]
    fn many_frames_hold_as_much_as_one_and_no_more() {
        let half = vec![b'x'; FRAME_LIMIT / 2];
        assert!(taken(&[&half, &half]).is_ok());
        assert_eq!(taken(&[&half, b"x", &half]), Err(FragmentError::TooLong));
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        let refused = taken(&[b"\xce\xba\xed", b"\xa0\x80"]);
        assert!(matches!(refused, Err(FragmentError::NotText(_))));
    }
}
