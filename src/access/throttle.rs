//! How often: logins an account and address, anonymous submissions an address, requests an API key.
//!
//! A bucket is one instant (GCRA): a minute's allowance may come at once, then it refills evenly.
//! Written here and not taken from `governor`, because a login that succeeds gives its turn back
//! and an API key may have a rate of its own; that crate can neither refund nor vary by key.
//! Keys are kept as keyed hashes: no address of a person is in memory longer than its request.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::AccessError;
use crate::config::{AccessSettings, Switch};
use crate::domain::account::ApiKey;

/// The time in which an allowance refills.
const WINDOW: Duration = Duration::from_secs(60);

/// Most buckets of one kind (a few MiB). Over it all are emptied: an attack from so many addresses
/// is not held off by a limit an address, and everybody else must not suffer from it.
const MOST: usize = 100_000;

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
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
    }
}

/// Buckets by hashed key. One that is full again equals one that is missing.
#[derive(Default)]
struct Buckets {
    hasher: RandomState,
    /// When the bucket of a key will be full again, of those that are not.
    full_at: Mutex<HashMap<u64, Instant>>,
}

impl Buckets {
    /// Takes one of `rate` turns a minute.
    fn take(&self, key: &impl Hash, rate: u32, now: Instant) -> Result<(), AccessError> {
        let key = self.hasher.hash_one(key);
        let mut full_at = self
            .full_at
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        make_room(&mut full_at, now);
        let before = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = before + WINDOW / rate.max(1);
        let over = after.saturating_duration_since(now + WINDOW);
        if !over.is_zero() {
            let retry_after_s = over.as_secs() + u64::from(over.subsec_nanos() > 0);
            return Err(AccessError::Throttled { retry_after_s });
        }
        full_at.insert(key, after);
        Ok(())
    }

    /// Gives one turn back.
    fn give_back(&self, key: &impl Hash, rate: u32) {
        let key = self.hasher.hash_one(key);
        let mut full_at = self
            .full_at
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        if let Some(time) = full_at.get_mut(&key) {
            *time = time.checked_sub(WINDOW / rate.max(1)).unwrap_or(*time);
        }
    }
}

/// Forgets full buckets whenever the map is about to grow: it holds no more than twice the keys of
/// the last minute, and the cost of a sweep is spread over the insertions before it.
fn make_room(full_at: &mut HashMap<u64, Instant>, now: Instant) {
    if full_at.len() < full_at.capacity() || full_at.is_empty() {
        return;
    }
    full_at.retain(|_, time| *time > now);
    if full_at.len() >= MOST {
        slog_scope::warn!("a rate limit met too many different callers and starts afresh";
            "callers" => full_at.len());
        full_at.clear();
    }
    let room = full_at.len() * 2;
    full_at.shrink_to(room);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_minutes_allowance_may_come_at_once_and_refills_evenly() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for _ in 0..6 {
            buckets.take(&1, 6, start).unwrap();
        }
        let refused = buckets.take(&1, 6, after(start, 1));
        assert!(
            matches!(refused, Err(AccessError::Throttled { retry_after_s: 9 })),
            "{refused:?}"
        );
        assert!(buckets.take(&2, 6, start).is_ok(), "another key");
        assert!(buckets.take(&1, 6, after(start, 10)).is_ok());
        assert!(buckets.take(&1, 6, after(start, 10)).is_err());
    }

    #[test]
    fn a_refusal_does_not_prolong_the_wait() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        buckets.take(&1, 1, start).unwrap();
        for second in 0..60 {
            assert!(
                buckets.take(&1, 1, after(start, second)).is_err(),
                "{second}"
            );
        }
        assert!(buckets.take(&1, 1, after(start, 60)).is_ok());
    }

    #[test]
    fn a_turn_given_back_can_be_taken_again() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for _ in 0..100 {
            buckets.take(&1, 2, start).unwrap();
            buckets.give_back(&1, 2);
        }
        buckets.take(&1, 2, start).unwrap();
        buckets.take(&1, 2, start).unwrap();
        assert!(buckets.take(&1, 2, start).is_err());
    }

    #[test]
    fn memory_is_bounded_by_the_callers_of_a_minute() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for caller in 0..20_000 {
            buckets
                .take(&caller, 60, after(start, caller / 100))
                .unwrap();
        }
        // 100 callers a second, each forgotten a second after it came.
        let kept = buckets.full_at.lock().unwrap().len();
        assert!(kept < 1000, "{kept}");
        for caller in 0..MOST * 3 {
            buckets.take(&caller, 1, after(start, 300)).unwrap();
        }
        let kept = buckets.full_at.lock().unwrap().len();
        assert!(kept <= MOST * 2, "{kept}");
    }

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
            access_token_ttl: WINDOW,
            refresh_token_ttl: WINDOW,
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
