//! A client's connection, as the HTTP server and a socket's outgoing queue share it.
//!
//! The server reads from it and writes its answers. After an upgrade the queue may write an event
//! past the server, which saves a turn of a task and two copies a socket, but only while the server
//! has no bytes of its own to write: whoever holds unwritten bytes is the one writer. There is one
//! descriptor; it is closed when the server and the queue have both let go.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rustix::net::SendFlags;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use crate::actors::kill_point::kill_point;

/// The connection. Cheap to clone: all clones are one connection.
#[derive(Debug, Clone)]
pub struct Wire(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    stream: TcpStream,
    /// Whether bytes may lie in the server's buffer. Set with each piece that it is given, cleared
    /// when it flushes, which it does after the last byte of its buffer is written.
    is_server_writing: AtomicBool,
}

impl Wire {
    /// A connection whose first writer is the server.
    pub fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Shared {
            stream,
            is_server_writing: AtomicBool::new(true),
        }))
    }

    /// The stream, for its addresses and options.
    pub fn stream(&self) -> &TcpStream {
        &self.0.stream
    }

    /// A handle to cut it by, which does not keep it open.
    pub fn weak(&self) -> WeakWire {
        WeakWire(Arc::downgrade(&self.0))
    }

    /// The server is given bytes: until it has written them, nobody else writes.
    pub(super) fn leave_to_server(&self) {
        self.0.is_server_writing.store(true, Ordering::Release);
    }

    /// The socket, to be written to past the server; none while the server writes.
    pub(super) fn socket(&self) -> Option<BorrowedFd<'_>> {
        let is_free = !self.0.is_server_writing.load(Ordering::Acquire);
        // Past the runtime, too, whose note of the socket's readiness lies in memory that nothing else needs here.
        is_free.then(|| self.stream().as_fd())
    }
}

/// Writes as many bytes as the system takes at once, and says how many. What cannot be written is left to the server:
/// it waits for room, and hears the same error.
pub(super) fn write_now(socket: BorrowedFd<'_>, bytes: &[u8]) -> usize {
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    let written = rustix::net::send(socket, bytes, flags).unwrap_or_default();
    kill_within(written, bytes);
    written
}

/// Where a test may end the process in the midst of a frame: the system took only a part of it.
fn kill_within(written: usize, bytes: &[u8]) {
    if (1..bytes.len()).contains(&written) {
        kill_point("mid_frame");
    }
}

/// A connection that others hold, to be cut if its client does not let it end.
#[derive(Debug, Clone)]
pub struct WeakWire(Weak<Shared>);

impl WeakWire {
    /// Whether somebody holds the connection.
    pub(super) fn is_held(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// Ends the connection now, if it is still there: what the system has buffered for it is dropped,
    /// and whoever waits for it hears that it is gone.
    pub fn cut(&self) {
        let Some(shared) = self.0.upgrade() else {
            return;
        };
        let socket = SockRef::from(&shared.stream);
        let cut = socket.set_linger(Some(Duration::ZERO));
        // Waiting readers and writers let go, and with the last of them the socket is closed.
        if let Err(error) = cut.and_then(|()| socket.shutdown(Shutdown::Both)) {
            slog_scope::debug!("a connection could not be cut: {}", error);
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.stream().poll_read_ready(cx))?;
            if let Some(read) = read_now(self.stream(), buffer) {
                return Poll::Ready(read);
            }
        }
    }
}

/// Reads what is there; `None` when nothing is. What fills only a part of the room was all there was:
/// the stream then counts as read empty, without a system call that would only say so.
fn read_now(stream: &TcpStream, buffer: &mut ReadBuf<'_>) -> Option<io::Result<()>> {
    let room = buffer.remaining();
    let mut some = false;
    let outcome = stream.try_io(Interest::READABLE, || {
        let read = stream.try_read_buf(buffer)?;
        some = true;
        if (1..room).contains(&read) {
            return Err(ErrorKind::WouldBlock.into());
        }
        Ok(())
    });
    match outcome {
        Err(error) if error.kind() == ErrorKind::WouldBlock => some.then_some(Ok(())),
        read => Some(read),
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream().poll_write_ready(cx))?;
            match self.stream().try_write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                written => {
                    kill_within(written.as_ref().map_or(0, |written| *written), bytes);
                    return Poll::Ready(written);
                }
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.is_server_writing.store(false, Ordering::Release);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(self.stream()).shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    async fn pair() -> (Wire, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).await;
        let (stream, _) = listener.accept().await.unwrap();
        (Wire::new(stream), peer.unwrap())
    }

    /// Reads once into room for so many bytes.
    async fn read(wire: &mut Wire, room: usize) -> Vec<u8> {
        let mut bytes = vec![0; room];
        let read = tokio::time::timeout(PATIENCE, wire.read(&mut bytes));
        let read = read.await.expect("what was sent is read").unwrap();
        bytes.truncate(read);
        bytes
    }

    #[tokio::test]
    async fn a_read_that_fills_its_room_leaves_nothing_behind() {
        let (mut wire, mut peer) = pair().await;
        for sent in [&b"abcd"[..], b"abcdefgh", b"abcdef", b"ab"] {
            peer.write_all(sent).await.unwrap();
            wire.stream().readable().await.unwrap();
            let mut got = Vec::new();
            while got.len() < sent.len() {
                got.extend(read(&mut wire, 4).await);
            }
            assert_eq!(got, sent);
        }
        // Read empty, it sleeps until more comes, or the end.
        let waiting = tokio::spawn(async move {
            let more = read(&mut wire, 4).await;
            (more, read(&mut wire, 4).await)
        });
        tokio::task::yield_now().await;
        peer.write_all(b"more").await.unwrap();
        drop(peer);
        assert_eq!(waiting.await.unwrap(), (b"more".to_vec(), Vec::new()));
    }
}
