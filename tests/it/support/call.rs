//! Answers as clients see them, whole: status, headers and body; and requests as raw bytes.

use std::net::SocketAddr;

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::PATIENCE;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// Null when it is not JSON.
    pub(crate) body: Value,
    pub(crate) text: String,
}

/// Sends a request and reads the whole answer.
pub(crate) async fn call(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let text = answer.text().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    }
}

impl Answer {
    /// A header's value; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// The body, which must be an RFC 9457 problem of this status and kind.
    #[track_caller]
    pub(crate) fn problem(self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["type"], format!("urn:redress:problem:{kind}"));
        for member in ["title", "detail", "request_id"] {
            let text = self.body[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "no {member}: {}", self.text);
        }
        assert_eq!(self.body["request_id"], self.header("x-request-id"));
        self.body
    }

    /// The fields at fault of a 422, each with its code.
    #[track_caller]
    pub(crate) fn faults(self) -> Vec<(String, String)> {
        let body = self.problem(422, "validation");
        let text = |fault: &Value, member: &str| fault[member].as_str().unwrap().to_owned();
        let faults = body["errors"].as_array().unwrap();
        let pair = |fault: &Value| (text(fault, "field"), text(fault, "code"));
        faults.iter().map(pair).collect()
    }

    /// Fails unless it is a refusal of ours: 4xx, with a problem that carries the request's id.
    #[track_caller]
    pub(crate) fn refused(self, what: &str) {
        assert!((400..500).contains(&self.status), "{what}: {self:?}");
        let type_of_body = self.header("content-type");
        assert_eq!(type_of_body, "application/problem+json", "{what}: {self:?}");
        let id = self.header("x-request-id");
        assert_eq!(self.body["request_id"], id, "{what}: {self:?}");
    }
}

/// Writes bytes to a connection of its own and reads what comes back until the server closes it.
/// The request should ask for `Connection: close`.
pub(crate) async fn raw(address: SocketAddr, request: &[u8]) -> String {
    let stream = TcpStream::connect(address).await.unwrap();
    let (reading, mut writing) = stream.into_split();
    // At once: the server may answer and close before it has read everything, and the reset that
    // follows takes away what was not read by then.
    let sent = async { writing.write_all(request).await.ok() };
    futures_util::future::join(read_to_end(reading), sent)
        .await
        .0
}

/// Everything that comes until the other side closes.
pub(crate) async fn read_to_end(mut stream: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        let mut chunk = [0; 4096];
        // A reset after the answer is an end as well.
        while let Ok(length @ 1..) = stream.read(&mut chunk).await {
            bytes.extend_from_slice(&chunk[..length]);
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("the server keeps the connection open");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The status of a raw answer; 0 when there is none.
pub(crate) fn status_of(answer: &str) -> u16 {
    let line = answer.lines().next().unwrap_or_default();
    let word = line.split(' ').nth(1).unwrap_or_default();
    word.parse().unwrap_or_default()
}
