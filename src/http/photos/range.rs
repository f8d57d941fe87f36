//! Which bytes of a picture are asked for (RFC 9110 § 14).

use std::ops::Range;

/// What is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Everything; also where the header says something else than one range of bytes, which may be passed over.
    All,
    /// These bytes.
    Some(Range<u64>),
    /// Bytes that it does not have.
    None,
}

/// Reads a `Range` header for something of `size` bytes.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let spec = header.and_then(|text| text.trim().strip_prefix("bytes="));
    let Some((first, last)) = spec.and_then(|spec| spec.split_once('-')) else {
        return Wanted::All;
    };
    match (number(first), number(last)) {
        (Ok(Some(first)), Ok(last)) => {
            let end = last.map_or(size, |last| last.saturating_add(1).min(size));
            if last.is_some_and(|last| last < first) {
                Wanted::All
            } else if first >= size {
                Wanted::None
            } else {
                Wanted::Some(first..end)
            }
        }
        // The last so many bytes.
        (Ok(None), Ok(Some(0))) => Wanted::None,
        (Ok(None), Ok(Some(length))) => Wanted::Some(size.saturating_sub(length)..size),
        (Ok(None), Ok(None)) | (Err(()), _) | (_, Err(())) => Wanted::All,
    }
}

fn number(text: &str) -> Result<Option<u64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return Err(());
    }
    // Larger than any size: the end.
    Ok(Some(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_served_and_what_is_none_is_passed_over() {
        for (header, expected) in [
            ("bytes=0-9", Wanted::Some(0..10)),
            ("bytes=90-", Wanted::Some(90..100)),
            ("bytes=90-1000", Wanted::Some(90..100)),
            ("bytes=99-99", Wanted::Some(99..100)),
            ("bytes=-7", Wanted::Some(93..100)),
            ("bytes=-700", Wanted::Some(0..100)),
            ("bytes=100-", Wanted::None),
            ("bytes=-0", Wanted::None),
            ("bytes=99999999999999999999-", Wanted::None),
            ("bytes=9-1", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=a-b", Wanted::All),
            ("bytes=0-1,4-5", Wanted::All),
            ("lines=0-9", Wanted::All),
            ("", Wanted::All),
        ] {
            assert_eq!(wanted(Some(header), 100), expected, "{header}");
        }
        assert_eq!(wanted(None, 100), Wanted::All);
    }
}
