//! A client that follows a region and never reads.

use std::io::ErrorKind;
use std::net::SocketAddr;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// The socket, with little room for what it does not read.
pub(crate) struct Stuck(TcpStream);

impl Stuck {
    /// Opens a socket with a token and subscribes; nobody reads the answers.
    pub(crate) async fn follow(address: SocketAddr, token: &str, region: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        let head = format!(
            "GET /api/v1/ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Authorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server reads frames once it has answered.
        stream.readable().await.unwrap();
        let message = json!({"type": "subscribe", "region": region, "snapshot": false}).to_string();
        let mut frame = vec![
            0x81,
            0x80 | u8::try_from(message.len()).unwrap(),
            0,
            0,
            0,
            0,
        ];
        frame.extend_from_slice(message.as_bytes());
        stream.write_all(&frame).await.unwrap();
        Self(stream)
    }

    /// Whether the server has reset the connection.
    pub(crate) fn is_reset(&self) -> bool {
        let error = self.0.take_error().unwrap();
        error.is_some_and(|error| error.kind() == ErrorKind::ConnectionReset)
    }
}
