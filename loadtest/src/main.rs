//! Plays the users of a Redress server on this machine and measures it against simple yardsticks.
//!
//! Starts everything it needs itself: a private PostgreSQL below `target/`, the release server that
//! lies beside this program, and the yardsticks. Traffic goes to the loopback only.

mod bare_writer;
mod city;
mod cores;
mod crowd;
mod cycle;
mod dice;
mod feed;
mod flood;
mod http;
mod idle;
mod life;
mod lists;
mod model;
mod peer;
mod peers;
mod pgbench;
mod photos;
mod play;
mod process;
mod publisher;
mod puppet;
mod push;
mod reconnect;
mod report;
mod retention;
mod seed;
mod server;
mod slow;
mod spike;
mod stage;
mod submissions;
mod timers;
mod yardstick;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Whatever went wrong ends the benchmark.
type Fault = Box<dyn Error + Send + Sync>;

/// Measures a Redress server on this machine
///
/// Starts a private PostgreSQL (fsync on) and the release server beside this program, plays clients
/// on the loopback, prints a table of figures with their targets, and writes everything raw to
/// loadtest/results/DATE-WHAT.json. Build first: cargo build --release --workspace
#[derive(Parser)]
#[command(name = "redress-loadtest", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything below, one after the other
    Bench,
    /// Durable submissions a second over HTTP: batches, a transaction each, and pgbench on one PostgreSQL
    Submissions(submissions::Options),
    /// Server CPU and latency of one event to many sockets, against a bare loop of writes, Node ws and FastAPI
    Push(push::Options),
    /// Memory of the server for an idle socket that watches a region, and for a second wave of them
    Idle(idle::Options),
    /// Latency of readers beside clients that never read, which are cut off; one that reads at 90 % stays
    Slow(slow::Options),
    /// As many deliveries as one core can make, and 200 events a second to 1000 officers of 16 regions
    Flood(flood::Options),
    /// All clients cut at once, each with events to catch up on: until the last is live again
    Reconnect(reconnect::Options),
    /// Deadlines that fire once each and in time, with a kill -9 in the middle of them
    Timers(timers::Options),
    /// Fill a database with a year of a city: a million complaints with their events, people and places
    Seed(seed::Options),
    /// Lists, filters, searches, statistics and exports of a million complaints, by an admin and an officer
    Lists(lists::Options),
    /// Life cycles of complaints over HTTP: among a million others to an empty table, and in spikes
    Life(life::Options),
    /// A retention run over 300 000 of a million complaints, beside submissions
    Retention(retention::Options),
    /// How soon an officer's socket tells that a photo is ready, and /health beside twelve that arrive at once
    Photos(photos::Options),
    /// Play the users of a server by a timetable: residents, officers with their sockets, an admin, a scraper;
    /// with a report, and exit code 1 when something does not hold. Starts a server unless --url names one
    Play(Box<play::Options>),
    /// Redress beside FastAPI with SQLAlchemy and WebSockets in two workers, on one PostgreSQL, as ratios
    Peer(peer::Options),
    /// Compute the tables of CAPACITY.md anew from loadtest/results, or check that they are there
    Model(model::Options),
    /// The yardstick of push: accepts sockets and writes bytes to all of them; obeys its standard input
    BareWriter,
    /// Many clients in a process; obeys its standard input
    Crowd,
}

fn main() -> Result<ExitCode, Fault> {
    let command = Arguments::parse().command;
    if matches!(command, Command::BareWriter) {
        return bare_writer::run().map(|()| ExitCode::SUCCESS);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(tokio::task::LocalSet::new().run_until(dispatch(command)))
}

async fn dispatch(command: Command) -> Result<ExitCode, Fault> {
    if let Command::Play(options) = &command {
        let holds = play::play(options).await?;
        return Ok(if holds {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    measure(command).await?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(command: Command) -> Result<(), Fault> {
    match command {
        Command::Bench => {
            submissions::measure(&submissions::Options::default()).await?;
            push::measure(&push::Options::short()).await?;
            idle::measure(&idle::Options::default()).await?;
            slow::measure(&slow::Options::short()).await?;
            flood::measure(&flood::Options::short()).await?;
            reconnect::measure(&reconnect::Options::short()).await?;
            timers::measure(&timers::Options::default()).await?;
            lists::measure(&lists::Options::default()).await?;
            life::measure(&life::Options::default()).await?;
            retention::measure(&retention::Options::default()).await?;
            photos::measure(&photos::Options::default()).await
        }
        Command::Submissions(options) => submissions::measure(&options).await,
        Command::Push(options) => push::measure(&options).await,
        Command::Idle(options) => idle::measure(&options).await,
        Command::Slow(options) => slow::measure(&options).await,
        Command::Flood(options) => flood::measure(&options).await,
        Command::Reconnect(options) => reconnect::measure(&options).await,
        Command::Timers(options) => timers::measure(&options).await,
        Command::Seed(options) => seed::run(&options).await,
        Command::Lists(options) => lists::measure(&options).await,
        Command::Life(options) => life::measure(&options).await,
        Command::Retention(options) => retention::measure(&options).await,
        Command::Photos(options) => photos::measure(&options).await,
        Command::Peer(options) => peer::measure(&options).await,
        Command::Model(options) => model::run(&options),
        Command::Crowd => crowd::members::run().await,
        Command::BareWriter | Command::Play(_) => Ok(()),
    }
}

/// Says how far it is, on standard error.
fn say(line: &str) {
    // Progress that nobody can read is no reason to end.
    writeln!(std::io::stderr(), "{line}").unwrap_or_default();
}
