//! Requests: how many, how long, how they ended.

use prometheus::{Error, HistogramVec, IntCounter, IntCounterVec, IntGauge};

use super::declare::Declare;

/// Requests.
#[derive(Clone)]
pub struct HttpMetrics {
    /// Requests answered, by method, route template and status.
    pub requests: IntCounterVec,
    /// Time from a request's head to its answer's head, by method and route template.
    pub duration: HistogramVec,
    /// Requests being answered.
    pub in_flight: IntGauge,
    /// Requests whose handler panicked.
    pub panics: IntCounter,
}

impl HttpMetrics {
    pub(super) fn declare(declare: &Declare<'_>) -> Result<Self, Error> {
        Ok(Self {
            requests: declare.counters(
                "http_requests_total",
                "Requests answered, by method, route template and status.",
                &["method", "endpoint", "status"],
            )?,
            duration: declare.times(
                "http_request_duration_seconds",
                "Time from a request's head to its answer's head.",
                &["method", "endpoint"],
            )?,
            in_flight: declare.gauge("http_requests_in_flight", "Requests being answered.")?,
            panics: declare.counter(
                "http_panics_total",
                "Requests whose handler panicked; they are answered 500.",
            )?,
        })
    }
}
