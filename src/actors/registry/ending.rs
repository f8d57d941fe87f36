//! Why a session ends, for programs and for people.

use std::fmt;

/// Why the server closes a socket. 4000–4499: the client comes back; 4500–4999: it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloseCode {
    /// The node stops.
    Drain,
    /// A bug, or the database is away too long.
    Internal,
    /// More waits for it than the bound allows.
    Slow,
    /// Silent for a ping interval and its grace.
    NoPong,
    /// Its token has expired, and no new one came.
    TokenExpired,
    /// Too much to do.
    Overloaded,
    /// Role or regions changed, or logged out.
    SessionChanged,
    /// It sent what cannot be read.
    BadFrame,
    /// Its token is not valid.
    Unauthorized,
    /// It did not authenticate in time.
    AuthTimeout,
    /// It may not come in.
    Forbidden,
    /// Its account has as many sockets as it may.
    ConnectionLimit,
    /// An admin ended it.
    Kicked,
}

impl CloseCode {
    /// Every code: the label values of closes.
    pub const ALL: [Self; 13] = [
        Self::Drain,
        Self::Internal,
        Self::Slow,
        Self::NoPong,
        Self::TokenExpired,
        Self::Overloaded,
        Self::SessionChanged,
        Self::BadFrame,
        Self::Unauthorized,
        Self::AuthTimeout,
        Self::Forbidden,
        Self::ConnectionLimit,
        Self::Kicked,
    ];

    /// The number on the wire.
    pub const fn number(self) -> u16 {
        match self {
            Self::Drain => 4000,
            Self::Internal => 4001,
            Self::Slow => 4002,
            Self::NoPong => 4003,
            Self::TokenExpired => 4004,
            Self::Overloaded => 4006,
            Self::SessionChanged => 4007,
            Self::BadFrame => 4500,
            Self::Unauthorized => 4501,
            Self::AuthTimeout => 4502,
            Self::Forbidden => 4503,
            Self::ConnectionLimit => 4504,
            Self::Kicked => 4507,
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

/// End this session: what a shard tells a session, and an admin or the grant watch the registry.
#[derive(Debug, Clone)]
pub struct Disconnect {
    /// Why, for the client's program.
    pub code: CloseCode,
    /// Why, for people.
    pub reason: &'static str,
}

/// Why a node sends all its sessions away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// It stops: each session stays until the moment of its return.
    Stop,
    /// The history that the sessions follow is over: nothing more can be told of it.
    Anew,
}

impl Farewell {
    /// The reason in `reconnect`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "drain",
            Self::Anew => "epoch",
        }
    }

    /// The order to a session whose moment has come.
    pub const fn order(self) -> Disconnect {
        let reason = match self {
            Self::Stop => "the server stops",
            Self::Anew => "the database has another history: begin with a snapshot",
        };
        Disconnect {
            code: CloseCode::Drain,
            reason,
        }
    }
}
