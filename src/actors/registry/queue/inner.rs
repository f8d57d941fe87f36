//! What a queue holds, behind its lock.

use std::collections::VecDeque;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::super::wire::Wire;
use super::super::{CloseCode, Form};
use super::{End, WRITE_MOST};

/// How long more than the bound may wait without a single read.
pub(super) const STALL: Duration = Duration::from_secs(1);
/// How many times the bound may wait, however short: shared events, so mostly pointers.
pub(super) const BURST: usize = 16;

/// How much may wait, and in what form the client is told that it was too much.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) limit: usize,
    pub(super) form: Form,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    pub(super) frames: VecDeque<Bytes>,
    /// Whether the socket has sent the beginning of what is first in the queue: it must send the rest.
    pub(super) is_first_begun: bool,
    pub(super) bytes: usize,
    pub(super) oldest_commit: Option<Instant>,
    /// Since when nothing was taken out of what waits.
    pub(super) unread_since: Option<Instant>,
    pub(super) end: Option<End>,
    pub(super) reader: Option<Waker>,
    /// The socket, from the reader's first read until the end.
    pub(super) wire: Option<Wire>,
    /// Those who wait for room. Apart from those who wait for the end: every session has one of
    /// these, and waking it after each write would cost a task's turn a delivery.
    pub(super) for_room: Vec<Waker>,
    pub(super) for_end: Vec<Waker>,
}

impl Inner {
    pub(super) fn put(
        &mut self,
        frame: Bytes,
        committed_at: Option<Instant>,
        bound: &Bound,
    ) -> bool {
        if self.end.is_some() {
            return false;
        }
        if self.is_overrun_by(frame.len(), bound.limit) {
            self.cut_off(&bound.form);
            return false;
        }
        self.unread_since = self.unread_since.or_else(|| Some(Instant::now()));
        self.bytes += frame.len();
        self.oldest_commit = self.oldest_commit.or(committed_at);
        self.frames.push_back(frame);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        true
    }

    /// Frees what waits, but for what the socket has begun to send, and says why.
    fn cut_off(&mut self, form: &Form) {
        let last = form.close(CloseCode::Slow, "the client reads too slowly");
        self.frames.truncate(usize::from(self.is_first_begun));
        self.frames.shrink_to_fit();
        self.frames.push_back(last);
        self.bytes = self.frames.iter().map(Bytes::len).sum();
        self.end(End::Overrun);
    }

    /// Whether `more` bytes are too much for a client that reads as this one does.
    fn is_overrun_by(&self, more: usize, limit: usize) -> bool {
        let bytes = self.bytes + more;
        let unread = || self.unread_since.map_or(Duration::ZERO, |at| at.elapsed());
        self.bytes > 0 && bytes > limit && (bytes > limit.saturating_mul(BURST) || unread() > STALL)
    }

    pub(super) fn end(&mut self, end: End) {
        self.end = Some(end);
        self.wire = None;
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
        wake(&mut self.for_room);
        wake(&mut self.for_end);
    }

    /// One frame as it is, or several in one piece of at most [`WRITE_MOST`] bytes.
    pub(super) fn take_write(&mut self) -> Bytes {
        self.is_first_begun = false;
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

pub(super) fn wait(wakers: &mut Vec<Waker>, cx: &Context<'_>) {
    if !wakers.iter().any(|waker| waker.will_wake(cx.waker())) {
        // One is the rule; a vector that grows by itself begins with room for four, for every socket.
        wakers.reserve_exact(1);
        wakers.push(cx.waker().clone());
    }
}

pub(super) fn wake(wakers: &mut Vec<Waker>) {
    wakers.drain(..).for_each(Waker::wake);
}
