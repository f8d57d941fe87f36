//! A place to which errors are reported, on this machine: it takes everything and keeps it.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The place.
pub(super) struct Ingest {
    /// Its DSN.
    pub(super) dsn: String,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Ingest {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken: Arc<Mutex<Vec<u8>>> = Arc::default();
        let keeping = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, Arc::clone(&keeping)));
            }
        });
        Self {
            dsn: format!("http://key@{address}/1"),
            taken,
        }
    }

    /// All that came so far.
    pub(super) fn taken(&self) -> String {
        String::from_utf8_lossy(&self.taken.lock().unwrap()).into_owned()
    }
}

/// Reads whatever comes. Each request is answered when its body is whole.
async fn take(mut stream: TcpStream, taken: Arc<Mutex<Vec<u8>>>) {
    let (mut waiting, mut chunk) = (Vec::new(), [0; 16 * 1024]);
    while let Ok(length @ 1..) = stream.read(&mut chunk).await {
        let bytes = &chunk[..length];
        taken.lock().unwrap().extend_from_slice(bytes);
        waiting.extend_from_slice(bytes);
        while let Some(end) = whole(&waiting) {
            waiting.drain(..end);
            let answer =
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    }
}

/// Where the first request ends, when all of it is there.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head_end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_lowercase();
    let length = head.split("content-length:").nth(1);
    let length = length.and_then(|rest| rest.lines().next()?.trim().parse().ok());
    let end = head_end + length.unwrap_or(0);
    (bytes.len() >= end).then_some(end)
}
