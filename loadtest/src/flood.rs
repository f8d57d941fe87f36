//! Are pushes kept up with when there are as many as one core can make, and when many officers watch
//! many regions?

use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::to_value;

use crate::crowd::order::{Arrived, Pace};
use crate::feed::{Feed, REGIONS};
use crate::process::cpu_ns;
use crate::publisher::Published;
use crate::report::{Figure, Report, Target};
use crate::{Fault, say};

/// Characters of a description.
const LENGTH: usize = 146;
/// Before anything is measured.
const WARM_UP: Duration = Duration::from_secs(2);
/// How long what was published may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Sockets that watch the one busy region
    #[arg(long, default_value_t = 5000)]
    sockets: usize,
    /// Events a second in that region
    #[arg(long, default_value_t = 25)]
    rate: u32,
    /// Officers of sixteen regions
    #[arg(long, default_value_t = 1000)]
    officers: usize,
    /// Events a second in all of those
    #[arg(long, default_value_t = 200)]
    officers_rate: u32,
    /// Seconds of each
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

impl Options {
    /// For a run of everything.
    pub(crate) fn short() -> Self {
        Self {
            sockets: 5000,
            rate: 25,
            officers: 1000,
            officers_rate: 200,
            seconds: 8,
        }
    }
}

/// What is asked.
#[derive(Serialize)]
struct Load {
    sockets: usize,
    regions: usize,
    /// Regions of each socket.
    each: usize,
    rate: u32,
    seconds: u64,
}

/// What came of it.
#[derive(Serialize)]
struct Outcome {
    load: Load,
    published: Published,
    arrived: Arrived,
    missing: usize,
    /// From the first submission to the last arrival.
    seconds: f64,
    deliveries_a_second: f64,
    /// Of its core.
    server_cpu_share: f64,
    /// Of the other core, which PostgreSQL has too.
    clients_cpu_share: f64,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let feed = Feed::open("flood", options.sockets).await?;
    let load = |sockets, regions, each, rate| Load {
        sockets,
        regions,
        each,
        rate,
        seconds: options.seconds,
    };
    let (officers, rate) = (options.officers, options.officers_rate);
    let one = play(&feed, load(options.sockets, 1, 1, options.rate)).await?;
    let many = play(&feed, load(officers, REGIONS, 1, rate)).await?;
    let four = play(&feed, load(officers, REGIONS, 4, rate)).await?;
    let cores = feed.close().await?;
    let figures = [flood(&one), region_each(&many), regions_each(&four)];
    let figures = figures.into_iter().flatten().collect();
    let raw = to_value([&one, &many, &four])?;
    Report::new(
        "flood",
        "target/release/redress-loadtest flood",
        figures,
        raw,
    )
    .under(
        "load",
        format!("{} s each; ages begin before the commit", options.seconds),
    )
    .under("cores", cores)
    .publish()?;
    Ok(())
}

async fn play(feed: &Feed, load: Load) -> Result<Outcome, Fault> {
    let mut crowd = feed
        .crowd(load.sockets, 0..load.regions, load.each, Pace::Eager)
        .await?;
    let publish = |time| feed.publish(0..load.regions, LENGTH, load.rate, time);
    publish(WARM_UP).await?;
    tokio::time::sleep(WARM_UP).await;
    say(&format!(
        "flood: {} events/s to {} sockets",
        load.rate, load.sockets
    ));
    crowd.begin(0).await?;
    let cpu = (cpu_ns(feed.server.pid)?, crowd.cpu_ns()?);
    let begun = Instant::now();
    let published = publish(Duration::from_secs(load.seconds)).await?;
    // Events go round the regions, and so do the sockets.
    let expected = published.events * load.sockets * load.each / load.regions;
    let mut arrived = crowd.tell().await?;
    while arrived.events < expected
        && begun.elapsed() < PATIENCE + Duration::from_secs(load.seconds)
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
        arrived = crowd.tell().await?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let share = |before: u64, after: u64| (after - before) as f64 / 1e9 / seconds;
    Ok(Outcome {
        missing: expected.saturating_sub(arrived.events) + arrived.out_of_turn,
        deliveries_a_second: arrived.events as f64 / seconds,
        server_cpu_share: share(cpu.0, cpu_ns(feed.server.pid)?),
        clients_cpu_share: share(cpu.1, crowd.cpu_ns()?),
        load,
        published,
        arrived,
        seconds,
    })
}

fn flood(outcome: &Outcome) -> Vec<Figure> {
    let Load { sockets, rate, .. } = outcome.load;
    let asked = sockets as f64 * f64::from(rate);
    let arrived = &outcome.arrived;
    vec![
        Figure::ratio(
            &format!("deliveries a second to those asked ({rate} events/s to {sockets} sockets)"),
            outcome.deliveries_a_second / asked,
            Target::AtLeast(0.99),
            format!(
                "{:.0}/s of {asked:.0}/s; server {:.0} % of its core, clients {:.0} % of theirs",
                outcome.deliveries_a_second,
                outcome.server_cpu_share * 100.0,
                outcome.clients_cpu_share * 100.0
            ),
        ),
        none_missing(outcome, "the flood"),
        Figure::new(
            "event decided → read by a client, p99 of the flood",
            arrived.p99_ms,
            "ms",
            Target::AtMost(150.0),
            format!("p50 {:.1} ms, max {:.1} ms", arrived.p50_ms, arrived.max_ms),
        ),
    ]
}

fn region_each(outcome: &Outcome) -> Vec<Figure> {
    let Load { sockets, rate, .. } = outcome.load;
    let arrived = &outcome.arrived;
    let what = format!("{rate} events/s, {sockets} officers of {REGIONS} regions");
    let time = |name: &str, value, most| {
        let what = format!("event decided → read by a client, {name} ({what})");
        let from = format!("max {:.1} ms", arrived.max_ms);
        Figure::new(&what, value, "ms", Target::AtMost(most), from)
    };
    vec![
        time("p50", arrived.p50_ms, 10.0),
        time("p99", arrived.p99_ms, 100.0),
        none_missing(outcome, "these"),
    ]
}

fn regions_each(outcome: &Outcome) -> Vec<Figure> {
    let arrived = &outcome.arrived;
    vec![Figure::new(
        &format!("the same with {} regions each, p99", outcome.load.each),
        arrived.p99_ms,
        "ms",
        Target::None,
        format!(
            "p50 {:.1} ms; {:.0} deliveries/s, server {:.0} % of its core, {} missing",
            arrived.p50_ms,
            outcome.deliveries_a_second,
            outcome.server_cpu_share * 100.0,
            outcome.missing
        ),
    )]
}

fn none_missing(outcome: &Outcome, of: &str) -> Figure {
    Figure::new(
        &format!("deliveries that are missing or out of turn, of {of}"),
        outcome.missing as f64,
        "",
        Target::AtMost(0.0),
        format!("{} arrived", outcome.arrived.events),
    )
}
