//! A client of the model.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use serde_json::Value;
use uuid::Uuid;

use super::super::group::Wanted;
use super::server::{Server, suits};
use super::way::{Way, message};
use crate::actors::registry::Form;
use crate::actors::registry::queue::OutQueue;
use crate::domain::complaint::Severity;
use crate::domain::event::Filter;

/// The bound of a queue, in bytes: half of it is about seven events.
const QUEUE_BYTES: usize = 900;

#[derive(Debug)]
pub(super) struct Client {
    pub(super) session: Uuid,
    pub(super) wanted: Wanted,
    pub(super) queue: Option<Arc<OutQueue>>,
    pub(super) way: Option<Way>,
    /// The last number that it was told.
    pub(super) last: Option<i64>,
    is_answered: bool,
    is_live: bool,
}

impl Client {
    pub(super) fn new(number: usize, has_filter: bool) -> Self {
        let filter = has_filter.then(|| Filter {
            min_severity: Some(Severity::High),
            ..Filter::default()
        });
        Self {
            session: Uuid::from_u128(number as u128),
            wanted: Wanted {
                filter: filter.map(Arc::new),
                form: Form::WebSocket,
            },
            queue: None,
            way: None,
            last: None,
            is_answered: false,
            is_live: false,
        }
    }

    pub(super) fn wants(&self, seq: i64) -> bool {
        self.wanted.filter.is_none() || suits(seq)
    }

    pub(super) fn connect(&mut self, way: Way) {
        if self.queue.is_some() {
            return;
        }
        self.queue = Some(Arc::new(OutQueue::new(QUEUE_BYTES, Form::WebSocket)));
        self.way = Some(way);
    }

    pub(super) fn cut(&mut self, server: &mut Server) {
        server.unwatch(self.session, &self.wanted);
        (self.queue, self.way) = (None, None);
        (self.is_answered, self.is_live) = (false, false);
    }

    /// The shard ends those who watch: what they were to get next is gone.
    pub(super) fn ends_if_it_watches(&mut self, server: &mut Server) {
        if self.way.is_none() {
            self.cut(server);
        }
    }

    /// Reads all that waits.
    pub(super) fn read(&mut self, server: &mut Server) {
        let Some(queue) = self.queue.clone() else {
            return;
        };
        let mut cx = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(write)) = queue.poll_write(&mut cx) {
            let mut bytes = &write.bytes[..];
            while !bytes.is_empty() {
                let (text, rest) = split(bytes);
                bytes = rest;
                self.hear(&serde_json::from_slice(text).unwrap(), server);
            }
        }
        if queue.has_ended() {
            self.cut(server);
        }
    }

    /// The client's rule of `docs/PROTOCOL.md`, as strict as the server promises.
    fn hear(&mut self, message: &Value, server: &Server) {
        let seq = message["seq"].as_i64().unwrap_or_default();
        let last = self.last.unwrap_or_default();
        assert!(seq <= server.committed(), "not committed: {message}");
        match message["type"].as_str().unwrap() {
            "subscribed" => self.is_answered = true,
            "snapshot" => self.last = Some(seq),
            "event" => {
                assert!(self.is_answered, "before its answer: {message}");
                assert_eq!(seq, last + 1, "behind {last}: {message}");
                assert!(self.wants(seq), "not asked for: {message}");
                self.last = Some(seq);
            }
            "skipped_to" => {
                assert!(last < seq, "nothing is skipped behind {last}: {message}");
                let lost = (last + 1..=seq).find(|&seq| self.wants(seq));
                assert_eq!(lost, None, "skipped behind {last}: {message}");
                self.last = Some(seq);
            }
            "live" => {
                assert_eq!(seq, last, "the replay comes before live");
                assert!(!self.is_live, "live twice");
                self.is_live = true;
            }
            "ping" => assert!(seq <= last, "a ping ahead of {last}: {message}"),
            other => panic!("what is {other}?"),
        }
    }

    /// The shard says how far the region is, to those who watch.
    pub(super) fn is_pinged(&self, server: &Server) {
        if let (Some(queue), None) = (&self.queue, &self.way) {
            let head = server.told(&self.wanted);
            queue.push(message("ping", &format!(r#""seq":{head}"#)));
        }
    }

    /// Whether it is live and has heard of the last event.
    pub(super) fn has_arrived(&self, head: i64) -> bool {
        self.is_live && self.last == Some(head)
    }
}

/// The text of the first frame, and what comes behind it.
fn split(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (head, length) = match bytes[1] {
        126 => (4, usize::from(u16::from_be_bytes([bytes[2], bytes[3]]))),
        short => (2, usize::from(short)),
    };
    assert_eq!(bytes[0], 0x81, "a whole text frame");
    bytes[head..].split_at(length)
}
