//! A session's way into the region: the loop around `Approach`, step by step.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;

use super::super::join::Newcomer;
use super::super::{Apart, Approach, Opening, Reached};
use super::client::Client;
use super::server::{Server, north};
use crate::actors::registry::frame;
use crate::actors::registry::queue::OutQueue;
use crate::domain::event::Event;

/// What a session on its way in does next.
#[derive(Debug, Clone, Copy)]
enum Next {
    AskShard,
    ReadHead(Apart),
    /// Read a page; this head was known before.
    ReadPage(i64),
    Snapshot,
}

/// A session on its way in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    approach: Approach,
    /// How the client is answered, until it is.
    mode: Option<&'static str>,
    /// Whether the number came from the server: then there is no way back to a snapshot.
    is_known_good: bool,
    next: Next,
}

pub(super) fn message(kind: &str, rest: &str) -> Bytes {
    frame::text(&format!(r#"{{"type":"{kind}",{rest}}}"#))
}

fn subscribed(mode: &str, head: i64) -> Bytes {
    message("subscribed", &format!(r#""mode":"{mode}","head":{head}"#))
}

impl Client {
    pub(super) fn subscribe(&mut self, _: &Server) {
        self.connect(match self.last {
            Some(last) => Way {
                approach: Approach::from(last),
                mode: Some("resumed"),
                is_known_good: false,
                next: Next::AskShard,
            },
            None => Way {
                approach: Approach::from(0),
                mode: None,
                is_known_good: true,
                next: Next::Snapshot,
            },
        });
    }

    pub(super) fn subscribe_from_now(&mut self, server: &Server) {
        if self.queue.is_none() {
            self.last = Some(server.committed());
        }
        self.connect(Way {
            approach: Approach::from(server.committed()),
            mode: Some("live"),
            is_known_good: true,
            next: Next::AskShard,
        });
    }

    /// The next step of a session on its way in, once its client has read most of what waits.
    pub(super) fn step(&mut self, server: &mut Server) {
        let (Some(mut way), Some(queue)) = (self.way, self.queue.clone()) else {
            return;
        };
        match queue.room_for(1).now_or_never() {
            Some(true) => {}
            Some(false) => return self.cut(server),
            None => return,
        }
        let goes_on = match way.next {
            Next::AskShard => self.ask_shard(&mut way, &queue, server),
            Next::ReadHead(apart) => read_head(&mut way, apart, server),
            Next::ReadPage(head) => self.read_page(&mut way, head, &queue, server),
            Next::Snapshot => send_snapshot(&mut way, &queue, server),
        };
        self.way = goes_on.then_some(way);
    }

    fn ask_shard(&self, way: &mut Way, queue: &Arc<OutQueue>, server: &mut Server) -> bool {
        let mode = way.mode;
        let announce = Box::new(move |head| Opening {
            before: mode.map(|mode| subscribed(mode, head)),
            after: message("live", &format!(r#""seq":{head}"#)),
        });
        let since = way.approach.seq();
        let newcomer = Newcomer {
            session: self.session,
            queue,
            wanted: &self.wanted,
            since,
            announce,
        };
        way.next = match (server.admit(newcomer), way.is_known_good) {
            (Ok(_admitted), _) => return false,
            (Err(apart), false) => Next::ReadHead(apart),
            (Err(Apart::Behind), true) => Next::ReadPage(since),
            (Err(_ahead), true) => {
                server.head_seen(since);
                Next::AskShard
            }
        };
        true
    }

    /// Reads a page; what is gone means a snapshot.
    fn read_page(&self, way: &mut Way, head: i64, queue: &OutQueue, server: &Server) -> bool {
        let since = way.approach.seq();
        let page = server.page(since);
        way.next =
            match way
                .approach
                .reach(server.floor(), head, page.iter().map(|event| event.seq))
            {
                Reached::Further(last) => {
                    if let Some(mode) = way.mode.take() {
                        queue.push(subscribed(mode, head));
                    }
                    self.send_page(&page, since, last, queue);
                    way.approach.told(last);
                    Next::AskShard
                }
                Reached::Nothing => Next::AskShard,
                Reached::Hole => {
                    assert!(since < server.floor(), "no hole behind {since}: {way:?}");
                    Next::Snapshot
                }
            };
        true
    }

    fn send_page(&self, page: &[Event], since: i64, last: i64, queue: &OutQueue) {
        let skip_to = |seq| self.wanted.form.skipped_to(&north(), seq);
        let mut told = since;
        for event in page.iter().filter(|event| self.wants(event.seq)) {
            if event.seq != told + 1 {
                queue.push(skip_to(event.seq - 1));
            }
            queue.push(frame::text(&event.message(&north())));
            told = event.seq;
        }
        if told < last {
            queue.push(skip_to(last));
        }
    }
}

fn read_head(way: &mut Way, apart: Apart, server: &mut Server) -> bool {
    let head = server.committed();
    if !way.approach.is_within(server.floor(), head) {
        let seq = way.approach.seq();
        assert!(seq < server.floor(), "one history: {way:?}");
        way.next = Next::Snapshot;
        return true;
    }
    way.next = match apart {
        Apart::Behind => Next::ReadPage(head),
        Apart::Ahead | Apart::Forbidden | Apart::Unknown => {
            server.head_seen(head);
            Next::AskShard
        }
    };
    true
}

fn send_snapshot(way: &mut Way, queue: &OutQueue, server: &Server) -> bool {
    let seq = server.committed();
    queue.push(subscribed("snapshot", seq));
    queue.push(message("snapshot", &format!(r#""seq":{seq}"#)));
    *way = Way {
        approach: Approach::from(seq),
        mode: None,
        is_known_good: true,
        next: Next::AskShard,
    };
    true
}
