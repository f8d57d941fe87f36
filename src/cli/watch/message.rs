//! The messages of `redress.v1` as this client reads and writes them.
//!
//! Unknown types and members are ignored, as the protocol asks of clients.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Since;

/// What the server says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage {
    /// The session is open.
    Connected {
        #[serde(default)]
        ping_ms: Option<u64>,
    },
    /// A region is subscribed; what follows depends on the mode.
    Subscribed {
        region: String,
        epoch: String,
        mode: Mode,
        head: i64,
    },
    /// One fact.
    Event { region: String, seq: i64 },
    /// Nothing more up to this number suits the filter.
    SkippedTo { region: String, seq: i64 },
    /// All that happened before is delivered.
    Live { region: String, seq: i64 },
    /// A part of the open complaints as of `seq`.
    Snapshot {
        region: String,
        epoch: String,
        seq: i64,
        last: bool,
        complaints: Vec<Value>,
    },
    /// Are you there? `heads` are the last events of the subscribed regions.
    Ping {
        t: Value,
        #[serde(default)]
        heads: BTreeMap<String, i64>,
    },
    /// Who is online in a region, or who came and went.
    Presence {},
    /// Who is on the way where in a region, or what changed of that.
    Claims {},
    /// The token ends soon.
    TokenExpiring {},
    /// A region is no longer subscribed.
    Unsubscribed { region: String, code: String },
    /// The account may watch other regions than before.
    Granted { regions: Vec<String> },
    /// Leave, and come back.
    Reconnect {
        after_ms: u64,
        #[serde(default)]
        reason: String,
    },
    /// A message of ours was refused.
    Error {
        #[serde(default)]
        id: Option<u64>,
        code: String,
        #[serde(default)]
        message: String,
        #[serde(default)]
        retryable: bool,
    },
    /// What this client does not need.
    #[serde(other)]
    Other,
}

/// How a subscription begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mode {
    /// The missing events follow.
    Resumed,
    /// The open complaints follow.
    Snapshot,
    /// Only what happens from now on.
    Live,
}

/// What this client says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage<'a> {
    /// Wants a region's events.
    Subscribe {
        id: u64,
        region: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        since: Option<Position<'a>>,
        snapshot: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<&'a Filter>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        presence: bool,
    },
    /// Wants them no more.
    Unsubscribe { id: u64, region: &'a str },
    /// Is there, and has seen so much.
    Pong {
        t: &'a Value,
        seen: BTreeMap<&'a str, i64>,
    },
    /// Has a newer token.
    Refresh { id: u64, token: &'a str },
}

impl ClientMessage<'_> {
    /// The message as JSON; these types cannot fail to encode.
    pub(super) fn encode(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What of a region is wanted.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Filter {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) categories: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) min_severity: Option<String>,
    pub(super) assigned_to_me: bool,
}

impl Filter {
    /// The filter, when it asks for anything.
    pub(super) fn given(&self) -> Option<&Self> {
        (*self != Self::default()).then_some(self)
    }
}

/// Where to go on.
#[derive(Debug, Serialize)]
pub(super) struct Position<'a> {
    epoch: &'a str,
    seq: i64,
}

impl<'a> From<&'a Since> for Position<'a> {
    fn from(since: &'a Since) -> Self {
        Self {
            epoch: &since.epoch,
            seq: since.seq,
        }
    }
}
