//! The players' requests: each on a connection that nobody else uses meanwhile, and counted.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::tally::Tally;
use crate::http::{Answer, Connection};

/// A connection that nobody used for so long is not used again: the server, or something before it, may
/// be closing it.
const IDLE_MOST: Duration = Duration::from_secs(4);
/// How long an answer may take: longer than the server lets a command wait.
const PATIENCE: Duration = Duration::from_secs(15);

/// A request.
pub(crate) struct Asked<'a> {
    pub(crate) method: &'static str,
    pub(crate) path: &'a str,
    /// The route, as the server's figures name it.
    pub(crate) template: &'static str,
    /// A header line that says who asks, or nothing.
    pub(crate) who: &'a str,
    /// The body's type and the body; empty for none.
    pub(crate) body: (&'a str, &'a [u8]),
    pub(crate) expected: u16,
}

/// What is wrong with an answer, or that there is none.
pub(crate) enum Failure {
    /// The server refused: nothing was done.
    Refused(String),
    /// Nobody knows whether it was done.
    Unanswered(String),
}

impl Failure {
    pub(crate) fn said(self) -> String {
        match self {
            Self::Refused(what) | Self::Unanswered(what) => what,
        }
    }
}

/// Asks a server.
pub(crate) struct Requests {
    pub(crate) address: SocketAddr,
    tally: Rc<Tally>,
    idle: RefCell<Vec<(Connection, Instant)>>,
}

impl Requests {
    pub(crate) fn to(address: SocketAddr, tally: &Rc<Tally>) -> Self {
        Self {
            address,
            tally: Rc::clone(tally),
            idle: RefCell::default(),
        }
    }

    /// The answer to a request, if it is the expected one.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn ask(&self, asked: &Asked<'_>) -> Result<Answer, Failure> {
        let answered = timeout(PATIENCE, self.exchange(asked)).await;
        let unanswered = |why: String| {
            self.tally.know(|known| known.unanswered += 1);
            Err(Failure::Unanswered(why))
        };
        let answer = match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return unanswered(error.to_string()),
            Err(_elapsed) => return unanswered(format!("no answer within {PATIENCE:?}")),
        };
        self.tally
            .answered(asked.method, asked.template, answer.status);
        if answer.status == asked.expected {
            return Ok(answer);
        }
        let body: String = String::from_utf8_lossy(&answer.body)
            .chars()
            .take(160)
            .collect();
        let said = format!("{} {body}", answer.status);
        if answer.status < 500 {
            return Err(Failure::Refused(said));
        }
        unanswered(said)
    }

    async fn exchange(&self, asked: &Asked<'_>) -> Result<Answer, crate::Fault> {
        let idle = self.idle.borrow_mut().pop();
        let mut connection = match idle {
            Some((connection, since)) if since.elapsed() < IDLE_MOST => connection,
            Some(_) | None => Connection::open(self.address).await?,
        };
        let answer = connection.ask(&asked.bytes(self.address)).await?;
        self.idle.borrow_mut().push((connection, Instant::now()));
        Ok(answer)
    }

    /// Forgets all connections: the server at their other end is gone.
    pub(crate) fn forget(&self) {
        self.idle.borrow_mut().clear();
    }
}

impl Asked<'_> {
    fn bytes(&self, host: SocketAddr) -> Vec<u8> {
        let Self {
            method, path, who, ..
        } = self;
        let (kind, body) = self.body;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{who}");
        if !body.is_empty() || *method == "POST" {
            head += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body);
        bytes
    }
}
