//! What sessions and the front say to a shard.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::{Message, Recipient};
use bytes::Bytes;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::super::queue::OutQueue;
use super::super::{LastHeard, Order, Peer};
use super::TokenLife;
use crate::domain::account::Identity;
use crate::domain::event::Filter;
use crate::domain::region::RegionId;

/// A session that has signed in.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Enter {
    /// Who it is.
    pub peer: Peer,
    /// Its outgoing bytes.
    pub queue: Arc<OutQueue>,
    /// Where orders to it go.
    pub orders: Recipient<Order>,
    /// When it was last heard of.
    pub heard: LastHeard,
    /// How long its token is good.
    pub token: TokenLife,
    /// Dropped when the shard forgets the session; the session then ends.
    pub entered: oneshot::Sender<()>,
}

/// What a session's client gets around the events that it missed.
pub struct Opening {
    /// Before them.
    pub before: Option<Bytes>,
    /// After them.
    pub after: Bytes,
}

/// Makes the opening from the region's number at the moment of joining.
pub type Announce = Box<dyn FnOnce(i64) -> Opening + Send>;

/// Why a session cannot join yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// The shard does not hold all events behind the client's number: read them from the table.
    Behind,
    /// The client knows a number that was not published here yet; the desk is about to catch up.
    Ahead,
    /// The region is not granted to the session (any more).
    Forbidden,
    /// The session is not entered (any more).
    Unknown,
}

/// Deliver what the client misses and keep it live, in one step.
#[derive(Message)]
#[rtype(result = "Result<i64, Apart>")]
pub struct Join {
    /// The session.
    pub session: Uuid,
    /// The region.
    pub region: RegionId,
    /// The client's number.
    pub since: i64,
    /// What the client wants of it; `None`: everything.
    pub filter: Option<Arc<Filter>>,
    /// What it gets around the missed events.
    pub announce: Announce,
}

/// Stop delivering a region to a session.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Leave {
    /// The session.
    pub session: Uuid,
    /// The region.
    pub region: RegionId,
}

/// A session has a newer token.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Renew {
    /// The session.
    pub session: Uuid,
    /// Who signed in: the same account, perhaps by another login.
    pub identity: Identity,
    /// How long the token is good.
    pub token: TokenLife,
}

/// A session has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Exited(pub Uuid);

/// A client said which numbers it has seen.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Seen {
    /// The session.
    pub session: Uuid,
    /// By region.
    pub numbers: BTreeMap<RegionId, i64>,
}

/// Say what you have.
#[derive(Clone, Copy, Message)]
#[rtype(result = "()")]
pub(super) struct ReportCounts;
