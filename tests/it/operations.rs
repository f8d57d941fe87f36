//! What the server shows of itself: health, metrics and logs.

mod health;
mod log;
mod metrics;
