//! The id of a request: its client's, if that is a plain word, else one of ours.

use actix_web::http::header::{HeaderMap, HeaderName};
use uuid::Uuid;

/// The header with a request's id, both ways.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// W3C Trace Context: its trace id serves as request id.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Most characters of an id.
const LONGEST: usize = 64;

/// `X-Request-Id`, else the trace id of `traceparent`, else a new one.
pub(super) fn of(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name)?.to_str().ok();
    let given = text(REQUEST_ID).filter(|id| is_plain(id));
    given
        .or_else(|| text(TRACEPARENT).and_then(trace_id))
        .map_or_else(|| Uuid::now_v7().simple().to_string(), str::to_owned)
}

fn is_plain(word: &str) -> bool {
    (1..=LONGEST).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The trace id of `00-<32 hex>-<16 hex>-<2 hex>` (W3C Trace Context § 3.2). Later versions may say more behind it.
fn trace_id(parent: &str) -> Option<&str> {
    let mut parts = parent.trim().split('-');
    let (version, trace) = (parts.next()?, parts.next()?);
    let (span, flags) = (parts.next()?, parts.next()?);
    let is_whole = version != "00" || parts.next().is_none();
    let is_good = is_hex(version, 2)
        && version != "ff"
        && is_id(trace, 32)
        && is_id(span, 16)
        && is_hex(flags, 2)
        && is_whole;
    is_good.then_some(trace)
}

fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == length && text.bytes().all(is_digit)
}

/// Nothing but zeros names nothing.
fn is_id(text: &str, length: usize) -> bool {
    is_hex(text, length) && text.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_taken_from_a_good_traceparent_alone() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let zeros = "0".repeat(32);
        for (parent, is_good) in [
            (format!("00-{trace}-00f067aa0ba902b7-01"), true),
            (format!("cc-{trace}-00f067aa0ba902b7-01-what"), true),
            (format!("00-{trace}-00f067aa0ba902b7-01-what"), false),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), false),
            (format!("00-{zeros}-00f067aa0ba902b7-01"), false),
            (format!("00-{trace}-0000000000000000-01"), false),
            (
                format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
                false,
            ),
            (format!("00-{trace}"), false),
            (trace.to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(trace_id(&parent), is_good.then_some(trace), "{parent}");
        }
    }
}
