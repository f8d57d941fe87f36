//! How long does it take until everybody is live again when all are cut at once and have missed events,
//! and does everybody get what they missed?

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::to_value;

use crate::crowd::order::{Back, Pace};
use crate::feed::{Feed, REGIONS};
use crate::process::{cpu_ns, settle};
use crate::report::{Figure, Report, Target};
use crate::{Fault, say};

/// Characters of a description.
const LENGTH: usize = 146;
/// Events a second while nobody is there.
const RATE: u32 = 400;

/// How many and how often.
#[derive(Args)]
pub(crate) struct Options {
    /// Clients, each of one of sixteen regions
    #[arg(long, default_value_t = 5000)]
    sockets: usize,
    /// Events that each of them misses
    #[arg(long, default_value_t = 50)]
    missed: usize,
    /// How often all are cut
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

impl Options {
    /// For a run of everything.
    pub(crate) fn short() -> Self {
        Self {
            sockets: 5000,
            missed: 50,
            rounds: 2,
        }
    }
}

/// One time.
#[derive(Serialize)]
struct Round {
    #[serde(flatten)]
    back: Back,
    server_cpu_ms: f64,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let feed = Feed::open("reconnect", options.sockets).await?;
    let mut crowd = feed
        .crowd(options.sockets, 0..REGIONS, 1, Pace::Eager)
        .await?;
    let events = (options.missed * REGIONS) as f64;
    let time = Duration::from_secs_f64(events / f64::from(RATE));
    let mut rounds = Vec::new();
    for number in 1..=options.rounds {
        say(&format!("reconnect: round {number} of {}", options.rounds));
        crowd.cut().await?;
        feed.publish(0..REGIONS, LENGTH, RATE, time).await?;
        settle(feed.server.pid).await?;
        let cpu = cpu_ns(feed.server.pid)?;
        let back = crowd.come_back().await?;
        let cpu = cpu_ns(feed.server.pid)? - cpu;
        rounds.push(Round {
            back,
            server_cpu_ms: cpu as f64 / 1e6,
        });
    }
    let cores = feed.close().await?;
    let command = "target/release/redress-loadtest reconnect";
    Report::new(
        "reconnect",
        command,
        figures(options, &rounds),
        to_value(&rounds)?,
    )
    .under(
        "load",
        "each client comes back after the protocol's first back-off, at random within 500 ms",
    )
    .under("cores", cores)
    .publish()?;
    Ok(())
}

fn figures(options: &Options, rounds: &[Round]) -> Vec<Figure> {
    let Options {
        sockets, missed, ..
    } = options;
    let slowest = rounds
        .iter()
        .max_by(|one, other| one.back.last_ms.total_cmp(&other.back.last_ms));
    let slowest = slowest.map(|round| {
        let back = &round.back;
        let from = format!(
            "the slowest of {} rounds: p50 {:.2} s, p99 {:.2} s, server CPU {:.2} s",
            rounds.len(),
            back.p50_ms / 1000.0,
            back.p99_ms / 1000.0,
            round.server_cpu_ms / 1000.0
        );
        Figure::new(
            &format!(
                "{sockets} clients cut at once, each {missed} events behind: the last is live after"
            ),
            back.last_ms / 1000.0,
            "s",
            Target::AtMost(10.0),
            from,
        )
    });
    let sum =
        |pick: fn(&Back) -> usize| rounds.iter().map(|round| pick(&round.back)).sum::<usize>();
    let is_wrong = |round: &&Round| (round.back.fewest, round.back.most) != (*missed, *missed);
    let wrong = rounds.iter().filter(is_wrong).count();
    let others = [
        (
            format!("rounds in which a client did not get exactly its {missed} events"),
            wrong,
        ),
        (
            "events out of turn".to_owned(),
            sum(|back| back.out_of_turn),
        ),
        (
            "clients that were not resumed where they were".to_owned(),
            sum(|back| back.not_resumed),
        ),
    ];
    let refused = format!(
        "{} attempts were refused and made again",
        sum(|back| back.refused)
    );
    let others = others.map(|(what, value)| {
        Figure::new(
            &what,
            value as f64,
            "",
            Target::AtMost(0.0),
            refused.clone(),
        )
    });
    slowest.into_iter().chain(others).collect()
}
