//! What a proxy listens on and the two halves of a connection, whether TCP or a Unix socket.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::Place;

/// Room in the system for what is not carried yet: little, so that a slow way is felt by who writes.
const BUFFER: usize = 32 * 1024;

/// A half that is read.
pub(super) type Reading = Box<dyn AsyncRead + Send + Unpin>;
/// A half that is written.
pub(super) type Writing = Box<dyn AsyncWrite + Send + Unpin>;

pub(super) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    pub(super) async fn bind(place: &Place) -> io::Result<Self> {
        match place {
            Place::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            Place::Unix(path) => {
                // Left by a listener that was given up.
                std::fs::remove_file(path).ok();
                UnixListener::bind(path).map(Self::Unix)
            }
        }
    }

    /// Where it listens, having been bound to `asked`.
    pub(super) fn place(&self, asked: &Place) -> Place {
        match self {
            Self::Tcp(listener) => Place::Tcp(listener.local_addr().unwrap()),
            Self::Unix(_) => asked.clone(),
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Ends> {
        match self {
            Self::Tcp(listener) => Ends::tcp(listener.accept().await?.0),
            Self::Unix(listener) => Ok(Ends::unix(listener.accept().await?.0)),
        }
    }
}

/// A connection in halves.
pub(super) struct Ends {
    pub(super) reading: Reading,
    pub(super) writing: Writing,
    pub(super) cut: Cut,
}

/// The means to end a connection by a reset. Unix sockets know none.
pub(super) struct Cut(Option<OwnedFd>);

impl Cut {
    /// The connection is reset when its last half is dropped.
    pub(super) fn on_drop(&self) {
        if let Some(socket) = &self.0 {
            // One that is gone already needs no reset.
            SockRef::from(socket).set_linger(Some(Duration::ZERO)).ok();
        }
    }
}

impl Ends {
    pub(super) async fn connect(place: &Place) -> io::Result<Self> {
        match place {
            Place::Tcp(address) => Self::tcp(TcpStream::connect(address).await?),
            Place::Unix(path) => Ok(Self::unix(UnixStream::connect(path).await?)),
        }
    }

    fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let socket = SockRef::from(&stream);
        socket.set_recv_buffer_size(BUFFER)?;
        socket.set_send_buffer_size(BUFFER)?;
        let cut = Cut(Some(stream.as_fd().try_clone_to_owned()?));
        Ok(Self::of(stream, cut))
    }

    fn unix(stream: UnixStream) -> Self {
        Self::of(stream, Cut(None))
    }

    /// Not by `into_split`, whose writing half says an end when it is dropped, before any reset.
    fn of(stream: impl AsyncRead + AsyncWrite + Send + 'static, cut: Cut) -> Self {
        let (reading, writing) = tokio::io::split(stream);
        Self {
            reading: Box::new(reading),
            writing: Box::new(writing),
            cut,
        }
    }
}
