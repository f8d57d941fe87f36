//! What the program shows of itself: metrics, logs, error reports. Holds no personal data.

pub mod at_work;
pub mod log;
pub mod metrics;
pub mod sentry;
