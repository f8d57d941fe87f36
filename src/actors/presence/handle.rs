//! How the rest of the program reaches presence.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix::{Addr, ArbiterHandle};

use super::{ClaimChanged, Notice, OtherNodes, Presence, PresenceDeps};
use crate::actors::supervise;
use crate::domain::complaint::Complaint;
use crate::domain::presence::Claim;
use crate::domain::region::RegionId;
use crate::store::presence;

/// Messages that the mailbox holds.
const MAILBOX: usize = 16;
/// How long a stop may wait for the database.
const LEAVING_MOST: Duration = Duration::from_secs(1);

/// The handle. Cheap to clone; all clones share one mailbox bound.
#[derive(Clone)]
pub struct PresenceHandle {
    addr: Arc<Addr<Presence>>,
    claim_changed: Arc<AtomicBool>,
    pub(super) deps: PresenceDeps,
}

impl PresenceHandle {
    /// Starts the actor on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: PresenceDeps) -> Self {
        let claim_changed: Arc<AtomicBool> = Arc::default();
        let make = {
            let (deps, claim_changed) = (deps.clone(), Arc::clone(&claim_changed));
            move || Presence::new(deps, claim_changed)
        };
        Self {
            addr: supervise::start_on(home, "presence", MAILBOX, make, &deps.supervision),
            claim_changed,
            deps,
        }
    }

    /// The other nodes, for those who count with them.
    pub fn other_nodes(&self) -> &Arc<OtherNodes> {
        &self.deps.others
    }

    /// Who is online in a region and which claims hold there, as of about a second ago.
    pub fn notice(&self, region: &RegionId) -> Arc<Notice> {
        self.deps.board.notice(region)
    }

    /// The claim of a complaint that is not over, as of about a second ago.
    pub fn claim_of(&self, complaint: &Complaint) -> Option<Claim> {
        let notice = self.notice(&complaint.region);
        let claim = notice.claims.get(&complaint.id)?;
        (!complaint.status.is_final()).then(|| claim.clone())
    }

    /// A claim was changed at this node: clients are told soon.
    pub fn claim_changed(&self) {
        self.claim_changed.store(true, Ordering::SeqCst);
        if self.addr.try_send(ClaimChanged).is_err() {
            slog_scope::debug!("presence is busy; the next round tells the claim");
        }
    }

    /// Tells the other nodes that this one goes.
    pub async fn leave(&self) {
        if !self.deps.has_others {
            return;
        }
        let leaving = presence::leave(&self.deps.store, self.deps.node);
        match tokio::time::timeout(LEAVING_MOST, leaving).await {
            Ok(Ok(())) => {}
            // They notice it 15 seconds later.
            Ok(Err(error)) => slog_scope::debug!("the other nodes were not told: {}", error),
            Err(_elapsed) => slog_scope::debug!("the other nodes were not told in time"),
        }
    }
}
