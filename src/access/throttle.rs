//! How often: logins an account and address, anonymous submissions an address, requests an API key.
//!
//! A login that succeeds gives its turn back, so that only failures count. Keys are kept as keyed hashes: no address of a person is in memory longer than its request.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

use super::AccessError;
use super::bucket::Buckets;
use crate::config::{AccessSettings, Switch};
use crate::domain::account::ApiKey;

/// How many times the logins of an account one address may try: people share addresses.
const LOGINS_PER_ADDRESS: u32 = 5;

/// The limits of one process. Cheap to clone; clones share the counts.
#[derive(Clone)]
pub struct Limits(Option<Arc<Kinds>>);

/// Every kind of limit, with its rate a minute.
struct Kinds {
    logins: u32,
    logins_by_account: Buckets,
    logins_by_address: Buckets,
    anonymous: u32,
    anonymous_by_address: Buckets,
    api_key: u32,
    requests_by_api_key: Buckets,
}

impl Limits {
    /// The limits of the settings; none at all with `--rate-limits off`.
    pub fn new(settings: &AccessSettings) -> Self {
        match settings.rate_limits {
            Switch::Off => Self(None),
            Switch::On => Self(Some(Arc::new(Kinds {
                logins: settings.rate_login,
                logins_by_account: Buckets::default(),
                logins_by_address: Buckets::default(),
                anonymous: settings.rate_anonymous,
                anonymous_by_address: Buckets::default(),
                api_key: settings.rate_api_key,
                requests_by_api_key: Buckets::default(),
            }))),
        }
    }

    /// Takes a turn to try a password for `account`, an e-mail address or id, from `address`.
    ///
    /// The turn is taken before the password is checked, so that tries at the same time count too.
    ///
    /// # Errors
    /// [`AccessError::Throttled`].
    pub fn login(&self, address: IpAddr, account: &str) -> Result<(), AccessError> {
        let Some(kinds) = &self.0 else { return Ok(()) };
        let now = Instant::now();
        let (key, address) = (account_key(account), network(address));
        let by_address = kinds.logins.saturating_mul(LOGINS_PER_ADDRESS);
        kinds.logins_by_address.take(&address, by_address, now)?;
        kinds.logins_by_account.take(&key, kinds.logins, now)
    }

    /// Gives back the turn of a login that succeeded: only failures count.
    pub fn login_succeeded(&self, address: IpAddr, account: &str) {
        let Some(kinds) = &self.0 else { return };
        let by_address = kinds.logins.saturating_mul(LOGINS_PER_ADDRESS);
        kinds
            .logins_by_address
            .give_back(&network(address), by_address);
        kinds
            .logins_by_account
            .give_back(&account_key(account), kinds.logins);
    }

    /// Takes a turn to submit without an account or API key.
    ///
    /// # Errors
    /// [`AccessError::Throttled`].
    pub fn anonymous_submission(&self, address: IpAddr) -> Result<(), AccessError> {
        let Some(kinds) = &self.0 else { return Ok(()) };
        let buckets = &kinds.anonymous_by_address;
        buckets.take(&network(address), kinds.anonymous, Instant::now())
    }

    /// Takes a turn of an API key, at its own rate if it has one.
    ///
    /// # Errors
    /// [`AccessError::Throttled`].
    pub fn api_key(&self, key: &ApiKey) -> Result<(), AccessError> {
        let Some(kinds) = &self.0 else { return Ok(()) };
        let rate = key.rate_per_minute.unwrap_or(kinds.api_key);
        kinds
            .requests_by_api_key
            .take(&key.id, rate, Instant::now())
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
        Limits::new(&AccessSettings {
            jwt_secret: None,
            access_token_ttl: Duration::from_secs(60),
            refresh_token_ttl: Duration::from_secs(60),
            anonymous_submissions: Switch::On,
            rate_limits: switch,
            rate_anonymous: 2,
            rate_api_key: 3,
            rate_login: 2,
        })
    }

    #[test]
    fn logins_are_limited_by_account_whatever_its_case_and_by_address() {
        let limits = limits(Switch::On);
        let address = |last| IpAddr::from([192, 0, 2, last]);
        limits.login(address(1), "ann@example.org").unwrap();
        limits.login(address(2), "Ann@Example.org ").unwrap();
        assert!(limits.login(address(3), "ann@example.org").is_err());
        limits.login_succeeded(address(1), "ann@example.org");
        assert!(limits.login(address(3), "ann@example.org").is_ok());
        let tried = (0..20)
            .filter(|n| limits.login(address(9), &n.to_string()).is_ok())
            .count();
        assert_eq!(tried, 10);
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
            (0..20).filter(|_| limits.api_key(&key).is_ok()).count()
        };
        assert_eq!((allowed(None), allowed(Some(7))), (3, 7));
    }

    #[test]
    fn limits_switched_off_refuse_nothing() {
        let limits = limits(Switch::Off);
        let address = IpAddr::from([192, 0, 2, 1]);
        for _ in 0..100 {
            limits.login(address, "ann@example.org").unwrap();
            limits.anonymous_submission(address).unwrap();
        }
    }
}
