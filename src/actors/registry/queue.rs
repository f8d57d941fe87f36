//! The outgoing bytes of one socket: a queue bounded in bytes with one reader.
//!
//! A shard puts shared, framed events in, the session its answers, the pump the actor's control
//! frames; the response body takes them out, all that wait in one write. Whoever puts in more than
//! the bound ends the queue: what waits is freed at once and the socket is told to go.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use bytes::{Bytes, BytesMut};

use super::frame;

/// Most bytes that one write takes out of the queue.
const WRITE_MOST: usize = 64 * 1024;

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
    end: Option<End>,
    reader: Option<Waker>,
    /// Those who wait for room. Apart from those who wait for the end: every session has one of
    /// these, and waking it after each write would cost a task's turn a delivery.
    for_room: Vec<Waker>,
    for_end: Vec<Waker>,
}

impl OutQueue {
    /// A queue that holds at most `limit` bytes.
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
        if inner.bytes + frame.len() > self.limit {
            inner.end(End::Overrun);
            let last = frame::close(
                super::CloseCode::Slow.number(),
                "the client reads too slowly",
            );
            inner.bytes = last.len();
            inner.frames = VecDeque::from([last]);
            return false;
        }
        inner.bytes += frame.len();
        inner.oldest_commit = inner.oldest_commit.or(committed_at);
        inner.frames.push_back(frame);
        if let Some(reader) = inner.reader.take() {
            reader.wake();
        }
        true
    }

    /// Ends the queue; what waits is still sent unless the socket is gone.
    pub fn finish(&self, end: End) {
        let mut inner = self.lock();
        if end == End::Gone {
            inner.frames.clear();
            inner.bytes = 0;
        }
        if inner.end.is_none() || end == End::Gone {
            inner.end(end);
        }
    }

    /// Bytes that wait.
    pub fn waiting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The bound.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Waits until at most half the bound is used; `false` when the queue has ended.
    pub async fn room(&self) -> bool {
        poll_fn(|cx| {
            let mut inner = self.lock();
            if inner.end.is_some() {
                return Poll::Ready(false);
            }
            if inner.bytes <= self.limit / 2 {
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
        if inner.frames.is_empty() {
            inner.oldest_commit = None;
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
    for waker in wakers.drain(..) {
        waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(queue: &OutQueue) -> Option<Bytes> {
        poll_fn(|cx| queue.poll_write(cx))
            .await
            .map(|write| write.bytes)
    }

    #[actix::test]
    async fn everything_that_waits_goes_out_in_one_write_in_order() {
        let queue = OutQueue::new(100);
        assert!(queue.push(Bytes::from_static(b"one")) && queue.push(Bytes::from_static(b"two")));
        assert_eq!(next(&queue).await.unwrap(), "onetwo");
        assert_eq!(queue.waiting_bytes(), 0);
    }

    #[actix::test]
    async fn more_than_the_bound_frees_what_waits_and_leaves_a_close_frame() {
        let queue = OutQueue::new(10);
        assert!(queue.push(Bytes::from_static(b"12345678")));
        assert!(!queue.push(Bytes::from_static(b"123")));
        assert_eq!(queue.ended().await, End::Overrun);
        assert_eq!(next(&queue).await.unwrap().first(), Some(&0x88));
        assert_eq!(next(&queue).await, None);
        assert!(!queue.push(Bytes::new()) && !queue.room().await);
    }

    #[actix::test]
    async fn a_finished_queue_still_sends_what_waits() {
        let queue = OutQueue::new(10);
        assert!(queue.push(Bytes::from_static(b"bye")));
        queue.finish(End::Finished);
        assert_eq!(next(&queue).await.unwrap(), "bye");
        assert_eq!(next(&queue).await, None);
    }

    #[actix::test]
    async fn one_who_waits_for_room_goes_on_when_the_reader_has_read() {
        let queue = std::sync::Arc::new(OutQueue::new(10));
        assert!(queue.push(Bytes::from_static(b"12345678")));
        let waiting = actix::spawn({
            let queue = std::sync::Arc::clone(&queue);
            async move { queue.room().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        next(&queue).await.unwrap();
        assert!(waiting.await.unwrap());
    }
}
