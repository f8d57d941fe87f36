//! How many sockets a node holds, and how fast they may come and speak.
//!
//! A socket takes a [`Place`] before its upgrade and gives it back when it ends. What an account or an address has on
//! other nodes counts too, as of about a second ago; all other limits are this node's own.

mod reporters;

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use thiserror::Error;
use uuid::Uuid;

use crate::access::throttle::network;
use crate::actors::presence::OtherNodes;
use crate::config::{AdmissionSettings, Switch};
use crate::telemetry::metrics::Metrics;
pub use reporters::ReporterPlace;

/// Why a socket is not opened now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// The node holds as many sockets as it may.
    #[error("this node has as many live sockets as it may; try again, or at another node")]
    Node,
    /// Too many sockets that have not said who they are.
    #[error("too many live sockets wait to authenticate; try again")]
    Unauthenticated,
    /// Too many from this address.
    #[error("your address has as many live sockets open here as it may; close one")]
    Address,
    /// Too many reporters follow their complaints.
    #[error(
        "as many reporters follow their complaints here as may; try again, or ask now and then"
    )]
    Reporters,
    /// Too many of this account.
    #[error("this account has as many live connections open here as it may; close one")]
    Account,
    /// Too many at once.
    #[error("too many live sockets are opened at once; try again")]
    Rate,
}

impl Refused {
    /// The word used in metrics.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Unauthenticated => "unauthenticated",
            Self::Address => "address",
            Self::Reporters => "reporters",
            Self::Account => "account",
            Self::Rate => "rate",
        }
    }
}

/// The limits and what counts against them. One a node.
pub struct Admission {
    settings: AdmissionSettings,
    /// Whether more than the node's own limit is in force.
    is_strict: bool,
    others: Arc<OtherNodes>,
    metrics: Metrics,
    taken: Mutex<Taken>,
}

/// What is taken.
#[derive(Default)]
struct Taken {
    places: u32,
    reporters: u32,
    unauthenticated: u32,
    by_address: HashMap<IpAddr, u32>,
    by_account: HashMap<Uuid, u32>,
    pace: Pace,
}

impl Admission {
    /// Nothing is taken yet.
    pub fn new(
        settings: &AdmissionSettings,
        limits: Switch,
        others: &Arc<OtherNodes>,
        metrics: &Metrics,
    ) -> Arc<Self> {
        Arc::new(Self {
            settings: settings.clone(),
            others: Arc::clone(others),
            is_strict: limits == Switch::On,
            metrics: metrics.clone(),
            taken: Mutex::default(),
        })
    }

    /// Takes a place for a socket from `address`; `is_known` when its request carries credentials.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn admit(self: &Arc<Self>, address: IpAddr, is_known: bool) -> Result<Place, Refused> {
        let network = network(address);
        match self.take(network, is_known) {
            Ok(()) => Ok(Place {
                admission: Arc::clone(self),
                address,
                network,
                account: None,
                is_known,
            }),
            Err(refused) => Err(self.counted(refused)),
        }
    }

    fn counted(&self, refused: Refused) -> Refused {
        let refusals = &self.metrics.push.refusals;
        refusals.with_label_values(&[refused.as_str()]).inc();
        refused
    }

    fn take(&self, network: IpAddr, is_known: bool) -> Result<(), Refused> {
        let limits = &self.settings;
        let mut taken = self.lock();
        if taken.places >= limits.max_connections {
            return Err(Refused::Node);
        }
        if self.is_strict && !is_known && taken.unauthenticated >= limits.max_unauthenticated {
            return Err(Refused::Unauthenticated);
        }
        self.may_open(&mut taken, network)?;
        taken.places += 1;
        taken.unauthenticated += u32::from(!is_known);
        *taken.by_address.entry(network).or_default() += 1;
        Ok(())
    }

    /// Whether an address may open another connection, and takes a turn of the rate of all.
    fn may_open(&self, taken: &mut Taken, network: IpAddr) -> Result<(), Refused> {
        if !self.is_strict {
            return Ok(());
        }
        let of_address = taken.by_address.get(&network).copied().unwrap_or_default();
        let elsewhere = self.others.of_network(network);
        if of_address.saturating_add(elsewhere) >= self.settings.max_connections_address {
            return Err(Refused::Address);
        }
        let (rate, second) = (self.settings.rate_connections, Duration::from_secs(1));
        if taken.pace.take(rate, second, Instant::now()) {
            Ok(())
        } else {
            Err(Refused::Rate)
        }
    }

    /// What a session may say.
    pub(super) fn command_pace(&self) -> CommandPace {
        CommandPace {
            rate: self.is_strict.then_some(self.settings.rate_commands),
            pace: Pace::default(),
        }
    }

    /// Most bytes of a socket that has not authenticated.
    pub(super) fn unauthenticated_bytes(&self) -> usize {
        usize::try_from(self.settings.unauthenticated_bytes).unwrap_or(usize::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }
}

