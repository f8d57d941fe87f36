//! A queue while events go past it, straight to its socket.

use std::os::fd::BorrowedFd;
use std::sync::MutexGuard;

use super::super::wave::Wave;
use super::inner::{Bound, Inner};

/// A queue that nobody else puts anything into or takes anything out of meanwhile: one writer for its socket.
#[derive(Debug)]
pub struct Held<'a> {
    pub(super) inner: MutexGuard<'a, Inner>,
    pub(super) bound: &'a Bound,
}

impl Held<'_> {
    /// Whether anything can be put in.
    pub fn is_open(&self) -> bool {
        self.inner.end.is_none()
    }

    /// The socket, when nothing waits before a wave, neither here nor with the server.
    pub fn socket(&self) -> Option<BorrowedFd<'_>> {
        let wire = self.inner.wire.as_ref();
        wire.filter(|_| self.inner.frames.is_empty())?.socket()
    }

    /// Puts in what the socket did not take of a wave, which may end the queue by overrun.
    pub fn keep_rest(&mut self, wave: &Wave, written: usize) {
        if written < wave.bytes.len() {
            let rest = wave.bytes.slice(written..);
            self.inner.is_first_begun |= written > 0;
            self.inner.put(rest, Some(wave.oldest_commit), self.bound);
        }
    }
}
