//! How long do lists, filters, searches and statistics take at a million complaints, for an admin and for
//! an officer of three regions? And how much memory does the server need to export all of them?

mod export;
mod questions;

use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use crate::dice::Dice;
use crate::http::{Connection, request};
use crate::report::{Figure, Report, Target, percentile};
use crate::seed::{self, Amount};
use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, say};
use questions::{Question, questions};

const SCHEMA: &str = "lists";
/// What every question must be answered within, in milliseconds, by 95 of 100.
const GOAL_MS: f64 = 50.0;
/// What the seeder must need at most, in seconds.
const SEED_GOAL_S: f64 = 180.0;
/// What an export may add to the server's memory, in MiB.
const EXPORT_GOAL_MIB: f64 = 64.0;

/// How long and how much.
#[derive(Args)]
pub(crate) struct Options {
    /// Times that each question is asked by each caller before, with other values again
    #[arg(long, default_value_t = 20)]
    warm_up: usize,
    /// Times that each question is asked by each caller, with other values each time
    #[arg(long, default_value_t = 40)]
    times: usize,
    /// Only questions whose name contains this; no report, no exports
    #[arg(long)]
    only: Option<String>,
    /// Keep the filled database for the next run with this flag, which takes it as it is
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    amount: Amount,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            warm_up: 20,
            times: 40,
            only: None,
            keep: false,
            amount: Amount::default(),
        }
    }
}

/// The answers to one question of one caller.
#[derive(Serialize)]
struct Run {
    question: &'static str,
    caller: &'static str,
    p50_ms: f64,
    p95_ms: f64,
    slowest_ms: f64,
    /// Complaints in an average answer.
    found: f64,
    /// The slowest query.
    slowest: String,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let (stage, is_old) = match options.keep {
        true => Stage::set_again(SCHEMA).await?,
        false => (Stage::set(SCHEMA).await?, false),
    };
    let version = stage.execute("SELECT").await?;
    let (took, world) = match is_old {
        true => (None, seed::filled(&stage.connect(SCHEMA).await?).await?),
        false => fill(&stage, options).await?,
    };
    let server = Server::start(&stage, SCHEMA, &[]).await?;
    let admin = server.login(&seed::admin(), seed::PASSWORD).await?;
    let officer = server.login(&seed::officer(0), seed::PASSWORD).await?;
    let callers = [("admin", admin), ("officer", officer)];
    say("warming up: pages that nobody has read since the server's start take longer");
    let cold = ask_all(&server, &callers, &world, options, options.warm_up).await?;
    let runs = ask_all(&server, &callers, &world, options, options.times).await?;
    let [(_, admin), _] = &callers;
    let exports = match options.only {
        None => export::all(&server, admin).await?,
        Some(_) => Vec::new(),
    };
    server.stop().await?;
    match options.keep {
        true => stage.leave().await?,
        false => stage.strike().await?,
    }
    let mut figures: Vec<Figure> = runs.chunks(callers.len()).filter_map(figure).collect();
    let complaints = world.complaints;
    figures.extend(took.map(|took| {
        let from = format!("{complaints} complaints in {} regions", world.regions);
        let goal = Target::AtMost(SEED_GOAL_S);
        Figure::new("seeding", took.as_secs_f64(), "s", goal, from)
    }));
    for export in &exports {
        let goal = Target::AtMost(EXPORT_GOAL_MIB);
        let from = format!("{:.0} MiB in {:.1} s", export.sent_mib, export.took_s);
        figures.push(Figure::new(export.what, export.more_mib, "MiB", goal, from));
    }
    if options.only.is_some() {
        return Ok(());
    }
    let raw = serde_json::json!({"questions": runs, "warm_up": cold, "exports": exports});
    let each = format!(
        "{} a question and caller, one after the other; before, {} of each to warm up",
        options.times, options.warm_up
    );
    let command = "target/release/redress-loadtest lists";
    Report::new("lists", command, figures, raw)
        .under("postgresql", format!("{version}, fsync on"))
        .under("complaints", complaints.to_string())
        .under("requests", each)
        .publish()?;
    Ok(())
}

/// Fills the schema; how long that took, and its world.
async fn fill(stage: &Stage, options: &Options) -> Result<(Option<Duration>, seed::World), Fault> {
    let (took, world) = seed::fill(&stage.database_url()?, SCHEMA, &options.amount).await?;
    say(&format!("\nseeded in {:.0} s", took.as_secs_f64()));
    Ok((Some(took), world))
}

/// Asks everything of everybody.
async fn ask_all(
    server: &Server,
    callers: &[(&'static str, String)],
    world: &seed::World,
    options: &Options,
    times: usize,
) -> Result<Vec<Run>, Fault> {
    let only = options.only.as_deref().unwrap_or_default();
    let mut runs = Vec::new();
    for question in questions().iter().filter(|one| one.what.contains(only)) {
        for (caller, token) in callers {
            let run = ask(server, question, (caller, token), world, times).await?;
            say(&format!(
                "{:<44} {caller:<8} p50 {:6.1} ms, p95 {:6.1} ms, {:.0} found",
                run.question, run.p50_ms, run.p95_ms, run.found
            ));
            runs.push(run);
        }
    }
    Ok(runs)
}

/// Asks a question several times with other values; the first is to warm up.
async fn ask(
    server: &Server,
    question: &Question,
    (caller, token): (&'static str, &str),
    world: &seed::World,
    times: usize,
) -> Result<Run, Fault> {
    let mut connection = Connection::open(server.address).await?;
    let mut dice = Dice::of(times as u64);
    let headers = format!("Authorization: Bearer {token}\r\n");
    let (mut took, mut found) = (Vec::new(), 0);
    let mut slowest = (0, String::new());
    for turn in 0..=times {
        let path = (question.path)(&mut dice, world);
        let asked = request("GET", &path, server.address, &headers, b"");
        let from = Instant::now();
        let answer = connection.ask(&asked).await?;
        let us = u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX);
        if answer.status != 200 {
            return Err(format!("{path}: {}", String::from_utf8_lossy(&answer.body)).into());
        }
        if turn == 0 {
            continue;
        }
        found += answer
            .body
            .windows(9)
            .filter(|window| window == b"\"region\":")
            .count();
        if us > slowest.0 {
            slowest = (us, path);
        }
        took.push(us);
    }
    Ok(Run {
        question: question.what,
        caller,
        p50_ms: percentile(&mut took, 0.5) / 1000.0,
        p95_ms: percentile(&mut took, 0.95) / 1000.0,
        slowest_ms: f64::from(slowest.0) / 1000.0,
        found: found as f64 / times as f64,
        slowest: slowest.1,
    })
}

/// The p95 of the caller who waited longest.
fn figure(runs: &[Run]) -> Option<Figure> {
    let worst = runs
        .iter()
        .max_by(|one, other| one.p95_ms.total_cmp(&other.p95_ms))?;
    let from: Vec<String> = runs
        .iter()
        .map(|run| {
            format!(
                "{} p50 {:.1}, p95 {:.1}",
                run.caller, run.p50_ms, run.p95_ms
            )
        })
        .collect();
    Some(Figure::new(
        worst.question,
        worst.p95_ms,
        "ms",
        Target::AtMost(GOAL_MS),
        from.join("; "),
    ))
}
