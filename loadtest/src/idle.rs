//! How much memory does the server hold for an idle socket that watches a region, and does a second
//! wave of sockets, after all of the first have left, need more?

use clap::Args;
use serde::Serialize;
use serde_json::to_value;

use crate::crowd::order::Pace;
use crate::feed::Feed;
use crate::process::{open_files, resident_bytes, settle};
use crate::report::{Figure, Report, Target};
use crate::{Fault, say};

/// Sockets of the wave that warms up pools and caches; few, so that what they leave behind counts little.
const WARM_UP: usize = 100;

/// How many sockets.
#[derive(Args)]
pub(crate) struct Options {
    /// Idle sockets, of each wave
    #[arg(long, default_value_t = 15_000)]
    sockets: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { sockets: 15_000 }
    }
}

/// Resident memory of the server, in bytes.
#[derive(Serialize)]
struct Memory {
    sockets: usize,
    before: u64,
    first_wave: u64,
    /// After all of the first wave left.
    between: u64,
    second_wave: u64,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let sockets = options.sockets;
    let feed = Feed::open("idle", sockets).await?;
    wave(&feed, WARM_UP).await?;
    let before = resident_bytes(feed.server.pid)?;
    let first_wave = wave(&feed, sockets).await?;
    let between = resident_bytes(feed.server.pid)?;
    let second_wave = wave(&feed, sockets).await?;
    let cores = feed.close().await?;
    let memory = Memory {
        sockets,
        before,
        first_wave,
        between,
        second_wave,
    };
    let command = format!("target/release/redress-loadtest idle --sockets {sockets}");
    Report::new("idle", &command, figures(&memory), to_value(&memory)?)
        .under(
            "load",
            "every socket authenticated by header and watches one region; no events",
        )
        .under("cores", cores)
        .publish()?;
    Ok(())
}

/// Opens so many sockets and lets them go again; resident memory while they were there.
async fn wave(feed: &Feed, sockets: usize) -> Result<u64, Fault> {
    let pid = feed.server.pid;
    let files = open_files(pid)?;
    let mut crowd = feed.crowd(sockets, 0..1, 1, Pace::Eager).await?;
    settle(pid).await?;
    let resident = resident_bytes(pid)?;
    let series = r#"websocket_connections_active{role="admin"}"#;
    let live = feed.server.metric(series).await?;
    if (live - sockets as f64).abs() > 0.5 {
        return Err(format!("{live} sockets are live").into());
    }
    crowd.cut().await?;
    settle(pid).await?;
    let left = open_files(pid)?.saturating_sub(files);
    say(&format!("{left} more files are open than before the wave"));
    Ok(resident)
}

fn figures(memory: &Memory) -> Vec<Figure> {
    let sockets = memory.sockets;
    let megabytes = |bytes: u64| bytes as f64 / 1_048_576.0;
    let grown = memory.first_wave.saturating_sub(memory.before);
    vec![
        Figure::new(
            &format!("resident memory an idle socket ({sockets} sockets)"),
            grown as f64 / sockets as f64 / 1024.0,
            "KiB",
            Target::AtMost(16.0),
            format!(
                "{:.1} MiB before, {:.1} MiB after",
                megabytes(memory.before),
                megabytes(memory.first_wave)
            ),
        ),
        Figure::ratio(
            "resident memory with a second wave to with the first",
            memory.second_wave as f64 / memory.first_wave as f64,
            Target::AtMost(1.0),
            format!(
                "{:.1} MiB to {:.1} MiB; {:.1} MiB between them",
                megabytes(memory.second_wave),
                megabytes(memory.first_wave),
                megabytes(memory.between)
            ),
        ),
    ]
}
