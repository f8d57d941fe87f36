//! The messages of `redress.v1`, as in `docs/PROTOCOL.md`. Pure: text in, text out.

mod server;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::complaint::Severity;
pub use server::{ErrorCode, Mode, ServerMessage};

/// Most bytes of a client's frame.
pub const FRAME_LIMIT: usize = 64 * 1024;

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Authenticate.
    Connect {
        /// Comes back in the answer.
        id: Option<u64>,
        /// An access token.
        token: String,
        /// What the client calls itself.
        client: Option<String>,
    },
    /// Watch a region.
    Subscribe(SubscribeMessage),
    /// Stop watching a region.
    Unsubscribe {
        /// Comes back in the answer.
        id: Option<u64>,
        /// The region.
        region: String,
    },
    /// Go on with a newer token.
    Refresh {
        /// Comes back in the answer.
        id: Option<u64>,
        /// An access token of the same account.
        token: String,
    },
    /// Answer a ping.
    Pong {
        /// The number of the last event that the client has applied, by region.
        #[serde(default)]
        seen: BTreeMap<String, i64>,
    },
}

impl ClientMessage {
    /// The client's number for it, which comes back in the answer.
    pub fn id(&self) -> Option<u64> {
        match self {
            Self::Subscribe(message) => message.id,
            Self::Connect { id, .. } | Self::Unsubscribe { id, .. } | Self::Refresh { id, .. } => {
                *id
            }
            Self::Pong { .. } => None,
        }
    }
}

/// `subscribe`: watch a region.
#[derive(Debug, Deserialize)]
pub struct SubscribeMessage {
    /// Comes back in the answer.
    pub id: Option<u64>,
    /// The region.
    pub region: String,
    /// Where the client left off.
    pub since: Option<Position>,
    /// Whether a snapshot is wanted when the position cannot be resumed.
    #[serde(default = "yes")]
    pub snapshot: bool,
    /// What of the region is wanted.
    pub filter: Option<FilterRequest>,
    /// Whether who is online, and who is on the way where, is told too.
    #[serde(default)]
    pub presence: bool,
}

/// What of a region a client wants, as it says it. A member that is not known is refused: leaving it out
/// would send what was not wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilterRequest {
    /// Only these categories.
    pub categories: Option<Vec<String>>,
    /// Only what matters at least so much.
    pub min_severity: Option<Severity>,
    /// Only what the account itself has.
    #[serde(default)]
    pub assigned_to_me: bool,
}

const fn yes() -> bool {
    true
}

/// A place in one region's history.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// The history.
    pub epoch: String,
    /// The number of the last event that the client has applied.
    pub seq: i64,
}

/// What a client's text was.
#[derive(Debug)]
pub enum Read {
    /// A message.
    Message(ClientMessage),
    /// JSON, but no message of the protocol: the socket stays.
    Unknown {
        /// The `id` that it carried.
        id: Option<u64>,
        /// What is wrong.
        reason: String,
    },
    /// Not JSON: the socket is closed.
    Garbage,
}

/// Reads one object of a client's frame.
pub fn read(text: &str) -> Read {
    let value: Value = match serde_json::from_str(text) {
        Ok(value @ Value::Object(_)) => value,
        Ok(_) | Err(_) => return Read::Garbage,
    };
    let id = value.get("id").and_then(Value::as_u64);
    match serde_json::from_value(value) {
        Ok(message) => Read::Message(message),
        Err(error) => Read::Unknown {
            id,
            reason: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests;
