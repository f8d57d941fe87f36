//! How much memory does the server hold for an idle socket that watches a region, and does a second
//! wave of sockets, after all of the first have left, need more?

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::to_value;

use crate::crowd::order::Pace;
use crate::feed::Feed;
use crate::process::{anonymous_bytes, open_files, resident_bytes, settle};
use crate::report::{Figure, Report, Target};
use crate::{Fault, say};

/// Sockets of the wave that warms up pools and caches; few, so that what they leave behind counts little.
const WARM_UP: usize = 100;
/// How often memory is read, and the pause between: for as long as the allocator keeps what is free (two seconds) and
/// some more.
const READINGS: usize = 24;
const READING_PAUSE: Duration = Duration::from_millis(250);

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
    /// Without pages of files, which the kernel brings in and takes out as it likes.
    first_wave_own: u64,
    second_wave_own: u64,
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
    let between = least(feed.server.pid).await?.resident;
    let second_wave = wave(&feed, sockets).await?;
    let cores = feed.close().await?;
    let memory = Memory {
        sockets,
        before,
        first_wave: first_wave.resident,
        between,
        second_wave: second_wave.resident,
        first_wave_own: first_wave.own,
        second_wave_own: second_wave.own,
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

/// Memory of the server, in bytes.
struct Reading {
    resident: u64,
    own: u64,
}

/// The least of some seconds.
async fn least(pid: u32) -> Result<Reading, Fault> {
    let (mut resident, mut own) = (u64::MAX, u64::MAX);
    for _ in 0..READINGS {
        resident = resident.min(resident_bytes(pid)?);
        own = own.min(anonymous_bytes(pid)?);
        tokio::time::sleep(READING_PAUSE).await;
    }
    Ok(Reading { resident, own })
}

/// Opens so many sockets and lets them go again; memory while they were there.
async fn wave(feed: &Feed, sockets: usize) -> Result<Reading, Fault> {
    let pid = feed.server.pid;
    let files = open_files(pid)?;
    let mut crowd = feed.crowd(sockets, 0..1, 1, Pace::Eager).await?;
    settle(pid).await?;
    let reading = least(pid).await?;
    let series = r#"websocket_connections_active{role="admin"}"#;
    let live = feed.server.metric(series).await?;
    if (live - sockets as f64).abs() > 0.5 {
        return Err(format!("{live} sockets are live").into());
    }
    crowd.cut().await?;
    settle(pid).await?;
    let left = open_files(pid)?.saturating_sub(files);
    say(&format!("{left} more files are open than before the wave"));
    Ok(reading)
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
            "memory with a second wave to with the first, without pages of files",
            memory.second_wave_own as f64 / memory.first_wave_own as f64,
            Target::AtMost(1.0),
            format!(
                "{:.2} MiB to {:.2} MiB; resident {:.1} to {:.1}, {:.1} between them",
                megabytes(memory.second_wave_own),
                megabytes(memory.first_wave_own),
                megabytes(memory.second_wave),
                megabytes(memory.first_wave),
                megabytes(memory.between)
            ),
        ),
    ]
}
