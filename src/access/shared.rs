//! The token buckets that all nodes share, in Redis; by its clock.
//!
//! A request waits for Redis only a moment: with no answer the node's own buckets count, and Redis is left
//! alone for a while, until one request has found it well again. Names of buckets are keyed hashes: no address or
//! account can be found from them.

use std::fmt::Write;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use redis::aio::MultiplexedConnection;
use redis::{Client, Cmd, RedisError};
use sha2::Sha256;

use super::AccessError;
use super::bucket::WINDOW;
use crate::telemetry::metrics::Metrics;

const TAKE: &str = include_str!("shared/take.lua");
const GIVE_BACK: &str = include_str!("shared/give_back.lua");

/// How long a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long Redis is left alone after it did not answer.
const REST: Duration = Duration::from_secs(1);
/// Bytes of a hash that name a bucket.
const NAME: usize = 16;

/// The buckets. Cheap to clone.
#[derive(Clone)]
pub struct SharedBuckets(Arc<Parts>);

struct Parts {
    client: Client,
    /// What all names begin with: those of one installation's schema.
    prefix: String,
    key: Hmac<Sha256>,
    link: Mutex<Link>,
    metrics: Metrics,
}

/// The connection to Redis.
#[derive(Default)]
struct Link {
    connection: Option<MultiplexedConnection>,
    /// Until when others than the one who tries leave Redis alone.
    rests_until: Option<Instant>,
    /// Whether it is known not to answer.
    is_away: bool,
}

impl SharedBuckets {
    /// The buckets of the nodes on one schema, named by a secret that all of them have.
    ///
    /// # Errors
    /// When the address of Redis cannot be read.
    pub fn new(
        url: &str,
        schema: &str,
        secret: &[u8],
        metrics: &Metrics,
    ) -> Result<Self, RedisError> {
        // HMAC takes keys of any length (RFC 2104), so that the default is never used.
        let key = Hmac::new_from_slice(secret);
        Ok(Self(Arc::new(Parts {
            client: Client::open(url)?,
            prefix: format!("redress_{schema}:turns"),
            key: key.unwrap_or_else(|_| Hmac::new(&Default::default())),
            link: Mutex::default(),
            metrics: metrics.clone(),
        })))
    }

    /// Takes one of `rate` turns a minute of `who`; `None` when Redis does not say.
    pub(super) async fn take(
        &self,
        kind: &str,
        who: &str,
        rate: u32,
    ) -> Option<Result<(), AccessError>> {
        let mut command = self.script(TAKE, kind, who);
        command.arg(WINDOW.as_micros().to_string());
        let wait_us: u64 = self.ask(command.arg(turn_us(rate))).await?;
        Some(match wait_us {
            0 => Ok(()),
            wait_us => Err(AccessError::Throttled {
                retry_after_s: wait_us.div_ceil(1_000_000),
            }),
        })
    }

    /// Gives one turn back.
    pub(super) async fn give_back(&self, kind: &str, who: &str, rate: u32) {
        let mut command = self.script(GIVE_BACK, kind, who);
        if self.ask(command.arg(turn_us(rate))).await.is_none() {
            slog_scope::debug!("a turn was not given back: Redis does not answer");
        }
    }

    fn script(&self, script: &str, kind: &str, who: &str) -> Cmd {
        let hash = self.0.key.clone().chain_update(kind).chain_update(b"\0");
        let hash = hash.chain_update(who).finalize().into_bytes();
        let mut name = format!("{}:{kind}:", self.0.prefix);
        for byte in hash.iter().take(NAME) {
            // Writing to a text cannot fail.
            write!(name, "{byte:02x}").ok();
        }
        let mut command = redis::cmd("EVAL");
        command.arg(script).arg(1).arg(name);
        command
    }

    async fn ask(&self, command: &Cmd) -> Option<u64> {
        let connection = self.turn_to_ask()?;
        let asked = async {
            let mut connection = match connection {
                Some(connection) => connection,
                None => self.0.client.get_multiplexed_async_connection().await?,
            };
            let answer = command.query_async(&mut connection).await?;
            Ok::<_, RedisError>((connection, answer))
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok((connection, answer))) => {
                self.found_well(connection);
                Some(answer)
            }
            Ok(Err(error)) => self.found_away(&error.to_string()),
            Err(_elapsed) => self.found_away("no answer in time"),
        }
    }

    /// The connection, or none yet for the one who opens it; nothing while Redis is left alone.
    fn turn_to_ask(&self) -> Option<Option<MultiplexedConnection>> {
        let (mut link, now) = (self.lock(), Instant::now());
        if link.rests_until.is_some_and(|until| now < until) {
            drop(link);
            self.0.metrics.limit_fallbacks.inc();
            return None;
        }
        if link.connection.is_none() {
            // One opens it; the others do not wait.
            link.rests_until = Some(now + REST);
        }
        Some(link.connection.clone())
    }

    fn found_well(&self, connection: MultiplexedConnection) {
        let mut link = self.lock();
        link.connection.get_or_insert(connection);
        link.rests_until = None;
        if std::mem::take(&mut link.is_away) {
            slog_scope::info!("Redis answers: limits are those of all nodes together");
        }
    }

    fn found_away<T>(&self, why: &str) -> Option<T> {
        let mut link = self.lock();
        link.connection = None;
        link.rests_until = Some(Instant::now() + REST);
        if !std::mem::replace(&mut link.is_away, true) {
            slog_scope::warn!("Redis does not answer: limits are each node's own: {}", why);
        }
        drop(link);
        self.0.metrics.limit_fallbacks.inc();
        None
    }

    fn lock(&self) -> MutexGuard<'_, Link> {
        self.0
            .link
            .lock()
            .unwrap_or_else(|broken| broken.into_inner())
    }
}

fn turn_us(rate: u32) -> String {
    (WINDOW / rate.max(1)).as_micros().to_string()
}
