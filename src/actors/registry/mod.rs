//! The session registry: who is connected, who watches which region, what a region published last.
//!
//! The front owns the shards and the sum of their counts; each shard lives on one HTTP worker's
//! thread and hands shared bytes to the sessions there, so that an event crosses threads once a
//! worker and not once a session. Nothing here touches the database: a session is an outgoing queue
//! and a recipient for orders.

mod ending;
mod followed;
mod form;
pub mod frame;
mod front;
mod handle;
mod presence;
pub mod queue;
mod recent;
pub mod shard;
mod wave;
pub mod wire;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::{Message, Recipient};
use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;
use uuid::Uuid;

use super::presence::Board;
use super::region_desk::Republish;
use super::supervise::Supervision;
use crate::domain::account::{Identity, Role};
use crate::domain::region::RegionId;
pub use ending::{CloseCode, Disconnect, Farewell};
pub use followed::{Followed, News};
pub use form::Form;
pub use front::SessionRegistry;
pub use handle::RegistryHandle;
pub use recent::PublishedEvent;
use shard::ShardHandle;

/// What a shard tells a session.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub enum Order {
    /// End.
    End(Disconnect),
    /// The account may watch other regions than before; the shard has left those that were lost.
    Grants(Identity),
}

/// When a session was last heard of: written by the session, read by its shard. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LastHeard {
    begun: Instant,
    ms: Arc<AtomicU64>,
}

impl LastHeard {
    /// Heard of just now.
    pub fn now() -> Self {
        Self {
            begun: Instant::now(),
            ms: Arc::default(),
        }
    }

    /// Notes a sign of life.
    pub fn note(&self) {
        self.ms.store(self.elapsed_ms(), Ordering::Relaxed);
    }

    /// Milliseconds without a sign of life.
    pub fn silent_ms(&self) -> u64 {
        self.elapsed_ms()
            .saturating_sub(self.ms.load(Ordering::Relaxed))
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// Who is at the other end of a session, for admins and for the grant watch.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The session.
    pub session: Uuid,
    /// Who signed in.
    pub identity: Identity,
    /// The client's address.
    pub address: String,
    /// What the client calls itself.
    pub client: Option<String>,
    /// Since when it is signed in.
    pub connected_at: Timestamp,
}

/// One session, as admins see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionStats {
    /// The session.
    pub session: Uuid,
    /// The node that it is connected to.
    #[schema(value_type = String)]
    pub node: Arc<str>,
    /// The account.
    pub account: Uuid,
    /// Its role.
    pub role: Role,
    /// The client's address.
    pub address: String,
    /// What the client calls itself.
    pub client: Option<String>,
    /// `websocket` or `event_stream`.
    pub transport: &'static str,
    /// Since when it is signed in (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub connected_at: Timestamp,
    /// The regions that it watches, with how many events its last `seen` is behind.
    #[schema(value_type = std::collections::BTreeMap<String, Option<i64>>)]
    pub lag: std::collections::BTreeMap<RegionId, Option<i64>>,
    /// Bytes that wait for its socket.
    pub queued_bytes: usize,
}

/// Publish these events of a region, in order.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Publish {
    /// The region.
    pub region: RegionId,
    /// Everything up to this number may be delivered after these events; a shard that holds less asks back.
    pub head: i64,
    /// Up to which number events may be gone: they are given to nobody any more.
    pub floor: i64,
    /// Contiguous events up to `head`; none: the desk announces itself.
    pub events: Arc<[PublishedEvent]>,
    /// Whom to ask for events that were missed.
    pub desk: Arc<Recipient<Republish>>,
}

/// The heads of all regions in the database, as the head poll saw them.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct HeadsPolled(pub Arc<HashMap<RegionId, i64>>);

/// Describe every session.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Vec<SessionStats>")]
pub struct Describe;

/// Who is connected?
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Vec<Peer>")]
pub struct ListPeers;

/// End these sessions, or all.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct EndSessions {
    /// The sessions; `None`: all.
    pub sessions: Option<Vec<Uuid>>,
    /// With what.
    pub order: Disconnect,
}

/// Give sessions the regions that their accounts may watch now, by session.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Regrant(pub Arc<[(Uuid, Identity)]>);

/// Tell every session to come back, each at its own moment of the time to come, and end it.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Drain {
    /// Why.
    pub farewell: Farewell,
    /// The time over which the returns are spread.
    pub window: Duration,
}

/// Live connections, as the front last summed them up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By role.
    pub by_role: HashMap<Role, usize>,
    /// Sessions that watch each region.
    pub by_region: HashMap<RegionId, usize>,
    /// Those among them that are event streams.
    pub event_streams: usize,
}

impl Counts {
    /// Live connections in all.
    pub fn total(&self) -> usize {
        self.by_role.values().sum()
    }

    fn add(&mut self, other: &Self) {
        self.event_streams += other.event_streams;
        for (&role, count) in &other.by_role {
            *self.by_role.entry(role).or_default() += count;
        }
        for (region, count) in &other.by_region {
            *self.by_region.entry(region.clone()).or_default() += count;
        }
    }
}

/// What the registry and its shards work with.
#[derive(Clone)]
pub struct RegistryDeps {
    /// Time between pings, in milliseconds.
    pub ping_ms: u64,
    /// Most bytes of recent events that a watched region keeps.
    pub recent_bytes: usize,
    /// How long a session may outlive its token.
    pub token_grace: Duration,
    /// Those who wait for news of single complaints.
    pub followed: Followed,
    /// Who is online where, for those who ask to be told.
    pub board: Arc<Board>,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// Why all sessions must go, once they must; outlives every restart.
type Closing = watch::Receiver<Option<Farewell>>;
/// The shards outlive a restart of the front.
type Shards = Arc<Mutex<Vec<ShardHandle>>>;
