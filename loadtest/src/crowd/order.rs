//! What a crowd is told and what it answers, a JSON object a line.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// What a crowd is told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Open so many more sockets.
    Open { sockets: usize, place: Place },
    /// Forget what arrived so far. A wave of so many events to each socket begins.
    Begin { events: usize },
    /// Wait until the wave is complete; answered with [`WaveTimes`].
    End,
    /// The text of the first event that ever came; answered with [`Text`].
    Text,
    /// What arrived since the beginning; answered with [`Arrived`].
    Tell,
    /// Those who do not read, read until their end.
    ReadOn,
    /// Cut all sockets.
    Cut,
    /// Open them again where they were; answered with [`Back`].
    Return,
}

/// Where sockets are opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// At a server of ours: the sockets watch one region after the other.
    Server(Door),
    /// At a WebSocket server that sends without being asked.
    Peer { address: SocketAddr },
    /// At one that sends frames without a handshake.
    Bare { address: SocketAddr },
}

/// A server of ours, and what is wanted there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Door {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    pub(crate) regions: Vec<String>,
    /// How many of the regions each socket watches.
    pub(crate) each: usize,
    pub(crate) pace: Pace,
}

/// How fast a client reads.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pace {
    /// Whatever comes.
    Eager,
    /// Nothing, until it is told to.
    Never,
    /// At most so many bytes a second.
    Bytes(u64),
}

/// Done, nothing to tell.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Done {}

/// An event's text.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Text {
    pub(crate) text: String,
}

/// From the beginning of a wave to the arrivals of its events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WaveTimes {
    pub(crate) first_ms: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// What arrived. Ages are from the time that an event says of itself, when it was decided and not yet
/// committed, to its arrival.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Arrived {
    pub(crate) events: usize,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
    /// Events that did not have the number after the one before.
    pub(crate) out_of_turn: usize,
    /// Sockets that are open.
    pub(crate) open: usize,
    /// Sockets that ended, by how: the close code, `reset` or `end`.
    pub(crate) ended: BTreeMap<String, usize>,
}

/// How a crowd came back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Back {
    /// From the order to the moment in which a socket was live.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) last_ms: f64,
    /// The fewest and the most events that one socket missed and got.
    pub(crate) fewest: usize,
    pub(crate) most: usize,
    pub(crate) out_of_turn: usize,
    /// Sockets that were not resumed but told otherwise.
    pub(crate) not_resumed: usize,
    /// Attempts that were refused and made again.
    pub(crate) refused: usize,
}
