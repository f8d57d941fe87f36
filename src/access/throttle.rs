//! How often: logins an account and address, anonymous submissions an address, requests an API key.
//!
//! Counted for all nodes together while Redis is there and answers, otherwise for this one. A login that succeeds
//! gives its turn back, so that only failures count. Keys are kept as keyed hashes: no address of a person is in
//! memory longer than its request.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

use super::AccessError;
use super::bucket::Buckets;
use super::shared::SharedBuckets;
use crate::config::{AccessSettings, Switch};
use crate::domain::account::ApiKey;

/// How many times the logins of an account one address may try: people share addresses.
const LOGINS_PER_ADDRESS: u32 = 5;

/// The limits. Cheap to clone; clones share the counts.
#[derive(Clone)]
pub struct Limits(Option<Arc<Counts>>);

/// The rates a minute, and what counts against them.
struct Counts {
    logins: u32,
    anonymous: u32,
    api_key: u32,
    /// Of all nodes.
    shared: Option<SharedBuckets>,
    /// Of this node, by [`Kind`].
    own: [Buckets; 4],
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
enum Kind {
    LoginOfAccount,
    LoginFromAddress,
    Anonymous,
    ApiKey,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::LoginOfAccount => "login_account",
            Self::LoginFromAddress => "login_address",
            Self::Anonymous => "anonymous",
            Self::ApiKey => "api_key",
        }
    }
}

/// A turn that was taken, where it was taken.
struct Turn {
    kind: Kind,
    who: String,
    rate: u32,
    is_shared: bool,
}

/// A turn to try a password.
pub struct LoginTurn(Option<(Arc<Counts>, [Turn; 2])>);

impl LoginTurn {
    /// Gives it back: only failures count.
    pub async fn give_back(self) {
        let Some((counts, turns)) = self.0 else {
            return;
        };
        for turn in turns {
            counts.give_back(&turn).await;
        }
    }
}

impl Limits {
    /// The limits of the settings, counted in `shared` if there is one; none at all with `--rate-limits off`.
    pub fn new(settings: &AccessSettings, shared: Option<SharedBuckets>) -> Self {
        match settings.rate_limits {
            Switch::Off => Self(None),
            Switch::On => Self(Some(Arc::new(Counts {
                logins: settings.rate_login,
                anonymous: settings.rate_anonymous,
                api_key: settings.rate_api_key,
                shared,
                own: Default::default(),
            }))),
        }
    }

    /// Takes a turn to try a password for `account`, an e-mail address or id, from `address`.
    ///
    /// The turn is taken before the password is checked, so that tries at the same time count too.
    ///
    /// # Errors
    /// [`AccessError::Throttled`].
    pub async fn login(&self, address: IpAddr, account: &str) -> Result<LoginTurn, AccessError> {
        let Some(counts) = &self.0 else {
            return Ok(LoginTurn(None));
        };
        let (address, account) = (network(address).to_string(), account_key(account));
        let by_address = counts.logins.saturating_mul(LOGINS_PER_ADDRESS);
        let turns = [
            counts
                .take(Kind::LoginFromAddress, address, by_address)
                .await?,
            counts
                .take(Kind::LoginOfAccount, account, counts.logins)
                .await?,
        ];
        Ok(LoginTurn(Some((Arc::clone(counts), turns))))
    }

    /// Takes a turn to submit without an account or API key.
    ///
    /// # Errors
    /// [`AccessError::Throttled`].
    pub async fn anonymous_submission(&self, address: IpAddr) -> Result<(), AccessError> {
        let Some(counts) = &self.0 else { return Ok(()) };
        let (who, rate) = (network(address).to_string(), counts.anonymous);
        counts.take(Kind::Anonymous, who, rate).await.map(drop)
    }

    /// Takes a turn of an API key, at its own rate if it has one.
    ///
    /// # Errors
    /// [`AccessError::Throttled`].
    pub async fn api_key(&self, key: &ApiKey) -> Result<(), AccessError> {
        let Some(counts) = &self.0 else { return Ok(()) };
        let rate = key.rate_per_minute.unwrap_or(counts.api_key);
        let who = key.id.to_string();
        counts.take(Kind::ApiKey, who, rate).await.map(drop)
    }
}

impl Counts {
    async fn take(&self, kind: Kind, who: String, rate: u32) -> Result<Turn, AccessError> {
        let shared = match &self.shared {
            Some(shared) => shared.take(kind.as_str(), &who, rate).await,
            None => None,
        };
        let is_shared = shared.is_some();
        match (shared, self.own(kind)) {
            (Some(taken), _) => taken?,
            (None, Some(own)) => own.take(&who, rate, Instant::now())?,
            (None, None) => {}
        }
        Ok(Turn {
            kind,
            who,
            rate,
            is_shared,
        })
    }

    async fn give_back(&self, turn: &Turn) {
        match (&self.shared, self.own(turn.kind)) {
            (Some(shared), _) if turn.is_shared => {
                shared
                    .give_back(turn.kind.as_str(), &turn.who, turn.rate)
                    .await;
            }
            (_, Some(own)) => own.give_back(&turn.who, turn.rate),
            (_, None) => {}
        }
    }

    fn own(&self, kind: Kind) -> Option<&Buckets> {
        self.own.get(kind as usize)
    }
}

/// What of an account's e-mail address counts: accounts are found without regard to ASCII case.
fn account_key(account: &str) -> String {
    account.trim().to_ascii_lowercase()
}

/// What of an address is one customer: an IPv4 address, or the /64 that an IPv6 customer is given.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use futures_util::FutureExt;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_ipv6_customer_is_one_caller() {
        let network = |text: &str| network(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    fn limits(switch: Switch) -> Limits {
        let settings = AccessSettings {
            jwt_secret: None,
            access_token_ttl: Duration::from_secs(60),
            refresh_token_ttl: Duration::from_secs(60),
            anonymous_submissions: Switch::On,
            rate_limits: switch,
            rate_anonymous: 2,
            rate_api_key: 3,
            rate_login: 2,
        };
        Limits::new(&settings, None)
    }

    /// A node's own limits never wait.
    fn now<T>(future: impl Future<Output = T>) -> T {
        future.now_or_never().unwrap()
    }

    #[test]
    fn logins_are_limited_by_account_whatever_its_case_and_by_address() {
        let limits = limits(Switch::On);
        let login =
            |last, account: &str| now(limits.login(IpAddr::from([192, 0, 2, last]), account));
        let turn = login(1, "ann@example.org").unwrap();
        login(2, "Ann@Example.org ").unwrap();
        assert!(login(3, "ann@example.org").is_err());
        now(turn.give_back());
        assert!(login(3, "ann@example.org").is_ok());
        let tried = (0..20).filter(|n: &u32| login(9, &n.to_string()).is_ok());
        assert_eq!(tried.count(), 10);
    }

    #[test]
    fn a_key_has_its_own_rate_or_the_settings() {
        let limits = limits(Switch::On);
        let allowed = |rate_per_minute| {
            let key = ApiKey {
                id: Uuid::now_v7(),
                scopes: BTreeSet::new(),
                regions: BTreeSet::new(),
                rate_per_minute,
            };
            (0..20)
                .filter(|_| now(limits.api_key(&key)).is_ok())
                .count()
        };
        assert_eq!((allowed(None), allowed(Some(7))), (3, 7));
    }

    #[test]
    fn limits_switched_off_refuse_nothing() {
        let limits = limits(Switch::Off);
        let address = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..100 {
            now(limits.login(address, "ann@example.org")).unwrap();
            now(limits.anonymous_submission(address)).unwrap();
        }
    }
}
