//! The outgoing bytes of one socket: a queue bounded in bytes with one reader.
//!
//! A shard puts shared, framed events in, the session its answers, the pump the actor's control
//! frames; the response body takes them out, all that wait in one write. A client that leaves more
//! than the bound unread for `STALL`, or `BURST` times the bound at once, is cut off: what waits
//! is freed and the socket is told to go. The time between is for clients that do read: one commit
//! may publish more than the bound before their sockets get a turn, and all of them would be cut off.
//! An empty queue takes a frame of any size, so that no single message is undeliverable.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::frame;

/// Most bytes that one write takes out of the queue.
const WRITE_MOST: usize = 64 * 1024;

/// How long more than the bound may wait without a single read.
const STALL: Duration = Duration::from_secs(1);
/// How many times the bound may wait, however short: shared events, so mostly pointers.
const BURST: usize = 16;

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
    limit: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    frames: VecDeque<Bytes>,
    bytes: usize,
    oldest_commit: Option<Instant>,
    /// Since when nothing was taken out of what waits.
    unread_since: Option<Instant>,
    end: Option<End>,
    reader: Option<Waker>,
    /// Those who wait for room. Apart from those who wait for the end: every session has one of
    /// these, and waking it after each write would cost a task's turn a delivery.
    for_room: Vec<Waker>,
    for_end: Vec<Waker>,
}

impl OutQueue {
    /// A queue that holds about `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            inner: Mutex::default(),
        }
    }

    /// Puts a whole frame in; `false` when the queue has ended or this ends it by overrun.
    pub fn push(&self, frame: Bytes) -> bool {
        self.put(frame, None)
    }

    /// Puts the frame of an event in, with the time of its commit; as [`OutQueue::push`].
    pub fn push_event(&self, frame: Bytes, committed_at: Instant) -> bool {
        self.put(frame, Some(committed_at))
    }

    fn put(&self, frame: Bytes, committed_at: Option<Instant>) -> bool {
        let mut inner = self.lock();
        if inner.end.is_some() {
            return false;
        }
        if inner.is_overrun_by(frame.len(), self.limit) {
            inner.end(End::Overrun);
            let last = frame::close(
                super::CloseCode::Slow.number(),
                "the client reads too slowly",
            );
            inner.bytes = last.len();
            inner.frames = VecDeque::from([last]);
            return false;
        }
        inner.unread_since = inner.unread_since.or_else(|| Some(Instant::now()));
        inner.bytes += frame.len();
        inner.oldest_commit = inner.oldest_commit.or(committed_at);
        inner.frames.push_back(frame);
        if let Some(reader) = inner.reader.take() {
            reader.wake();
        }
        true
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

    /// The bound.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Waits until `bytes` more leave half the bound free, or nothing waits; `false` when the queue has ended.
    pub async fn room_for(&self, bytes: usize) -> bool {
        poll_fn(|cx| {
            let mut inner = self.lock();
            if inner.end.is_some() {
                return Poll::Ready(false);
            }
            if inner.bytes == 0 || inner.bytes + bytes <= self.limit / 2 {
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
        let oldest_commit = inner.oldest_commit;
        inner.unread_since = Some(Instant::now());
        if inner.frames.is_empty() {
            (inner.oldest_commit, inner.unread_since) = (None, None);
        }
        if inner.bytes <= self.limit / 2 {
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

impl Inner {
    /// Whether `more` bytes are too much for a client that reads as this one does.
    fn is_overrun_by(&self, more: usize, limit: usize) -> bool {
        let bytes = self.bytes + more;
        let unread = || self.unread_since.map_or(Duration::ZERO, |at| at.elapsed());
        self.bytes > 0 && bytes > limit && (bytes > limit.saturating_mul(BURST) || unread() > STALL)
    }

    fn end(&mut self, end: End) {
        self.end = Some(end);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        wake(&mut self.for_room);
        wake(&mut self.for_end);
    }

    /// One frame as it is, or several in one piece of at most [`WRITE_MOST`] bytes.
    fn take_write(&mut self) -> Bytes {
        let first = self.frames.pop_front().unwrap_or_default();
        let next = self.frames.front().map_or(usize::MAX, Bytes::len);
        if first.len().saturating_add(next) > WRITE_MOST {
            self.bytes -= first.len();
            return first;
        }
        let mut write = BytesMut::with_capacity(self.bytes.min(WRITE_MOST));
        write.extend_from_slice(&first);
        while self
            .frames
            .front()
            .is_some_and(|frame| write.len() + frame.len() <= WRITE_MOST)
        {
            write.extend_from_slice(&self.frames.pop_front().unwrap_or_default());
        }
        self.bytes -= write.len();
        write.freeze()
    }
}

fn wait(wakers: &mut Vec<Waker>, cx: &Context<'_>) {
    if !wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
        wakers.push(cx.waker().clone());
    }
}

fn wake(wakers: &mut Vec<Waker>) {
    wakers.drain(..).for_each(Waker::wake);
}

#[cfg(test)]
mod tests;
