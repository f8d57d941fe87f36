//! What one node knows of presence: its own sockets, what the other nodes wrote, and what people are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::PresenceDeps;
use super::nodes::own_report;
use crate::domain::node::NodeReport;
use crate::domain::presence::{Attendances, Named, Online, add};
use crate::domain::region::RegionId;
use crate::store::{StoreError, accounts, nodes as table, presence};

/// How often a node says that it lives, when nothing changes there. Others forget it after 15 seconds.
const BEAT: Duration = Duration::from_secs(4);
/// How long a name is believed.
const NAMES_LIVE: Duration = Duration::from_secs(30);

/// What another node wrote, and when.
struct Other {
    changed_at: Timestamp,
    present: Attendances,
}

/// Everything that is known.
#[derive(Default)]
pub(super) struct Known {
    /// The sockets of this node.
    own: Attendances,
    /// What the other nodes are told of them.
    report: NodeReport,
    /// The registry's count of moves when they were listed.
    listed_at: Option<u64>,
    /// Whether the database has them.
    is_saved: bool,
    beaten_at: Option<Instant>,
    others: HashMap<Uuid, Other>,
    names: HashMap<Uuid, Named>,
    named_at: Option<Instant>,
    /// Whether somebody may have come whose name is not known.
    is_unnamed: bool,
}

impl Known {
    /// Accounts with a socket at this node.
    pub(super) fn own_accounts(&self) -> Vec<Uuid> {
        let accounts: BTreeSet<Uuid> = self.own.keys().map(|(_, account)| *account).collect();
        accounts.into_iter().collect()
    }

    /// Lists the sockets of this node, if any came or went; whether they did.
    pub(super) async fn list_own(&mut self, deps: &PresenceDeps) -> bool {
        let moves = deps.board.moves();
        if self.listed_at == Some(moves) {
            return false;
        }
        let own = deps.registry.attendances().await;
        let report = own_report(deps, &deps.registry.peers().await, &own);
        self.listed_at = Some(moves);
        let is_new = own != self.own;
        self.is_saved &= !is_new && report == self.report;
        self.report = report;
        self.is_unnamed |= is_new;
        self.own = own;
        is_new
    }

    /// Tells the other nodes: what changed, or that this one lives.
    pub(super) async fn tell(&mut self, deps: &PresenceDeps) -> Result<(), StoreError> {
        let is_due = self.beaten_at.is_none_or(|at| at.elapsed() >= BEAT);
        if self.is_saved && !is_due {
            return Ok(());
        }
        // A node that was asleep for long is forgotten, and so is everything when the database crashed.
        if !self.is_saved || !presence::beat(&deps.store, deps.node).await? {
            presence::save(&deps.store, deps.node, &self.own, &self.report).await?;
        }
        self.is_saved = true;
        self.beaten_at = Some(Instant::now());
        Ok(())
    }

    /// Reads what the other nodes changed; whether they did. `nodes`: those that live.
    pub(super) async fn hear(
        &mut self,
        deps: &PresenceDeps,
        nodes: &HashMap<Uuid, Timestamp>,
    ) -> Result<bool, StoreError> {
        let is_old = |(node, changed_at): &(&Uuid, &Timestamp)| {
            let known = self.others.get(*node);
            known.is_none_or(|known| known.changed_at != **changed_at)
        };
        let stale: Vec<Uuid> = nodes.iter().filter(is_old).map(|(node, _)| *node).collect();
        let is_gone = self.others.keys().any(|node| !nodes.contains_key(node));
        if stale.is_empty() && !is_gone {
            return Ok(false);
        }
        let mut found = presence::of_nodes(&deps.store, &stale).await?;
        let reports = table::reports(&deps.store, &stale).await?;
        deps.others.hear(reports, |node| nodes.contains_key(node));
        self.others.retain(|node, _| nodes.contains_key(node));
        for node in stale {
            if let Some(&changed_at) = nodes.get(&node) {
                let present = found.remove(&node).unwrap_or_default();
                let other = Other {
                    changed_at,
                    present,
                };
                self.others.insert(node, other);
            }
        }
        self.is_unnamed = true;
        Ok(true)
    }

    /// Who attends which region, on whichever node.
    fn everybody(&self) -> Attendances {
        let mut all = self.own.clone();
        for other in self.others.values() {
            for (key, attendance) in &other.present {
                add(&mut all, key.clone(), *attendance);
            }
        }
        all
    }

    /// Learns what people are called, from time to time and when somebody came; whether one is called
    /// otherwise than before.
    pub(super) async fn learn_names(&mut self, deps: &PresenceDeps) -> Result<bool, StoreError> {
        let is_fresh = self.named_at.is_some_and(|at| at.elapsed() < NAMES_LIVE);
        if is_fresh && !self.is_unnamed {
            return Ok(false);
        }
        let everybody = self.everybody();
        let accounts: BTreeSet<Uuid> = everybody.keys().map(|(_, account)| *account).collect();
        let mut is_new = false;
        if !is_fresh || !accounts.iter().all(|one| self.names.contains_key(one)) {
            let accounts: Vec<Uuid> = accounts.into_iter().collect();
            let names = accounts::names(&deps.store, &accounts).await?;
            let names: HashMap<Uuid, Named> = names.into_iter().collect();
            is_new = names != self.names;
            self.names = names;
            self.named_at = Some(Instant::now());
        }
        // Until it succeeds it is tried again.
        self.is_unnamed = false;
        Ok(is_new)
    }

    /// Who is online in each region, on whichever node, as far as their names are known.
    pub(super) fn online(&self) -> HashMap<RegionId, BTreeMap<Uuid, Online>> {
        let mut regions: HashMap<RegionId, BTreeMap<Uuid, Online>> = HashMap::new();
        for ((region, id), attendance) in self.everybody() {
            let Some(named) = self.names.get(&id) else {
                continue;
            };
            let online = Online {
                id,
                name: named.name.clone(),
                role: named.role,
                online_since: attendance.since,
                sockets: attendance.sockets,
            };
            regions.entry(region).or_default().insert(id, online);
        }
        regions
    }
}