/// A socket's place; given back when dropped.
pub struct Place {
    admission: Arc<Admission>,
    address: IpAddr,
    network: IpAddr,
    account: Option<Uuid>,
    /// Whether it counts as authenticated.
    is_known: bool,
}

impl Place {
    /// The client's address.
    pub(super) fn address(&self) -> IpAddr {
        self.address
    }

    /// As [`Place::sign_in`], for who is refused before anything was answered.
    pub(super) fn sign_in_or_refuse(&mut self, account: Uuid) -> Result<(), Refused> {
        if self.sign_in(account) {
            Ok(())
        } else {
            Err(self.admission.counted(Refused::Account))
        }
    }

    /// Counts the socket to its account; `false` when that has as many as it may.
    pub(super) fn sign_in(&mut self, account: Uuid) -> bool {
        let elsewhere = self.admission.others.of_account(account);
        let most = self.admission.settings.max_connections_account;
        let mut taken = self.admission.lock();
        let of_account = taken.by_account.get(&account).copied().unwrap_or_default();
        if self.admission.is_strict && of_account.saturating_add(elsewhere) >= most {
            return false;
        }
        *taken.by_account.entry(account).or_default() += 1;
        if !self.is_known {
            taken.unauthenticated = taken.unauthenticated.saturating_sub(1);
        }
        drop(taken);
        (self.is_known, self.account) = (true, Some(account));
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.admission.lock();
        taken.places = taken.places.saturating_sub(1);
        if !self.is_known {
            taken.unauthenticated = taken.unauthenticated.saturating_sub(1);
        }
        give_back(&mut taken.by_address, self.network);
        if let Some(account) = self.account {
            give_back(&mut taken.by_account, account);
        }
    }
}

fn give_back<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: K) {
    if let Some(count) = counts.get_mut(&key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

/// A rate with a burst of its whole window: one instant (GCRA).
#[derive(Debug, Default)]
struct Pace {
    /// When all turns are there again.
    full_at: Option<Instant>,
}

impl Pace {
    /// Takes one of `rate` turns a `window`; `false` when none is there.
    fn take(&mut self, rate: u32, window: Duration, now: Instant) -> bool {
        let after = self.full_at.unwrap_or(now).max(now) + window / rate.max(1);
        let is_there = after <= now + window;
        if is_there {
            self.full_at = Some(after);
        }
        is_there
    }
}

/// How much a session may still say.
pub(super) struct CommandPace {
    /// Messages a minute; `None`: as many as it wants.
    rate: Option<u32>,
    pace: Pace,
}

impl CommandPace {
    /// Takes a turn; `false` when none is there.
    pub(super) fn take(&mut self) -> bool {
        let minute = Duration::from_secs(60);
        self.rate
            .is_none_or(|rate| self.pace.take(rate, minute, Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_windows_turns_may_come_at_once_and_come_back_evenly() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let window = Duration::from_secs(60);
        let mut taken = |seconds| {
            let now = start + Duration::from_secs(seconds);
            (0..10).filter(|_| pace.take(6, window, now)).count()
        };
        assert_eq!([taken(0), taken(9), taken(10), taken(35)], [6, 0, 1, 2]);
        assert_eq!(taken(1000), 6);
    }
}
