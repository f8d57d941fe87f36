//! How a connection ends, and how long to listen before it counts as dead.

use std::io;
use std::time::Duration;

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::reconnect::{AfterClose, after_close};

/// Silence after which a connection counts as dead: two ping intervals and this.
const GRACE: Duration = Duration::from_secs(5);
/// The ping interval until the server tells its own.
const PINGS_EXPECTED: Duration = Duration::from_secs(25);
/// How a connection, or the attempt at one, ended.
pub(super) enum End {
    /// All that was asked for is shown, or nobody reads it any more.
    Done,
    /// There is no point in coming back.
    Stop(String),
    /// Come back, after a wait.
    Lost { reason: String, slowly: bool },
    /// Come back with a new token.
    NewToken(String),
    /// Come back after this wait, as the server asked.
    Moved(Duration),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Done
        } else {
            Self::Stop(format!("cannot write: {error}"))
        }
    }
}

/// How long to listen.
pub(super) struct Pace {
    /// The interval in which the server pings.
    pub(super) pings: Duration,
    /// When to leave, after the server asked to reconnect.
    pub(super) leave_at: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            pings: PINGS_EXPECTED,
            leave_at: None,
        }
    }
}

impl Pace {
    /// When silence, or waiting to leave, is over.
    pub(super) fn deadline(&self) -> Instant {
        let silence = Instant::now() + self.pings.saturating_mul(2) + GRACE;
        self.leave_at
            .map_or(silence, |leave_at| leave_at.min(silence))
    }

    /// An end that is the move which the server asked for: come back at the time that it named.
    pub(super) fn unless_moving(&self, end: End) -> End {
        match (self.leave_at, end) {
            (Some(leave_at), End::Lost { .. }) => {
                End::Moved(leave_at.saturating_duration_since(Instant::now()))
            }
            (_, end) => end,
        }
    }
}

/// The end by a broken connection.
pub(super) fn lost(error: &Error) -> End {
    End::Lost {
        reason: error.to_string(),
        slowly: false,
    }
}

/// The end by a close frame.
pub(super) fn closed(frame: Option<CloseFrame>) -> End {
    let code = frame.as_ref().map(|frame| u16::from(frame.code));
    let reason = frame.map_or_else(
        || "closed".to_owned(),
        |frame| format!("{} {}", u16::from(frame.code), frame.reason),
    );
    match after_close(code) {
        AfterClose::Return => End::Lost {
            reason,
            slowly: false,
        },
        AfterClose::ReturnSlowly => End::Lost {
            reason,
            slowly: true,
        },
        AfterClose::NewToken => End::NewToken(reason),
        AfterClose::Stay => End::Stop(format!("the server ended the connection: {reason}")),
    }
}
