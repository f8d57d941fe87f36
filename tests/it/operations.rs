//! What the server shows of itself: health, metrics and logs.

mod figures;
mod health;
mod log;
mod log_level;
mod metrics;
