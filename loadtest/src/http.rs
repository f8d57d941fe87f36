//! A cheap HTTP/1.1 client: requests made beforehand, one keep-alive connection each, no parsing but
//! of what is needed. It shares the cores with the server, so what it costs is the server's loss.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Fault;

/// A request's bytes. `headers` are whole lines.
pub(crate) fn request(
    method: &str,
    path: &str,
    host: SocketAddr,
    headers: &str,
    body: &[u8],
) -> Vec<u8> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}").into_bytes();
    if !body.is_empty() {
        let length = body.len();
        let head = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
        bytes.extend_from_slice(head.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// A keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Opens it.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When the connection ends, or the answer is not understood.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer, Fault> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(answer) = whole(&self.buffer)? {
                return Ok(answer);
            }
        }
    }
}

/// The answer, once all of it is there; chunked bodies end with an empty chunk.
fn whole(bytes: &[u8]) -> Result<Option<Answer>, Fault> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let (head, body) = (&bytes[..end], &bytes[end + 4..]);
    let head = std::str::from_utf8(head)?;
    let status = head.get(9..12).ok_or("no status")?.parse()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>())
    });
    let complete = match length {
        Some(length) => body.len() >= length?,
        None => body.ends_with(b"0\r\n\r\n"),
    };
    Ok(complete.then(|| Answer {
        status,
        body: body.to_vec(),
    }))
}
