//! What the server says.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::actors::registry::Form;
use crate::domain::account::Role;
use crate::domain::complaint::Complaint;
use crate::domain::region::RegionId;

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
        /// Why: `client`, or `forbidden` when it is not granted any more.
        code: &'static str,
    },
    /// The account may watch other regions than before.
    Granted {
        /// All that it may watch now.
        regions: Vec<RegionId>,
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

    /// The message in the form that a client gets.
    pub fn form(&self, form: &Form) -> Bytes {
        let (kind, seq) = self.position();
        form.message(kind, seq, &self.encode())
    }

    /// Its type, and the number up to which its client needs nothing any more.
    const fn position(&self) -> (&'static str, Option<i64>) {
        match self {
            Self::Connected { .. } => ("connected", None),
            Self::Refreshed { .. } => ("refreshed", None),
            Self::Subscribed { .. } => ("subscribed", None),
            Self::Snapshot { seq, last, .. } => ("snapshot", if *last { Some(*seq) } else { None }),
            Self::Live { seq, .. } => ("live", Some(*seq)),
            Self::Unsubscribed { .. } => ("unsubscribed", None),
            Self::Granted { .. } => ("granted", None),
            Self::Error { .. } => ("error", None),
        }
    }

    /// The JSON text.
    pub fn encode(&self) -> String {
        // These types cannot fail to encode: no maps with other keys than text, no foreign code.
        serde_json::to_string(self).unwrap_or_default()
    }
}
