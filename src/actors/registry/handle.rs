//! How the rest of the program reaches the registry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::{Addr, ArbiterHandle};
use tokio::sync::watch;
use uuid::Uuid;

use super::front::{Announcements, SessionRegistry};
use super::shard::ShardHandle;
use super::{
    CloseCode, Counts, Disconnect, Drain, EndSessions, Farewell, Followed, HeadsPolled, Peer,
    Publish, RegistryDeps, Regrant, SessionStats, Shards,
};
use crate::actors::supervise;
use crate::domain::region::RegionId;

/// Messages that the front's mailbox holds.
const MAILBOX: usize = 8192;

/// How often a drain looks whether anybody is left.
const DRAIN_LOOK: Duration = Duration::from_millis(20);

/// How the rest of the program reaches the registry. Cheap to clone; all clones share one bound.
#[derive(Clone)]
pub struct RegistryHandle {
    front: Arc<Addr<SessionRegistry>>,
    shards: Shards,
    counts: Arc<Mutex<Counts>>,
    closing: Arc<watch::Sender<Option<Farewell>>>,
    deps: RegistryDeps,
}

impl RegistryHandle {
    /// Starts the front on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: RegistryDeps) -> Self {
        let shards = Shards::default();
        let counts: Arc<Mutex<Counts>> = Arc::default();
        let closes = &deps.supervision.metrics.push.closes;
        for code in CloseCode::ALL {
            // The first close is an increase from 0 then.
            closes.with_label_values(&[&code.to_string()]);
        }
        let make = {
            let (shards, counts, deps) = (Arc::clone(&shards), Arc::clone(&counts), deps.clone());
            move || SessionRegistry::new(deps, shards, counts, Announcements::default())
        };
        Self {
            front: supervise::start_on(home, "session_registry", MAILBOX, make, &deps.supervision),
            shards,
            counts,
            closing: Arc::default(),
            deps,
        }
    }

    /// Starts a shard on the present thread: an HTTP worker's.
    pub fn open_shard(&self) -> ShardHandle {
        let shard = ShardHandle::start(
            Arc::clone(&self.front),
            self.closing.subscribe(),
            self.deps.clone(),
        );
        let mut shards = self
            .shards
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        shards.retain(ShardHandle::is_alive);
        shards.push(shard.clone());
        shard
    }

    /// Publishes events; `false` when the front has no room: nothing was published then.
    pub fn publish(&self, publish: Publish) -> bool {
        self.front.try_send(publish).is_ok()
    }

    /// Tells the shards how far the database is, so that they notice what they missed.
    pub fn heads_polled(&self, heads: Arc<HashMap<RegionId, i64>>) {
        if self.front.try_send(HeadsPolled(heads)).is_err() {
            slog_scope::debug!("the registry is busy; it hears of the next poll");
        }
    }

    /// Those who wait for news of single complaints.
    pub fn followed(&self) -> &Followed {
        &self.deps.followed
    }

    /// Live connections, as last summed up.
    pub fn counts(&self) -> Counts {
        self.counts
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
            .clone()
    }

    /// Every session, from all shards.
    pub async fn describe(&self) -> Vec<SessionStats> {
        let mut all = Vec::new();
        for shard in self.shards() {
            all.extend(shard.describe().await);
        }
        all
    }

    /// Who is connected, from all shards.
    pub async fn peers(&self) -> Vec<Peer> {
        let mut all = Vec::new();
        for shard in self.shards() {
            all.extend(shard.peers().await);
        }
        all
    }

    /// Tells all sessions, and those that still come, to come back, each at its own moment of the window;
    /// resolves when all have been told to go.
    pub async fn drain(&self, drain: Drain) {
        let over = Instant::now() + drain.window;
        self.closing.send_replace(Some(drain.farewell));
        for shard in self.shards() {
            shard.drain(drain).await;
        }
        while self.counts().total() > 0 && Instant::now() < over {
            tokio::time::sleep(DRAIN_LOOK).await;
        }
        let (sessions, order) = (None, drain.farewell.order());
        self.end(EndSessions { sessions, order }).await;
    }

    /// Ends sessions on whichever shard they are.
    pub async fn end(&self, order: EndSessions) {
        for shard in self.shards() {
            shard.end(order.clone()).await;
        }
    }

    /// Ends a session by an admin's word; `false` when it is not on this node.
    pub async fn kick(&self, session: Uuid) -> bool {
        let peers = self.peers().await;
        let is_here = peers.iter().any(|peer| peer.session == session);
        if is_here {
            let order = Disconnect {
                code: CloseCode::Kicked,
                reason: "an admin ended this session",
            };
            let sessions = Some(vec![session]);
            self.end(EndSessions { sessions, order }).await;
        }
        is_here
    }

    /// Gives sessions the regions that their accounts may watch now.
    pub async fn regrant(&self, regrant: Regrant) {
        for shard in self.shards() {
            shard.regrant(regrant.clone()).await;
        }
    }

    pub(super) fn shards(&self) -> Vec<ShardHandle> {
        self.shards
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
            .clone()
    }
}
