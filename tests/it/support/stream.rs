//! An event stream (SSE) as a client has it.

use reqwest::{RequestBuilder, Response};
use serde_json::Value;

use super::PATIENCE;

/// One block of a stream.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    /// The position that the client keeps.
    pub(crate) id: Option<String>,
    /// The message's type; empty for a comment.
    pub(crate) kind: String,
    /// The message as text, and parsed.
    pub(crate) text: String,
    pub(crate) message: Value,
}

/// The stream.
pub(crate) struct Stream {
    response: Response,
    waiting: String,
}

impl Stream {
    /// Sends a request that must be answered with a stream.
    pub(crate) async fn open(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let kind = response.headers().get("content-type").cloned();
        assert_eq!(response.status(), 200, "{:?}", response.text().await);
        assert_eq!(kind.unwrap(), "text/event-stream");
        Self {
            response,
            waiting: String::new(),
        }
    }

    /// The next block, comments too; `None` at the end of the stream.
    pub(crate) async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.waiting.split_once("\n\n") {
                let block = parsed(block);
                self.waiting = rest.to_owned();
                return Some(block);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk());
            let chunk = chunk.await.expect("nothing came in time").unwrap()?;
            self.waiting.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Block {
        loop {
            let block = self.block().await.expect("the stream has ended");
            if !block.kind.is_empty() {
                return block;
            }
        }
    }

    /// Reads up to a message of this type.
    pub(crate) async fn read_to(&mut self, kind: &str) -> Block {
        loop {
            let block = self.message().await;
            if block.kind == kind {
                return block;
            }
        }
    }

    /// Reads to the end; the last message.
    pub(crate) async fn last(&mut self) -> Block {
        let mut last = None;
        while let Some(block) = self.block().await {
            last = Some(block);
        }
        last.expect("the stream ended without a message")
    }
}

fn parsed(block: &str) -> Block {
    let field = |name: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let text = field("data").unwrap_or_default().to_owned();
    Block {
        id: field("id").map(str::to_owned),
        kind: field("event").unwrap_or_default().to_owned(),
        message: serde_json::from_str(&text).unwrap_or_default(),
        text,
    }
}
