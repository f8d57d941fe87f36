//! From HTTP to WebSocket.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Fault;

/// Asks for a WebSocket; what comes behind the answer stays in the buffer. `headers` are whole lines.
///
/// # Errors
/// The answer, when it is another one.
pub(crate) async fn upgrade(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    host: SocketAddr,
    path: &str,
    headers: &str,
) -> Result<(), Fault> {
    let asked = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         {headers}\r\n"
    );
    stream.write_all(asked.as_bytes()).await?;
    let end = b"\r\n\r\n";
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("closed instead of upgraded".into());
        }
        let found = buffer.windows(end.len()).position(|part| part == end);
        if let Some(at) = found {
            let head: Vec<u8> = buffer.drain(..at + end.len()).collect();
            let is_upgraded = head.starts_with(b"HTTP/1.1 101");
            let refused = || String::from_utf8_lossy(&head).into_owned();
            return is_upgraded.then_some(()).ok_or_else(|| refused().into());
        }
    }
}
