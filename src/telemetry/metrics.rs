//! Every series in one struct, declared once with its help text.
//!
//! Gauges are set from their owner's state; labels are bounded (no ids, no raw paths).
//! All figures are this node's own, but `active_complaints_total`, which every node
//! computes from the whole database's events.

use prometheus::{
    Encoder, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::domain::account::Role;
use crate::domain::status::Status;

/// The series of one node.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    /// Requests answered, by method, route template and status.
    pub http_requests: IntCounterVec,
    /// Time from a request's head to its answer's head.
    pub http_duration: HistogramVec,
    /// Requests being answered.
    pub http_in_flight: IntGauge,
    /// Complaints by status, over all regions.
    pub complaints: IntGaugeVec,
    /// Live sockets that have authenticated, by role.
    pub connections: IntGaugeVec,
    /// Regions that at least one session watches.
    pub regions_watched: IntGauge,
    /// Events that desks published to the registry.
    pub events_published: IntCounter,
    /// Events put into sessions' queues.
    pub events_delivered: IntCounter,
    /// Bytes handed to sockets.
    pub bytes_pushed: IntCounter,
    /// Time from a commit to the oldest waiting event being handed to a socket.
    pub push_latency: Histogram,
    /// Sockets closed by the server, by close code.
    pub closes: IntCounterVec,
    /// Joins of a session to a region, by mode.
    pub joins: IntCounterVec,
    /// Commands that wait in desks and lanes.
    pub desk_queue: IntGauge,
    /// Commands in one commit.
    pub batch_size: Histogram,
    /// Time of one commit.
    pub commit_duration: Histogram,
    /// Commands by outcome.
    pub commands: IntCounterVec,
    /// Restarts of actors after a panic, by actor.
    pub actor_restarts: IntCounterVec,
    /// Connections of the pool, by state.
    pub pool: IntGaugeVec,
    /// Time of the last database round trip of the head poll.
    pub database_round_trip: Gauge,
    /// Regions whose desk was found behind by the head poll.
    pub feed_gaps: IntCounter,
    /// 1 when the node is ready.
    pub ready: IntGauge,
}

/// Buckets for times of requests and commits: 0.5 ms to 10 s.
const TIMES: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

impl Metrics {
    /// Declares every series.
    ///
    /// # Errors
    /// When a name is declared twice, which a test excludes.
    pub fn new() -> Result<Self, prometheus::Error> {
        let declare = Declare(Registry::new());
        let metrics = Self {
            http_requests: declare.counters(
                "http_requests_total",
                "Requests answered, by method, route template and status.",
                &["method", "endpoint", "status"],
            )?,
            http_duration: declare.histograms(
                "http_request_duration_seconds",
                "Time from a request's head to its answer's head.",
                &["method", "endpoint"],
            )?,
            http_in_flight: declare.gauge("http_requests_in_flight", "Requests being answered.")?,
            complaints: declare.gauges(
                "active_complaints_total",
                "Complaints by status, over all regions (the database's, the same on every node).",
                &["status"],
            )?,
            connections: declare.gauges(
                "websocket_connections_active",
                "Live sockets that have authenticated, by role (this node's).",
                &["role"],
            )?,
            regions_watched: declare.gauge(
                "websocket_regions_watched",
                "Regions that at least one session watches (this node's).",
            )?,
            events_published: declare.counter(
                "events_published_total",
                "Events that desks published to the registry.",
            )?,
            events_delivered: declare.counter(
                "events_delivered_total",
                "Events put into sessions' outgoing queues.",
            )?,
            bytes_pushed: declare
                .counter("websocket_sent_bytes_total", "Bytes handed to sockets.")?,
            push_latency: declare.histogram(
                "push_latency_seconds",
                "Time from a commit to the oldest waiting event being handed to a socket.",
                TIMES,
            )?,
            closes: declare.counters(
                "websocket_closes_total",
                "Sockets closed by the server, by close code.",
                &["code"],
            )?,
            joins: declare.counters(
                "websocket_joins_total",
                "Joins of a session to a region, by mode.",
                &["mode"],
            )?,
            desk_queue: declare.gauge(
                "desk_queue_length",
                "Commands that wait in the commit lanes' queues.",
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
            actor_restarts: declare.counters(
                "actor_restarts_total",
                "Restarts of actors after a panic, by actor.",
                &["actor"],
            )?,
            pool: declare.gauges(
                "database_pool_connections",
                "Connections of the pool, by state.",
                &["state"],
            )?,
            database_round_trip: declare.seconds(
                "database_round_trip_seconds",
                "Time of the last database round trip of the head poll.",
            )?,
            feed_gaps: declare.counter(
                "feed_gaps_total",
                "Regions whose desk was found behind by the head poll.",
            )?,
            ready: declare.gauge("ready", "1 when the node is ready.")?,
            registry: declare.0,
        };
        metrics.name_bounded_labels();
        metrics.declare_process()?;
        Ok(metrics)
    }

    /// Shows every status and role from the start, at 0.
    fn name_bounded_labels(&self) {
        for status in Status::ALL {
            self.complaints.with_label_values(&[status.as_str()]).set(0);
        }
        for role in Role::ALL {
            self.connections.with_label_values(&[role.as_str()]).set(0);
        }
    }

    fn declare_process(&self) -> Result<(), prometheus::Error> {
        let info = IntGaugeVec::new(
            Opts::new("build_info", "The program's version, as a label."),
            &["version"],
        )?;
        info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        self.registry.register(Box::new(info))?;
        #[cfg(target_os = "linux")]
        self.registry.register(Box::new(
            prometheus::process_collector::ProcessCollector::for_self(),
        ))?;
        Ok(())
    }

    /// How often each actor was restarted, for actors that were.
    pub fn restarts(&self) -> Vec<(String, u64)> {
        use prometheus::core::Collector;
        let families = self.actor_restarts.collect();
        let series = families.iter().flat_map(|family| family.get_metric());
        series
            .map(|metric| {
                let actor = metric
                    .get_label()
                    .first()
                    .map(|label| label.value().to_owned());
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a counter of restarts is a small whole number"
                )]
                let count = metric.get_counter().get_value() as u64;
                (actor.unwrap_or_default(), count)
            })
            .collect()
    }

    /// The page that Prometheus scrapes.
    ///
    /// # Errors
    /// When a series cannot be written as text.
    pub fn page(&self) -> Result<String, prometheus::Error> {
        let mut page = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut page)?;
        String::from_utf8(page).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

/// Declares series in a registry: one short call each.
struct Declare(Registry);

impl Declare {
    fn counter(&self, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
        let series = IntCounter::new(name, help)?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
    }

    fn counters(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntCounterVec, prometheus::Error> {
        let series = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        let series = IntGauge::new(name, help)?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
    }

    fn gauges(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntGaugeVec, prometheus::Error> {
        let series = IntGaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
    }

    fn seconds(&self, name: &str, help: &str) -> Result<Gauge, prometheus::Error> {
        let series = Gauge::new(name, help)?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
    }

    fn histogram(
        &self,
        name: &str,
        help: &str,
        buckets: &[f64],
    ) -> Result<Histogram, prometheus::Error> {
        let series =
            Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
    }

    fn histograms(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<HistogramVec, prometheus::Error> {
        let series = HistogramVec::new(
            HistogramOpts::new(name, help).buckets(TIMES.to_vec()),
            labels,
        )?;
        self.0.register(Box::new(series.clone()))?;
        Ok(series)
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
