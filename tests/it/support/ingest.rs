//! A local server that speaks the ingest protocol of Sentry: it takes envelopes and keeps them for the test.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What was posted: the path, the head, and the parts of the envelope.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) path: String,
    pub(crate) head: String,
    /// As it came.
    pub(crate) text: String,
}

/// How the server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It takes what comes.
    Takes,
    /// It reads, and never answers.
    Silent,
}

/// The running server; ends with the test.
pub(crate) struct Ingest {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Envelope>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Ingest {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken: Arc<Mutex<Vec<Envelope>>> = Arc::default();
        let kept = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, manner, Arc::clone(&kept)));
            }
        });
        Self {
            address,
            taken,
            task,
        }
    }

    /// As `SENTRY_DSN`.
    pub(crate) fn dsn(&self) -> String {
        format!("http://publickey@{}/42", self.address)
    }

    /// What was taken so far.
    pub(crate) fn envelopes(&self) -> Vec<Envelope> {
        self.taken.lock().unwrap().clone()
    }

    /// The events that were taken so far.
    pub(crate) fn events(&self) -> Vec<Value> {
        let envelopes = self.envelopes();
        envelopes.iter().flat_map(Envelope::events).collect()
    }
}

impl Drop for Ingest {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Envelope {
    /// Its items of the type `event`: a line of headers, then one of payload.
    fn events(&self) -> Vec<Value> {
        let lines: Vec<Value> = self
            .text
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let items = lines.windows(2).filter(|pair| pair[0]["type"] == "event");
        items.map(|pair| pair[1].clone()).collect()
    }
}

/// Requests on one connection: a head, and a body of the length that it says.
async fn serve(socket: TcpStream, manner: Manner, taken: Arc<Mutex<Vec<Envelope>>>) {
    let mut socket = BufReader::new(socket);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if socket.read_line(&mut head).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        if socket.read_exact(&mut body).await.is_err() {
            return;
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        taken.lock().unwrap().push(Envelope {
            path,
            head,
            text: String::from_utf8(body).unwrap(),
        });
        if manner == Manner::Silent {
            std::future::pending::<()>().await;
        }
        let answer =
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        if socket.write_all(answer).await.is_err() {
            return;
        }
    }
}
