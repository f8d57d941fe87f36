//! The soak: minutes of the worst that can happen, under load, each run judged by the history checker.
//!
//! `make soak` runs everything; `cargo test --test soak -- run --only kills --seed 7` a part of it. Without
//! the word `run` it does nothing, so that `make test` builds it and goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::large_futures,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a run ends by panicking, with the reason in the panic"
)]

mod clients;
mod clocks;
mod connections;
mod crowd;
mod hopping;
mod kills;
mod nodes;
mod own_postgres;
mod plateau;
mod promotion;
mod redis;
mod restarts;
#[allow(dead_code, reason = "shared with tests/it, which uses more of it")]
#[path = "../it/source.rs"]
mod source;
mod stage;
#[allow(
    dead_code,
    unused_imports,
    reason = "shared with tests/it, which uses more of it"
)]
#[path = "../it/support/mod.rs"]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use futures_util::future::LocalBoxFuture;

use stage::Outcome;

/// What a caller may choose.
#[derive(Parser, Clone)]
#[command(
    name = "soak",
    about = "Faults under load, judged by the history checker"
)]
struct Options {
    /// Only runs whose name holds this; may be given several times
    #[arg(long)]
    only: Vec<String>,
    /// From which all that is random comes; a new one when absent
    #[arg(long)]
    seed: Option<u64>,
    /// How often a node is killed in `kills`
    #[arg(long, default_value_t = 200)]
    kills: usize,
    /// How often what is repeated is repeated in other runs
    #[arg(long, default_value_t = 10)]
    runs: usize,
    /// Sockets that are cut at once in `crowd`
    #[arg(long, default_value_t = 5000)]
    crowd: usize,
}

/// Options as a run gets them.
#[derive(Clone)]
struct Settings {
    seed: u64,
    kills: usize,
    runs: usize,
    crowd: usize,
}

type Run = fn(Settings) -> LocalBoxFuture<'static, Outcome>;

/// Every run: its name, and what it does.
const RUNS: &[(&str, Run)] = &[
    ("kills", |settings| Box::pin(kills::run(settings))),
    ("restarts", |settings| Box::pin(restarts::run(settings))),
    ("connections", |settings| {
        Box::pin(connections::terminated(settings))
    }),
    ("locked-region", |settings| {
        Box::pin(connections::stopped(settings))
    }),
    ("stopped-node", |settings| {
        Box::pin(nodes::stopped(settings))
    }),
    ("clocks", |settings| Box::pin(clocks::run(settings))),
    ("promotion", |settings| Box::pin(promotion::run(settings))),
    ("redis", |settings| Box::pin(redis::run(settings))),
    ("vanished-5s", |settings| {
        Box::pin(clients::vanished(settings, 5))
    }),
    ("vanished-40s", |settings| {
        Box::pin(clients::vanished(settings, 40))
    }),
    ("hopping", |settings| Box::pin(hopping::run(settings))),
    ("crowd", |settings| Box::pin(crowd::run(settings))),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() != Some("run") {
        say("soak: nothing is asked for; see make soak");
        return ExitCode::SUCCESS;
    }
    let options = Options::parse_from(["soak".to_owned()].into_iter().chain(arguments));
    let seed = options.seed.unwrap_or_else(|| rand::random::<u32>().into());
    say(&format!("seed {seed}: the same again with --seed {seed}"));
    let settings = Settings {
        seed,
        kills: options.kills,
        runs: options.runs,
        crowd: options.crowd,
    };
    let is_asked = |name: &str| {
        let mut only = options.only.iter();
        options.only.is_empty() || only.any(|part| name.contains(part.as_str()))
    };
    let mut lines = Vec::new();
    let mut all_good = true;
    for (name, run) in RUNS.iter().filter(|(name, _)| is_asked(name)) {
        let (line, is_good) = perform(name, *run, settings.clone());
        say(&line);
        lines.push(line);
        all_good &= is_good;
    }
    say(&format!("\nseed {seed}\n{}", lines.join("\n")));
    if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// One run: its line of the summary, and whether all was well.
fn perform(name: &str, run: Run, settings: Settings) -> (String, bool) {
    say(&format!("{name} …"));
    let begun = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        actix::System::new().block_on(run(settings))
    }));
    let took = begun.elapsed().as_secs();
    let Ok(outcome) = outcome else {
        return (
            format!("FAULT {name:14} {took:4} s  it ended by a panic, see above"),
            false,
        );
    };
    for fault in outcome.faults.iter().take(20) {
        say(&format!("  fault: {fault}"));
    }
    let is_good = outcome.faults.is_empty();
    let word = if is_good { "good " } else { "FAULT" };
    let faults = outcome.faults.len();
    let line = format!(
        "{word} {name:14} {took:4} s  {faults} faults; {}",
        outcome.figures
    );
    (line, is_good)
}

/// A line of progress.
fn say(line: &str) {
    println!("{line}");
}
