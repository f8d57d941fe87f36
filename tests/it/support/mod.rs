//! What tests stand on: a server of their own, its database, and clients that see what clients see.

pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod call;
pub(crate) mod failover;
pub(crate) mod follower;
pub(crate) mod history;
pub(crate) mod ingest;
pub(crate) mod officer;
pub(crate) mod postgres;
mod probe;
pub(crate) mod process;
pub(crate) mod program;
pub(crate) mod prometheus;
pub(crate) mod proxy;
pub(crate) mod redis;
pub(crate) mod s3;
pub(crate) mod stream;
pub(crate) mod stuck;
pub(crate) mod trial;
pub(crate) mod world;
pub(crate) mod writer;

use std::time::Duration;

use tokio::time::Instant;

pub(crate) use api::Api;
pub(crate) use app::TestApp;
pub(crate) use call::{Answer, call};
pub(crate) use officer::Officer;

/// How long a condition may take before the test fails. Not a measure of speed: machines are shared.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `condition` gives a value.
pub(crate) async fn eventually<T>(what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
