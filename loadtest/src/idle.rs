//! How much memory does the server hold for an idle socket that watches a region?

use std::rc::Rc;

use clap::Args;
use serde_json::json;

use crate::process::resident_bytes;
use crate::push::{open, settle};
use crate::report::{Figure, Report, Target};
use crate::server::Server;
use crate::stage::Stage;
use crate::wave::Waves;
use crate::{Fault, say};

/// Sockets of the wave that warms up pools and caches; few, so that what they leave behind counts little.
const WARM_UP: usize = 100;

/// How many sockets.
#[derive(Args)]
pub(crate) struct Options {
    /// Idle sockets
    #[arg(long, default_value_t = 5000)]
    sockets: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { sockets: 5000 }
    }
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let stage = Stage::set("idle").await?;
    let server = Server::start(&stage, "idle", &["--demo"]).await?;
    let demo = server.demo().await?;
    let token = server
        .login(&demo.admin.email, &demo.admin.password)
        .await?;
    let region = &demo.regions.first().ok_or("the demo has no region")?.id;
    let waves = Rc::new(Waves::new());
    let warm = open(&server, WARM_UP, &token, region, &waves).await?;
    settle(server.pid).await?;
    drop(warm);
    settle(server.pid).await?;
    let before = resident_bytes(server.pid)?;
    say(&format!("idle: opening {} sockets", options.sockets));
    let watchers = open(&server, options.sockets, &token, region, &waves).await?;
    settle(server.pid).await?;
    let after = resident_bytes(server.pid)?;
    let live = server
        .metric(r#"websocket_connections_active{role="admin"}"#)
        .await?;
    if (live - options.sockets as f64).abs() > 0.5 {
        return Err(format!("{live} sockets are live").into());
    }
    drop(watchers);
    server.stop().await?;
    stage.strike().await?;
    let each = (after - before) as f64 / options.sockets as f64 / 1024.0;
    let megabytes = |bytes: u64| bytes as f64 / 1_048_576.0;
    let figures = vec![Figure::new(
        &format!(
            "resident memory an idle socket ({} sockets)",
            options.sockets
        ),
        each,
        "KiB",
        Target::AtMost(16.0),
        format!(
            "{:.1} MiB before, {:.1} MiB after",
            megabytes(before),
            megabytes(after)
        ),
    )];
    let raw = json!({"sockets": options.sockets, "before_bytes": before, "after_bytes": after});
    Report::new("idle", "target/release/redress-loadtest idle", figures, raw)
        .under(
            "load",
            "every socket authenticated by header and watches one region; no events",
        )
        .publish()?;
    Ok(())
}
