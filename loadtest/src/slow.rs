//! What do clients that never read cost those who do, and does one stay that reads nearly as fast as
//! events come?

mod figures;
mod near;

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::crowd::Crowd;
use crate::crowd::order::{Arrived, Pace};
use crate::feed::Feed;
use crate::process::{open_files, resident_bytes};
use crate::report::Report;
use crate::{Fault, say};
use near::Near;

/// Characters of a description: with short ones it would take minutes until anybody is cut off.
const LENGTH: usize = 1500;
/// What is measured at a time.
const TURN: Duration = Duration::from_secs(2);
/// How long it may take until all who do not read are cut off, and until their sockets are gone.
const PATIENCE: Duration = Duration::from_secs(60);
/// The server's count of those whom it cut off.
const CUT_OFF: &str = r#"websocket_closes_total{code="4002"}"#;

/// How many and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Sockets that read
    #[arg(long, default_value_t = 500)]
    readers: usize,
    /// Sockets that never do
    #[arg(long, default_value_t = 500)]
    slow: usize,
    /// Events a second
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// Rounds: the readers alone, with those who never read, with as many more who do
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

impl Options {
    /// For a run of everything.
    pub(crate) fn short() -> Self {
        Self {
            readers: 500,
            slow: 500,
            rate: 50,
            rounds: 2,
        }
    }
}

/// What reached the readers in one turn.
#[derive(Serialize)]
struct Turn {
    #[serde(flatten)]
    arrived: Arrived,
    /// Others that were cut off by its end.
    cut_off: usize,
    resident_bytes: u64,
}

/// Everything once.
#[derive(Serialize)]
struct Round {
    alone: Vec<Turn>,
    /// From the opening of those who never read until the last of them was cut off.
    with_slow: Vec<Turn>,
    /// After that.
    after: Turn,
    with_more_readers: Vec<Turn>,
    /// Files of the server before those who never read came, and after they were cut off.
    files: (usize, usize),
    /// How those ended, as they saw it.
    ended: Arrived,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let feed = Feed::open("slow", options.readers + options.slow).await?;
    let readers = feed.crowd(options.readers, 0..1, 1, Pace::Eager).await?;
    let mut scene = Scene {
        feed,
        readers,
        options,
    };
    let mut rounds = Vec::new();
    scene.turn(0.0).await?;
    for number in 1..=options.rounds {
        say(&format!("slow: round {number} of {}", options.rounds));
        rounds.push(scene.round().await?);
    }
    drop(scene.readers);
    let near = near::play(&scene.feed).await?;
    let cores = scene.feed.close().await?;
    let raw = json!({"rounds": rounds, "near": near});
    let figures = figures::of(options, &rounds, &near);
    Report::new("slow", "target/release/redress-loadtest slow", figures, raw)
        .under(
            "load",
            format!(
                "{} events/s of one region; ages begin before the commit",
                options.rate
            ),
        )
        .under("cores", cores)
        .publish()?;
    Ok(())
}

/// Those who take part.
struct Scene<'a> {
    feed: Feed,
    readers: Crowd,
    options: &'a Options,
}

impl Scene<'_> {
    async fn round(&mut self) -> Result<Round, Fault> {
        let slow = self.options.slow;
        let alone = self.turns(3).await?;
        let pid = self.feed.server.pid;
        let before = (open_files(pid)?, self.feed.server.metric(CUT_OFF).await?);
        let mut others = self.feed.crowd(slow, 0..1, 1, Pace::Never).await?;
        let mut with_slow = Vec::new();
        while with_slow
            .last()
            .is_none_or(|turn: &Turn| turn.cut_off < slow)
        {
            if TURN * with_slow.len() as u32 > PATIENCE {
                return Err("not all who never read were cut off".into());
            }
            with_slow.push(self.turn(before.1).await?);
        }
        let after = self.turn(before.1).await?;
        let files = (before.0, self.files_after(before.0).await?);
        others.read_on().await?;
        tokio::time::sleep(TURN).await;
        let ended = others.tell().await?;
        drop(others);
        let more = self.feed.crowd(slow, 0..1, 1, Pace::Eager).await?;
        let with_more_readers = self.turns(3).await?;
        drop(more);
        tokio::time::sleep(TURN).await;
        Ok(Round {
            alone,
            with_slow,
            after,
            with_more_readers,
            files,
            ended,
        })
    }

    async fn turns(&mut self, count: usize) -> Result<Vec<Turn>, Fault> {
        let mut turns = Vec::new();
        for _ in 0..count {
            turns.push(self.turn(0.0).await?);
        }
        Ok(turns)
    }

    /// Publishes for a turn; `cut_before` are those who were cut off in rounds before.
    async fn turn(&mut self, cut_before: f64) -> Result<Turn, Fault> {
        self.readers.begin(0).await?;
        let published = self
            .feed
            .publish(0..1, LENGTH, self.options.rate, TURN)
            .await?;
        let expected = published.events * self.options.readers;
        let mut arrived = self.readers.tell().await?;
        while arrived.events < expected {
            if arrived.open < self.options.readers {
                return Err(format!("readers were cut off: {:?}", arrived.ended).into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            arrived = self.readers.tell().await?;
        }
        let cut_off = self.feed.server.metric(CUT_OFF).await? - cut_before;
        Ok(Turn {
            arrived,
            cut_off: cut_off as usize,
            resident_bytes: resident_bytes(self.feed.server.pid)?,
        })
    }

    /// The server's files once they are no more than `before`, or when patience ends. The connections
    /// of the publisher come and go: they are not among those that are waited for.
    async fn files_after(&self, before: usize) -> Result<usize, Fault> {
        let pid = self.feed.server.pid;
        let begun = std::time::Instant::now();
        while open_files(pid)? > before && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        open_files(pid)
    }
}
