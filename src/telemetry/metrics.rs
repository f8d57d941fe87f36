//! Every series in one struct, by subject, declared once with its help text.
//!
//! Gauges are set from their owner's state; labels are bounded (no ids, no raw paths; regions are those of
//! the catalogue). Which figures are this node's own and which are the whole database's is said in
//! `docs/METRICS.md`, beside each.

mod complaints;
mod database;
mod declare;
mod http;
mod photos;
mod process;
mod push;
mod reports;
mod retention;
mod timers;

use std::ops::Deref;
use std::sync::Arc;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Error, Histogram, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Registry,
    TextEncoder,
};

pub use self::complaints::ComplaintMetrics;
pub use self::database::{DatabaseMetrics, PoolFigures};
use self::declare::{Declare, TIMES};
pub use self::http::HttpMetrics;
pub use self::photos::PhotoMetrics;
pub use self::push::PushMetrics;
use self::reports::Reports;
pub use self::retention::RetentionMetrics;
pub use self::timers::TimerMetrics;

/// The series of one node. Cheap to clone: one count, where cloning each series would be forty that
/// all threads share.
#[derive(Clone)]
pub struct Metrics(Arc<Series>);

/// Every series.
pub struct Series {
    registry: Registry,
    /// Requests.
    pub http: HttpMetrics,
    /// The live feed.
    pub push: PushMetrics,
    /// Complaints: how many there are, and what became of them.
    pub complaints: ComplaintMetrics,
    /// Commands on them, and their commits.
    pub desks: DeskMetrics,
    /// Deadlines and other times of complaints.
    pub timers: TimerMetrics,
    /// Photos.
    pub photos: PhotoMetrics,
    /// Retention.
    pub retention: RetentionMetrics,
    /// The database.
    pub database: DatabaseMetrics,
    /// Restarts of actors after a panic, by actor.
    pub actor_restarts: IntCounterVec,
    /// 1 when the node is ready.
    pub ready: IntGauge,
    /// How often the node began anew on another history of the database.
    pub begun_anew: IntCounter,
    /// Turns that were counted by this node alone because Redis did not answer.
    pub limit_fallbacks: IntCounter,
    /// Log lines and error reports.
    reports: Reports,
}

/// Commands on complaints, and their commits.
#[derive(Clone)]
pub struct DeskMetrics {
    /// Commands that wait in the commit lanes' queues, by lane.
    pub queue: IntGaugeVec,
    /// Commands in one commit.
    pub batch_size: Histogram,
    /// Time of one commit.
    pub commit_duration: Histogram,
    /// Commands by outcome.
    pub commands: IntCounterVec,
    /// Batches that were tried again after a conflict with another transaction.
    pub conflicts: IntCounter,
}

impl Deref for Metrics {
    type Target = Series;

    fn deref(&self) -> &Series {
        &self.0
    }
}

impl Metrics {
    /// Declares every series.
    ///
    /// # Errors
    /// When a name is declared twice, which a test excludes.
    pub fn new() -> Result<Self, Error> {
        let registry = Registry::new();
        let declare = Declare(&registry);
        process::declare(&declare)?;
        Ok(Self(Arc::new(Series {
            http: HttpMetrics::declare(&declare)?,
            push: PushMetrics::declare(&declare)?,
            complaints: ComplaintMetrics::declare(&declare)?,
            desks: DeskMetrics::declare(&declare)?,
            timers: TimerMetrics::declare(&declare)?,
            photos: PhotoMetrics::declare(&declare)?,
            retention: RetentionMetrics::declare(&declare)?,
            database: DatabaseMetrics::declare(&declare)?,
            actor_restarts: declare.counters(
                "actor_restarts_total",
                "Restarts of actors after a panic, by actor.",
                &["actor"],
            )?,
            limit_fallbacks: declare.counter(
                "rate_limit_fallbacks_total",
                "Requests that counted against this node's own rate limits because Redis did not answer.",
            )?,
            begun_anew: declare.counter(
                "begun_anew_total",
                "How often the node began anew because the database had another history.",
            )?,
            ready: declare.gauge("ready", "1 when the node is ready.")?,
            reports: Reports::declare(&declare)?,
            registry,
        })))
    }

    /// How often each actor was restarted, for actors that were.
    pub fn restarts(&self) -> Vec<(String, u64)> {
        let families = self.actor_restarts.collect();
        let series = families.iter().flat_map(|family| family.get_metric());
        series
            .map(|metric| {
                let actor = metric.get_label().first();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a counter of restarts is a small whole number"
                )]
                let count = metric.get_counter().get_value() as u64;
                (
                    actor
                        .map(|label| label.value().to_owned())
                        .unwrap_or_default(),
                    count,
                )
            })
            .collect()
    }

    /// The page that Prometheus scrapes.
    ///
    /// # Errors
    /// When a series cannot be written as text.
    pub fn page(&self) -> Result<String, Error> {
        self.reports.show();
        let mut page = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut page)?;
        let page = String::from_utf8(page).map_err(|error| Error::Msg(error.to_string()))?;
        Ok(complaints::as_untyped(page))
    }
}

impl DeskMetrics {
    /// Commands that wait in the queues of all lanes.
    pub fn waiting(&self) -> i64 {
        let families = self.queue.collect();
        let lanes = families.iter().flat_map(|family| family.get_metric());
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a queue's length is a small whole number"
        )]
        let waiting = lanes.map(|lane| lane.get_gauge().get_value() as i64).sum();
        waiting
    }

    fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        Ok(Self {
            queue: declare.gauges(
                "desk_queue_length",
                "Commands that wait in the commit lanes' queues, by lane.",
                &["lane"],
            )?,
            batch_size: declare.histogram(
                "commit_batch_size",
                "Commands in one commit.",
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
            )?,
            commit_duration: declare.histogram(
                "commit_duration_seconds",
                "Time of one commit.",
                TIMES,
            )?,
            commands: declare.counters(
                "commands_total",
                "Commands to desks, by outcome.",
                &["outcome"],
            )?,
            conflicts: declare.counter(
                "commit_conflicts_total",
                "Batches that were tried again after a deadlock, a lock time-out or a serialization failure.",
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_is_declared_once_and_the_page_can_be_written() {
        let page = Metrics::new().unwrap().page().unwrap();
        assert!(page.contains(r#"active_complaints_total{status="reported"} 0"#));
        assert!(page.contains(r#"websocket_connections_active{role="officer"} 0"#));
    }
}
