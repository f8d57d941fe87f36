//! Connections as they come in: what a stuck peer can hold is bounded, in bytes and in time.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::rt;
use socket2::SockRef;

use crate::actors::registry::wire::Wire;

/// After this time without an acknowledgement from the peer a socket is dead, although nothing said so.
const USER_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes that the system buffers for one socket: what a client that does not read can hold.
const SEND_BUFFER: usize = 128 * 1024;

/// A new connection and its peer. Bounds what a stuck peer can hold, in bytes and in time.
pub(super) fn connection(stream: rt::net::TcpStream) -> (Wire, Option<SocketAddr>) {
    let socket = SockRef::from(&stream);
    let bounded = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_send_buffer_size(SEND_BUFFER));
    #[cfg(target_os = "linux")]
    let bounded = bounded.and_then(|()| socket.set_tcp_user_timeout(Some(USER_TIMEOUT)));
    if let Err(error) = bounded {
        slog_scope::debug!("a connection could not be bounded: {}", error);
    }
    let peer = stream.peer_addr().ok();
    (Wire::new(stream), peer)
}
