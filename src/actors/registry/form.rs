//! In what form a client gets its messages: as frames of a WebSocket, or as an event stream (SSE) over
//! plain HTTP. The JSON in both is the same.

use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;

use super::{CloseCode, Farewell, PublishedEvent, frame};
use crate::domain::region::RegionId;

/// A comment of an event stream: life without news.
const HEARTBEAT: &[u8] = b": ping\n\n";

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Form {
    /// Text frames of `redress.v1`.
    WebSocket,
    /// An event stream; its ids name this history of the database.
    EventStream(Arc<str>),
}

/// The last message of an event stream, which has no close frame.
#[derive(Serialize)]
struct Close<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    code: u16,
    reason: &'a str,
}

impl Form {
    /// The word used in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::EventStream(_) => "event_stream",
        }
    }

    /// A message of this type; `seq`: its client needs nothing up to this number any more.
    pub fn message(&self, kind: &str, seq: Option<i64>, json: &str) -> Bytes {
        match self {
            Self::WebSocket => frame::text(json),
            Self::EventStream(epoch) => {
                let id = seq.map_or_else(String::new, |seq| format!("id: {epoch}:{seq}\n"));
                block(&id, kind, json.as_bytes())
            }
        }
    }

    /// An event as it was published.
    pub(super) fn event(&self, event: &PublishedEvent) -> Bytes {
        match self {
            Self::WebSocket => event.frame.clone(),
            Self::EventStream(epoch) => {
                let id = format!("id: {epoch}:{}\n", event.seq);
                block(&id, "event", frame::payload(&event.frame))
            }
        }
    }

    /// `reconnect` of `redress.v1`, before all sessions end.
    pub fn reconnect(&self, after: Duration, why: Farewell) -> Bytes {
        let after_ms = frame::milliseconds(after);
        let reason = why.as_str();
        let json = format!(r#"{{"type":"reconnect","after_ms":{after_ms},"reason":"{reason}"}}"#);
        self.message("reconnect", None, &json)
    }

    /// `skipped_to` of `redress.v1`: up to this number there is nothing more that suits the filter.
    pub fn skipped_to(&self, region: &RegionId, seq: i64) -> Bytes {
        let json = format!(r#"{{"type":"skipped_to","region":"{region}","seq":{seq}}}"#);
        self.message("skipped_to", Some(seq), &json)
    }

    /// What keeps a connection alive beside messages.
    pub const fn heartbeat(&self) -> Bytes {
        match self {
            Self::WebSocket => frame::PING,
            Self::EventStream(_) => Bytes::from_static(HEARTBEAT),
        }
    }

    /// The last that a client gets.
    pub fn close(&self, code: CloseCode, reason: &str) -> Bytes {
        let code = code.number();
        match self {
            Self::WebSocket => frame::close(code, reason),
            Self::EventStream(_) => {
                let kind = "close";
                let close = Close { kind, code, reason };
                let json = serde_json::to_vec(&close).unwrap_or_default();
                block("", kind, &json)
            }
        }
    }
}

/// A block of an event stream. JSON of ours has no line breaks.
fn block(id: &str, kind: &str, json: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(id.len() + kind.len() + json.len() + 20);
    for part in [
        id.as_bytes(),
        b"event: ",
        kind.as_bytes(),
        b"\ndata: ",
        json,
    ] {
        bytes.put_slice(part);
    }
    bytes.put_slice(b"\n\n");
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn the_json_of_both_forms_is_the_same() {
        for length in [10, 200, 70_000] {
            let json = format!("{{\"x\":\"{}\"}}", "x".repeat(length));
            let event = PublishedEvent {
                seq: 7,
                frame: frame::text(&json),
                sides: None,
                committed_at: Instant::now(),
            };
            let stream = Form::EventStream("e1".into());
            let expected = format!("id: e1:7\nevent: event\ndata: {json}\n\n");
            assert_eq!(stream.event(&event), expected);
            assert_eq!(stream.message("event", Some(7), &json), expected);
            assert_eq!(Form::WebSocket.event(&event), event.frame);
        }
        let stream = Form::EventStream("e1".into());
        let last = stream.close(CloseCode::Slow, "slow");
        let expected =
            "event: close\ndata: {\"type\":\"close\",\"code\":4002,\"reason\":\"slow\"}\n\n";
        assert_eq!(last, expected);
    }
}
