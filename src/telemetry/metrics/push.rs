//! The live feed: sockets, what is sent to them, and how they end.

use prometheus::{Error, Histogram, IntCounter, IntCounterVec, IntGauge, IntGaugeVec};

use super::declare::{Declare, TIMES};
use crate::domain::account::Role;

/// The live feed.
#[derive(Clone)]
pub struct PushMetrics {
    /// Live sockets and event streams that have authenticated, by role.
    pub connections: IntGaugeVec,
    /// Event streams among them.
    pub event_streams: IntGauge,
    /// Reporters who follow their complaint.
    pub reporters_following: IntGauge,
    /// Regions that at least one session watches.
    pub regions_watched: IntGauge,
    /// Events that desks published to the registry.
    pub events_published: IntCounter,
    /// Events put into sessions' queues.
    pub events_delivered: IntCounter,
    /// Bytes handed to sockets.
    pub sent_bytes: IntCounter,
    /// Time from a commit to the oldest waiting event being handed to a socket.
    pub latency: Histogram,
    /// Sockets closed by the server, by close code.
    pub closes: IntCounterVec,
    /// Joins of a session to a region, by mode.
    pub joins: IntCounterVec,
    /// Sockets that were not opened, by reason.
    pub refusals: IntCounterVec,
    /// How many events behind clients said to be, one observation a region that was named.
    pub seen_lag: Histogram,
    /// Newer tokens that live sockets were given.
    pub token_refreshes: IntCounter,
}

impl PushMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        let connections = declare.gauges(
            "websocket_connections_active",
            "Live sockets and event streams that have authenticated, by role (this node's).",
            &["role"],
        )?;
        for role in Role::ALL {
            connections.with_label_values(&[role.as_str()]).set(0);
        }
        Ok(Self {
            connections,
            event_streams: declare.gauge(
                "event_streams_active",
                "Event streams of officers among the live connections (this node's).",
            )?,
            reporters_following: declare.gauge(
                "reporters_following_active",
                "Reporters who follow their complaint as an event stream (this node's).",
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
            sent_bytes: declare
                .counter("websocket_sent_bytes_total", "Bytes handed to sockets.")?,
            latency: declare.histogram(
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
            refusals: refusals(declare)?,
            seen_lag: declare.histogram(
                "websocket_seen_lag_events",
                "How many events of a region a client was behind when it said what it had seen.",
                &[0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0],
            )?,
            token_refreshes: declare.counter(
                "websocket_token_refreshes_total",
                "Newer tokens that live sockets were given.",
            )?,
        })
    }
}

fn refusals(declare: &Declare<'_>) -> Result<IntCounterVec, Error> {
    let refusals = declare.counters(
        "websocket_refusals_total",
        "Sockets and event streams that were not opened for want of room, by reason.",
        &["reason"],
    )?;
    for reason in [
        "node",
        "unauthenticated",
        "address",
        "reporters",
        "account",
        "rate",
    ] {
        refusals.with_label_values(&[reason]).inc_by(0);
    }
    Ok(refusals)
}
