//! How sessions, the front and the rest of the program reach a shard.

use std::sync::Arc;

use actix::Addr;
use uuid::Uuid;

use super::super::front::SessionRegistry;
use super::super::{
    Closing, Describe, Drain, EndSessions, Farewell, HeadsPolled, ListPeers, Peer, Publish,
    RegistryDeps, Regrant, SessionStats,
};
use super::{Apart, Enter, Exited, Join, Leave, RegistryShard, Renew, ReportCounts, Seen};
use crate::actors::supervise;

/// Messages that a shard's mailbox holds for callers that wait.
const MAILBOX: usize = 16_384;

/// The handle. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct ShardHandle {
    id: Uuid,
    pub(super) addr: Arc<Addr<RegistryShard>>,
    closing: Closing,
}

impl ShardHandle {
    /// Starts a shard on the present thread.
    pub(in super::super) fn start(
        front: Arc<Addr<SessionRegistry>>,
        closing: Closing,
        deps: RegistryDeps,
    ) -> Self {
        let id = Uuid::now_v7();
        let supervision = deps.supervision.clone();
        let shard = RegistryShard::new(id, front, closing.clone(), deps);
        Self {
            id,
            addr: supervise::start("registry_shard", MAILBOX, shard, &supervision),
            closing,
        }
    }

    /// Resolves when all sessions must go, with why: for those that have not entered.
    pub async fn closing(&self) -> Farewell {
        let mut closing = self.closing.clone();
        match closing.wait_for(Option::is_some).await {
            Ok(farewell) => farewell.unwrap_or(Farewell::Stop),
            Err(_registry_is_gone) => Farewell::Stop,
        }
    }

    /// The handle of a shard that says who it is.
    pub(super) fn of(id: Uuid, addr: Addr<RegistryShard>, closing: Closing) -> Self {
        Self {
            id,
            addr: Arc::new(addr),
            closing,
        }
    }

    /// Its id within the process.
    pub(in super::super) fn id(&self) -> Uuid {
        self.id
    }

    /// Whether its thread still runs.
    pub(in super::super) fn is_alive(&self) -> bool {
        self.addr.connected()
    }

    /// Passes on what a desk published.
    #[expect(
        clippy::disallowed_methods,
        reason = "a lost message would be a hole for every watcher; what waits are pointers to shared bytes, and a worker that stalls for long answers nothing else either"
    )]
    pub(in super::super) fn publish(&self, publish: Publish) {
        self.addr.do_send(publish);
    }

    /// Passes on how far the database is.
    #[expect(clippy::disallowed_methods, reason = "bounded: one message a second")]
    pub(in super::super) fn heads_polled(&self, heads: HeadsPolled) {
        self.addr.do_send(heads);
    }

    /// Asks for its counts.
    #[expect(
        clippy::disallowed_methods,
        reason = "bounded: one message a restart of the front"
    )]
    pub(in super::super) fn ask_counts(&self) {
        self.addr.do_send(ReportCounts);
    }

    /// Its sessions, described.
    pub(in super::super) async fn describe(&self) -> Vec<SessionStats> {
        self.addr.send(Describe).await.unwrap_or_default()
    }

    /// Its sessions' peers.
    pub(in super::super) async fn peers(&self) -> Vec<Peer> {
        self.addr.send(ListPeers).await.unwrap_or_default()
    }

    /// Ends all sessions of this shard, each at its own moment.
    pub(in super::super) async fn drain(&self, drain: Drain) {
        if self.addr.send(drain).await.is_err() {
            slog_scope::debug!("a shard ended before its sessions");
        }
    }

    /// Ends sessions of this shard.
    pub(in super::super) async fn end(&self, end: EndSessions) {
        if self.addr.send(end).await.is_err() {
            slog_scope::debug!("a shard ended before its sessions");
        }
    }

    /// Gives sessions of this shard the regions that their accounts may watch now.
    pub(in super::super) async fn regrant(&self, regrant: Regrant) {
        if self.addr.send(regrant).await.is_err() {
            slog_scope::debug!("a shard was restarted while regions were granted");
        }
    }

    /// Enters a session; `false` when the shard is too busy.
    pub fn enter(&self, enter: Enter) -> bool {
        self.addr.try_send(enter).is_ok()
    }

    /// Joins a session to a region.
    ///
    /// # Errors
    /// [`Apart`] says what is missing.
    pub async fn join(&self, join: Join) -> Result<i64, Apart> {
        self.addr.send(join).await.unwrap_or(Err(Apart::Unknown))
    }

    /// Stops delivering a region to a session.
    pub async fn leave(&self, leave: Leave) {
        if self.addr.send(leave).await.is_err() {
            slog_scope::debug!("a shard was restarted while a session left a region");
        }
    }

    /// Gives a session a newer token.
    pub async fn renew(&self, renew: Renew) {
        if self.addr.send(renew).await.is_err() {
            slog_scope::debug!("a shard was restarted while a token was renewed");
        }
    }

    /// Forgets a session that has ended.
    #[expect(
        clippy::disallowed_methods,
        reason = "bounded: one message a session; a lost one would count a dead session for ever"
    )]
    pub fn exited(&self, session: Uuid) {
        self.addr.do_send(Exited(session));
    }

    /// Notes what a client has seen; a busy shard misses it, which does no harm.
    pub fn seen(&self, seen: Seen) {
        if self.addr.try_send(seen).is_err() {
            slog_scope::debug!("a shard is busy; a client's seen numbers were dropped");
        }
    }
}
