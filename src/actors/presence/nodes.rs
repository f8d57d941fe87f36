//! The live connections of the other nodes: how many they have, and what is asked of all of them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{PresenceDeps, PresenceHandle};
use crate::access::throttle::network;
use crate::actors::registry::Peer;
use crate::domain::node::NodeReport;
use crate::domain::presence::Attendances;
use crate::store::StoreError;
use crate::store::nodes::{self, Ask};

/// How long the others have to answer: each looks once a second.
const PATIENCE: Duration = Duration::from_secs(3);
/// The pause before it is looked again for answers.
const LOOK: Duration = Duration::from_millis(100);

/// What the other nodes last said of themselves. Shared by the whole process.
#[derive(Debug, Default)]
pub struct OtherNodes(RwLock<BTreeMap<Uuid, NodeReport>>);

impl OtherNodes {
    /// The reports, by the life of the node's process.
    pub fn reports(&self) -> BTreeMap<Uuid, NodeReport> {
        self.read(BTreeMap::clone)
    }

    /// Connections of an account elsewhere, as far as they matter to its limit.
    pub fn of_account(&self, account: Uuid) -> u32 {
        self.sum(|node| node.by_account.get(&account))
    }

    /// Connections from a network elsewhere, as far as they matter to its limit.
    pub fn of_network(&self, network: IpAddr) -> u32 {
        let network = network.to_string();
        self.sum(|node| node.by_network.get(&network))
    }

    fn sum(&self, of: impl Fn(&NodeReport) -> Option<&u32>) -> u32 {
        self.read(|nodes| nodes.values().filter_map(of).sum())
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<Uuid, NodeReport>) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what some said anew, and forgets those that do not live.
    pub(super) fn hear(&self, fresh: HashMap<Uuid, NodeReport>, lives: impl Fn(&Uuid) -> bool) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.extend(fresh);
        known.retain(|node, _| lives(node));
    }
}

/// What this node says of itself.
pub(super) fn own_report(deps: &PresenceDeps, peers: &[Peer], present: &Attendances) -> NodeReport {
    let mut report = NodeReport {
        name: deps.supervision.node.to_string(),
        ..NodeReport::default()
    };
    for peer in peers {
        let role = peer.identity.role.as_str().to_owned();
        *report.by_role.entry(role).or_default() += 1;
        *report.by_account.entry(peer.identity.account).or_default() += 1;
        if let Ok(address) = peer.address.parse() {
            let network = network(address).to_string();
            *report.by_network.entry(network).or_default() += 1;
        }
    }
    for ((region, _), attendance) in present {
        let sockets = usize::try_from(attendance.sockets).unwrap_or_default();
        let region = region.as_str().to_owned();
        *report.by_region.entry(region).or_default() += sockets;
    }
    report.without_few(deps.many_of_account, deps.many_of_network);
    report
}

/// Answers what other nodes ask.
pub(super) async fn answer(deps: &PresenceDeps) -> Result<(), StoreError> {
    for ask in nodes::asks(&deps.store, deps.node).await? {
        let answer = match ask.session {
            Some(session) => serde_json::to_string(&deps.registry.kick(session).await),
            None => serde_json::to_string(&deps.registry.describe().await),
        };
        match answer {
            Ok(answer) => nodes::answer(&deps.store, ask.id, deps.node, &answer).await?,
            Err(error) => slog_scope::error!("sessions cannot be encoded: {}", error),
        }
    }
    Ok(())
}

/// What the other nodes answered.
#[derive(Debug, Default)]
pub struct Answers {
    /// JSON, by node: its sessions, or whether it had the one in question.
    pub given: HashMap<Uuid, String>,
    /// Those that did not answer in time.
    pub silent: Vec<Uuid>,
}

impl PresenceHandle {
    /// What the other nodes last said of themselves.
    pub fn others(&self) -> BTreeMap<Uuid, NodeReport> {
        self.deps.others.reports()
    }

    /// Asks the other nodes to describe their sessions.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sessions_elsewhere(&self) -> Result<Answers, StoreError> {
        self.ask(None, |_| false).await
    }

    /// Asks the other nodes to end a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kick_elsewhere(&self, session: Uuid) -> Result<Answers, StoreError> {
        self.ask(Some(session), |answer| answer == "true").await
    }

    /// Asks all others and waits until all have answered, or one as it `suffices`.
    async fn ask(
        &self,
        session: Option<Uuid>,
        suffices: impl Fn(&str) -> bool,
    ) -> Result<Answers, StoreError> {
        let (deps, others) = (&self.deps, self.deps.others.reports());
        if others.is_empty() {
            return Ok(Answers::default());
        }
        let id = Uuid::now_v7();
        nodes::ask(&deps.store, deps.node, Ask { id, session }).await?;
        let begun = Instant::now();
        let given = loop {
            tokio::time::sleep(LOOK).await;
            let given = nodes::answers(&deps.store, id).await?;
            let is_enough = others.keys().all(|node| given.contains_key(node))
                || given.values().any(|answer| suffices(answer));
            if is_enough || begun.elapsed() > PATIENCE {
                break given;
            }
        };
        nodes::forget_ask(&deps.store, id).await?;
        let is_silent = |node: &Uuid| !given.contains_key(node);
        let silent = others.into_keys().filter(is_silent).collect();
        Ok(Answers { given, silent })
    }
}
