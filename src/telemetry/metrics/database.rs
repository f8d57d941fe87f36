//! The database, its pool, and what other nodes wrote there; the photo store; the folders on this machine.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus::{
    Counter, Error, Gauge, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
};

use super::declare::Declare;

/// The database.
pub struct DatabaseMetrics {
    /// 1 when the last head poll was answered.
    pub up: IntGauge,
    /// Time of the last database round trip of the head poll.
    pub round_trip: Gauge,
    /// Regions whose desk was found behind by the head poll.
    pub feed_gaps: IntCounter,
    /// Hints about committed events, by direction.
    pub hints: IntCounterVec,
    /// Age of what a desk read from the table, by how it had heard of it.
    pub feed_lag: HistogramVec,
    pool: PoolMetrics,
    failures: IntCounterVec,
    storage_failures: IntCounterVec,
    available: IntGaugeVec,
    size: IntGaugeVec,
}

struct PoolMetrics {
    connections: IntGaugeVec,
    most: IntGauge,
    opened: IntCounter,
    waits: IntCounter,
    wait_time: Counter,
    timeouts: IntCounter,
    /// What the counters were made of; begins anew with another pool.
    shown: Mutex<PoolFigures>,
}

/// How a pool is, and what it did since it began.
#[derive(Debug, Clone, Copy, Default)]
pub struct PoolFigures {
    /// Connections that nobody uses.
    pub idle: u32,
    /// Connections in use.
    pub in_use: u32,
    /// Most connections.
    pub most: u32,
    /// Connections that were opened.
    pub opened: u64,
    /// Callers that waited for one and got it.
    pub waits: u64,
    /// How long those waited.
    pub wait_time: Duration,
    /// Callers that waited in vain.
    pub timeouts: u64,
}

impl DatabaseMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        Ok(Self {
            up: declare.gauge(
                "database_up",
                "1 when the database answered the last head poll, which comes once a second.",
            )?,
            round_trip: declare.seconds(
                "database_round_trip_seconds",
                "Time of the last database round trip of the head poll.",
            )?,
            feed_gaps: declare.counter(
                "feed_gaps_total",
                "Regions whose desk was found behind by the head poll.",
            )?,
            hints: declare.counters(
                "feed_hints_total",
                "Hints about committed events sent to and heard from other nodes, by direction.",
                &["direction"],
            )?,
            feed_lag: declare.times(
                "feed_lag_seconds",
                "Age of events of other nodes when this node published them, by how it had heard of them.",
                &["heard_by"],
            )?,
            pool: PoolMetrics::declare(declare)?,
            failures: failures(declare, "database_errors_total", "Statements and connections that failed, by kind.")?,
            storage_failures: failures(declare, "storage_errors_total", "Requests to the photo store that failed, by kind.")?,
            available: declare.gauges(
                "filesystem_available_bytes",
                "Bytes that are free for this program where a folder of it is, by folder.",
                &["folder"],
            )?,
            size: declare.gauges(
                "filesystem_size_bytes",
                "Bytes of the file system where a folder of this program is, by folder.",
                &["folder"],
            )?,
        })
    }

    /// Shows how the pool is. Of two pools one after the other the counters go on.
    pub fn show_pool(&self, now: PoolFigures) {
        let pool = &self.pool;
        let state = |state| pool.connections.with_label_values(&[state]);
        state("idle").set(i64::from(now.idle));
        state("in_use").set(i64::from(now.in_use));
        pool.most.set(i64::from(now.most));
        let mut shown = pool.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let before = if now.opened < shown.opened {
            PoolFigures::default()
        } else {
            *shown
        };
        pool.opened.inc_by(now.opened.saturating_sub(before.opened));
        pool.waits.inc_by(now.waits.saturating_sub(before.waits));
        pool.timeouts
            .inc_by(now.timeouts.saturating_sub(before.timeouts));
        let waited = now.wait_time.saturating_sub(before.wait_time);
        pool.wait_time.inc_by(waited.as_secs_f64());
        *shown = now;
    }

    /// Shows how often the database failed in which way, since the process began.
    pub fn show_failures<'a>(&self, counts: impl IntoIterator<Item = (&'a str, u64)>) {
        raise(&self.failures, counts);
    }

    /// Shows how often the photo store failed in which way, since it was opened.
    pub fn show_storage_failures<'a>(&self, counts: impl IntoIterator<Item = (&'a str, u64)>) {
        raise(&self.storage_failures, counts);
    }

    /// Shows the file system under a folder: bytes that are free, and all.
    pub fn show_folder(&self, folder: &str, available: u64, size: u64) {
        let shown = |bytes| i64::try_from(bytes).unwrap_or(i64::MAX);
        let labels = [folder];
        self.available
            .with_label_values(&labels)
            .set(shown(available));
        self.size.with_label_values(&labels).set(shown(size));
    }
}

fn failures(declare: &Declare<'_>, name: &str, help: &str) -> Result<IntCounterVec, Error> {
    declare.counters(name, help, &["kind"])
}

/// Brings counters up to what was counted elsewhere.
fn raise<'a>(series: &IntCounterVec, counts: impl IntoIterator<Item = (&'a str, u64)>) {
    for (kind, count) in counts {
        let counter = series.with_label_values(&[kind]);
        counter.inc_by(count.saturating_sub(counter.get()));
    }
}

impl PoolMetrics {
    fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        Ok(Self {
            connections: declare.gauges(
                "database_pool_connections",
                "Connections of the pool, by state.",
                &["state"],
            )?,
            most: declare.gauge(
                "database_pool_size",
                "Most connections that the pool opens.",
            )?,
            opened: declare.counter(
                "database_pool_opened_total",
                "Connections that the pool opened.",
            )?,
            waits: declare.counter(
                "database_pool_waits_total",
                "Callers that had to wait for a connection of the pool and got one.",
            )?,
            wait_time: declare.register(Counter::new(
                "database_pool_wait_seconds_total",
                "Time that callers waited for a connection of the pool, together.",
            )?)?,
            timeouts: declare.counter(
                "database_pool_timeouts_total",
                "Callers that waited for a connection of the pool in vain.",
            )?,
            shown: Mutex::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use prometheus::Registry;

    use super::*;

    #[test]
    fn counters_of_a_pool_go_on_with_the_next_one() {
        let registry = Registry::new();
        let metrics = DatabaseMetrics::declare(&Declare(&registry)).unwrap();
        let figures = |opened, waits| PoolFigures {
            opened,
            waits,
            ..PoolFigures::default()
        };
        for now in [figures(3, 5), figures(4, 7), figures(1, 2), figures(1, 2)] {
            metrics.show_pool(now);
        }
        assert_eq!(
            (metrics.pool.opened.get(), metrics.pool.waits.get()),
            (5, 9)
        );
    }
}
