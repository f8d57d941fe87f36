//! A live socket of an officer, as raw bytes: the upgrade, a subscription, and the frames that come.

use std::net::SocketAddr;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use crate::Fault;
use crate::wave::Waves;

/// What every event begins with.
const EVENT: &[u8] = br#"{"type":"event""#;

/// A socket that watches a region, read by a task of its own until it is dropped.
pub(crate) struct Watcher {
    reader: tokio::task::JoinHandle<()>,
    /// Kept: dropping it would end the connection.
    _writer: tokio::net::tcp::OwnedWriteHalf,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Watcher {
    /// Opens a socket with a token, subscribes to a region and waits until it is live.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) async fn of_server(
        address: SocketAddr,
        token: &str,
        region: &str,
        waves: &Rc<Waves>,
    ) -> Result<Self, Fault> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let upgrade = format!(
            "GET /api/v1/ws HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\n\
             Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: redress.v1\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).await?;
        let mut buffer = Vec::with_capacity(2048);
        read_past(&mut stream, &mut buffer, b"\r\n\r\n").await?;
        if !buffer.starts_with(b"HTTP/1.1 101") {
            return Err(String::from_utf8_lossy(&buffer).into_owned().into());
        }
        let subscribe =
            format!(r#"{{"id":1,"type":"subscribe","region":"{region}","snapshot":false}}"#);
        stream.write_all(&masked(subscribe.as_bytes())?).await?;
        read_past(&mut stream, &mut buffer, br#"{"type":"live""#).await?;
        read_past(&mut stream, &mut buffer, b"}").await?;
        let (reader, writer) = stream.into_split();
        Ok(Self {
            reader: tokio::task::spawn_local(read(reader, Rc::clone(waves))),
            _writer: writer,
        })
    }

    /// Connects to the bare writer, which sends the same frames without any protocol around them.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) async fn of_bare_writer(
        address: SocketAddr,
        waves: &Rc<Waves>,
    ) -> Result<Self, Fault> {
        let stream = TcpStream::connect(address).await?;
        let (reader, writer) = stream.into_split();
        Ok(Self {
            reader: tokio::task::spawn_local(read(reader, Rc::clone(waves))),
            _writer: writer,
        })
    }
}

/// Reads until `end` has come, and drops everything up to it.
async fn read_past(stream: &mut TcpStream, buffer: &mut Vec<u8>, end: &[u8]) -> Result<(), Fault> {
    loop {
        if let Some(at) = buffer.windows(end.len()).position(|window| window == end) {
            if !buffer.starts_with(b"HTTP") || buffer.starts_with(b"HTTP/1.1 101") {
                let head = at + end.len();
                if !buffer.starts_with(b"HTTP") {
                    buffer.drain(..head);
                } else {
                    let rest = buffer.split_off(head);
                    let status: Vec<u8> = buffer.drain(..12).collect();
                    *buffer = [status, b" ".to_vec(), rest].concat();
                }
            }
            return Ok(());
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the socket".into());
        }
    }
}

/// A client's text frame; a mask of zeros leaves the payload as it is.
fn masked(payload: &[u8]) -> Result<Vec<u8>, Fault> {
    let length = u8::try_from(payload.len())
        .ok()
        .filter(|length| *length < 126);
    let length = length.ok_or("the message is too long for a short frame")?;
    let mut frame = vec![0x81, 0x80 | length, 0, 0, 0, 0];
    frame.extend_from_slice(payload);
    Ok(frame)
}

/// Counts the events that come, until the socket ends.
async fn read(mut stream: OwnedReadHalf, waves: Rc<Waves>) {
    let mut buffer: Vec<u8> = Vec::with_capacity(1024);
    while let Ok(1..) = stream.read_buf(&mut buffer).await {
        let (events, used) = events(&buffer, &waves);
        buffer.drain(..used);
        waves.arrived(events);
    }
}

/// The events in whole frames at the beginning of `bytes`, and the bytes of those frames.
fn events(bytes: &[u8], waves: &Waves) -> (usize, usize) {
    let (mut events, mut used) = (0, 0);
    while let Some((head, length)) = frame(&bytes[used..]) {
        let Some(payload) = bytes.get(used + head..used + head + length) else {
            break;
        };
        if payload.starts_with(EVENT) {
            events += 1;
            waves.keep_frame(&bytes[used..used + head + length]);
        }
        used += head + length;
    }
    (events, used)
}

/// The lengths of a server frame's head and payload.
fn frame(bytes: &[u8]) -> Option<(usize, usize)> {
    match *bytes.get(1)? {
        126 => Some((
            4,
            usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        )),
        127 => None,
        short => Some((2, usize::from(short))),
    }
}
