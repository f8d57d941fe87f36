//! The messages of `redress.v1`, as in `docs/PROTOCOL.md`. Pure: text in, text out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::domain::account::Role;
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;

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
    Subscribe {
        /// Comes back in the answer.
        id: Option<u64>,
        /// The region.
        region: String,
        /// Where the client left off.
        since: Option<Position>,
        /// Whether a snapshot is wanted when the position cannot be resumed.
        #[serde(default = "yes")]
        snapshot: bool,
        /// Whether who is online, and who is on the way where, is told too.
        #[serde(default)]
        presence: bool,
    },
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
            Self::Connect { id, .. }
            | Self::Subscribe { id, .. }
            | Self::Unsubscribe { id, .. }
            | Self::Refresh { id, .. } => *id,
            Self::Pong { .. } => None,
        }
    }
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

/// How a subscription begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The events behind the client's position follow.
    Resumed,
    /// The open complaints follow.
    Snapshot,
    /// Only what happens from now on follows.
    Live,
}

impl Mode {
    /// The word used in JSON and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resumed => "resumed",
            Self::Snapshot => "snapshot",
            Self::Live => "live",
        }
    }
}

/// Why a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// It cannot be understood.
    BadRequest,
    /// The session has not authenticated, or the newer token is not valid.
    Unauthorized,
    /// The newer token has expired already.
    TokenExpired,
    /// The region is not granted.
    Forbidden,
    /// There is no such region.
    UnknownRegion,
    /// The session watches the region already.
    AlreadySubscribed,
    /// The session watches as many regions as it may.
    TooManyRegions,
    /// The position cannot be resumed, and no snapshot is wanted.
    UnrecoverablePosition,
    /// The session says too much.
    RateLimited,
    /// The server has too much to do, or the database is away.
    Overloaded,
}

impl ErrorCode {
    /// Whether the same message may succeed later.
    const fn is_retryable(self) -> bool {
        matches!(self, Self::Overloaded | Self::RateLimited)
    }
}

/// What the server says, apart from events and pings, which are made where they are sent.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage<'a> {
    /// The session is authenticated.
    Connected {
        /// The client's.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// The session.
        session: Uuid,
        /// The node.
        node: &'a str,
        /// The server's clock (UTC).
        server_time: Timestamp,
        /// The account's role.
        role: Role,
        /// The regions that it may watch.
        regions: Vec<RegionId>,
        /// Time between pings, in milliseconds.
        ping_ms: u64,
        /// How long the token is still good, in milliseconds.
        token_ttl_ms: u64,
        /// Most regions that it may watch at once.
        max_regions: usize,
    },
    /// The newer token is taken.
    Refreshed {
        /// The client's.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// How long it is good, in milliseconds.
        token_ttl_ms: u64,
    },
    /// The subscription begins.
    Subscribed {
        /// The client's.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// The region.
        region: &'a RegionId,
        /// This history.
        epoch: &'a str,
        /// What follows.
        mode: Mode,
        /// The number of the region's last event now.
        head: i64,
    },
    /// A part of the open complaints at one moment.
    Snapshot {
        /// The region.
        region: &'a RegionId,
        /// This history.
        epoch: &'a str,
        /// The number of the region's last event at that moment.
        seq: i64,
        /// Whether this is the last part.
        last: bool,
        /// The complaints.
        complaints: &'a [Complaint],
    },
    /// Everything up to `seq` was sent; from here on events come as they happen.
    Live {
        /// The region.
        region: &'a RegionId,
        /// The number.
        seq: i64,
    },
    /// The region is not watched any more.
    Unsubscribed {
        /// The client's.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// The region.
        region: &'a RegionId,
        /// Why: `client`.
        code: &'static str,
    },
    /// A message was refused.
    Error {
        /// The client's.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// Why, for programs.
        code: ErrorCode,
        /// Why, for people.
        message: &'a str,
        /// Whether the same message may succeed later.
        retryable: bool,
    },
}

impl<'a> ServerMessage<'a> {
    /// A refusal.
    pub fn error(id: Option<u64>, code: ErrorCode, message: &'a str) -> Self {
        let retryable = code.is_retryable();
        Self::Error {
            id,
            code,
            message,
            retryable,
        }
    }

    /// The JSON text.
    pub fn encode(&self) -> String {
        // These types cannot fail to encode: no maps with other keys than text, no foreign code.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
