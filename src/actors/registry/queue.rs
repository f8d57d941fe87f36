//! The outgoing bytes of one socket: a queue bounded in bytes with one reader.
//!
//! A shard puts shared, framed events in, the session its answers, the pump the actor's control
//! frames; the response body takes them out, all that wait in one write. While nothing waits, neither
//! here nor in the HTTP server's buffer, a wave of events goes straight to the socket; what the socket
//! does not take at once waits here like all else. Bytes leave in the order in which they were put in.
//!
//! A client that leaves more than the bound unread for `STALL`, or `BURST` times the bound at once, is
//! cut off: what waits is freed and the socket is told to go. The time between is for clients that do
//! read: one commit may publish more than the bound before their sockets get a turn, and all of them
//! would be cut off. An empty queue takes a frame of any size: no single message is undeliverable.

mod held;
mod inner;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;

use super::Form;
use super::wire::{WeakWire, Wire};
pub use held::Held;
use inner::{Bound, Inner, wait, wake};

/// Most bytes that one write takes out of the queue.
pub(super) const WRITE_MOST: usize = 64 * 1024;

/// How a queue ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing more will be put in; what waits is still sent.
    Finished,
    /// More waited than the bound allows: the client does not read.
    Overrun,
    /// The socket is gone.
    Gone,
}

/// Bytes taken out for one write.
#[derive(Debug)]
pub struct Write {
    /// One or more whole frames.
    pub bytes: Bytes,
    /// When the oldest event among them was committed.
    pub oldest_commit: Option<Instant>,
}

/// The queue. Shared by shard, session, pump and response body.
#[derive(Debug)]
pub struct OutQueue {
    bound: Bound,
    /// The socket that waves may go to, to be looked at without the lock.
    socket: OnceLock<WeakWire>,
    inner: Mutex<Inner>,
}

impl OutQueue {
    /// A queue that holds about `limit` bytes of messages in this form.
    pub fn new(limit: usize, form: Form) -> Self {
        Self {
            bound: Bound { limit, form },
            socket: OnceLock::new(),
            inner: Mutex::default(),
        }
    }

    /// Puts a whole frame in; `false` when the queue has ended or this ends it by overrun.
    pub fn push(&self, frame: Bytes) -> bool {
        self.lock().put(frame, None, &self.bound)
    }

    /// The queue for a wave alone.
    pub fn hold(&self) -> Held<'_> {
        Held {
            inner: self.lock(),
            bound: &self.bound,
        }
    }

    /// Lets waves go straight to the socket. For the reader's first read: from then on all bytes
    /// of the HTTP server's answer came before what is read here.
    pub fn attach(&self, wire: Wire) {
        let mut inner = self.lock();
        if inner.end.is_none() {
            wire.leave_to_server();
            self.socket.get_or_init(|| wire.weak());
            inner.wire = Some(wire);
        }
    }

    /// Looks at what a wave will need of this queue and its socket, so that the processor has it at hand then.
    /// Takes no lock: looks at several queues may overlap, which lets their memory arrive at the same time.
    pub fn glance(&self) {
        let is_held = self.socket.get().is_some_and(WeakWire::is_held);
        std::hint::black_box((self.inner.is_poisoned(), is_held));
    }

    /// Puts the last frame in, beyond the bound if need be, and ends the queue; `false` when it had ended.
    pub fn finish_with(&self, frame: Bytes) -> bool {
        let mut inner = self.lock();
        if inner.end.is_some() {
            return false;
        }
        inner.bytes += frame.len();
        inner.frames.push_back(frame);
        inner.end(End::Finished);
        true
    }

    /// Ends the queue; what waits is still sent unless the socket is gone.
    pub fn finish(&self, end: End) {
        let mut inner = self.lock();
        if end == End::Gone {
            inner.frames.clear();
            inner.bytes = 0;
            inner.wire = None;
        }
        // The first end counts: a socket goes also after it was cut off.
        if inner.end.is_none() {
            inner.end(end);
        }
    }

    /// Whether nothing more can be put in.
    pub fn has_ended(&self) -> bool {
        self.lock().end.is_some()
    }

    /// Bytes that wait.
    pub fn waiting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The form of its messages.
    pub fn form(&self) -> &Form {
        &self.bound.form
    }

    /// The bound.
    pub fn limit(&self) -> usize {
        self.bound.limit
    }

    /// Waits until `bytes` more leave half the bound free, or nothing waits; `false` when the queue has ended.
    pub async fn room_for(&self, bytes: usize) -> bool {
        poll_fn(|cx| {
            let mut inner = self.lock();
            if inner.end.is_some() {
                return Poll::Ready(false);
            }
            if inner.bytes == 0 || inner.bytes + bytes <= self.bound.limit / 2 {
                return Poll::Ready(true);
            }
            wait(&mut inner.for_room, cx);
            Poll::Pending
        })
        .await
    }

    /// Waits until the queue has ended, and says how.
    pub async fn ended(&self) -> End {
        poll_fn(|cx| {
            let mut inner = self.lock();
            if let Some(end) = inner.end {
                return Poll::Ready(end);
            }
            wait(&mut inner.for_end, cx);
            Poll::Pending
        })
        .await
    }

    /// Takes out what waits, for one write; `None` when the queue has ended and is empty.
    pub fn poll_write(&self, cx: &mut Context<'_>) -> Poll<Option<Write>> {
        let mut inner = self.lock();
        if inner.frames.is_empty() {
            if inner.end.is_some() {
                return Poll::Ready(None);
            }
            inner.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let bytes = inner.take_write();
        if let Some(wire) = &inner.wire {
            wire.leave_to_server();
        }
        let oldest_commit = inner.oldest_commit;
        inner.unread_since = Some(Instant::now());
        if inner.frames.is_empty() {
            (inner.oldest_commit, inner.unread_since) = (None, None);
            // Most sockets never need it again: their events go past it.
            inner.frames = VecDeque::new();
        }
        if inner.bytes <= self.bound.limit / 2 {
            wake(&mut inner.for_room);
        }
        Poll::Ready(Some(Write {
            bytes,
            oldest_commit,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }
}

#[cfg(test)]
mod tests;
