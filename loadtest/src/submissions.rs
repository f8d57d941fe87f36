//! How many complaints a second become durable over HTTP, with batches, with a transaction each, and
//! what does `pgbench` reach with a plain INSERT on the same PostgreSQL in the same run?

mod figures;

use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::city;
use crate::dice::Dice;
use crate::http::{Connection, request};
use crate::pgbench::{Pgbench, PgbenchRun};
use crate::process::cpu_ns;
use crate::report::percentile;
use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, say};

const WORDS_BEHIND: &str = include_str!("../../sql/queries/words/behind.sql");
const PLAIN_INSERTS: &str = include_str!("../../benches/sql/plain_inserts.sql");
/// The scripts of `pgbench`.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/sql");
/// The schema of which the scripts know.
const SCRIPTS_SCHEMA: &str = "redress";
/// Places in each region at which people submit.
const PLACES: usize = 4096;
/// The schema of the server that commits batches, and of the one with a transaction each.
const BATCHES: &str = "batches";
const EACH: &str = "each";
/// How long the last run is, in runs of a round.
const SUSTAINED: u64 = 7;
/// How long noting the words of one run may take.
const PATIENCE: Duration = Duration::from_secs(120);
const DESCRIPTION: &str = "There is a deep hole in the road in front of the school; two cyclists \
    fell this morning. Please close it before the holidays end.";

/// How long and how much.
#[derive(Args)]
pub(crate) struct Options {
    /// Rounds over all variants
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of one variant in one round
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Clients, each with a connection of its own
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Regions to which they submit
    #[arg(long, default_value_t = 16)]
    regions: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            rounds: 5,
            seconds: 3,
            clients: 32,
            regions: 16,
        }
    }
}

/// What one server did in one round.
#[derive(Serialize)]
struct Run {
    submissions: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    server_cpu_us: f64,
    client_cpu_us: f64,
    /// How long the server noted words for searches after the last submission.
    words_ms: u128,
}

/// Every variant once.
#[derive(Serialize)]
struct Round {
    /// A narrow row into a table with a primary key and nothing else.
    pgbench: PgbenchRun,
    /// The complaint's row into the real table, without event and number.
    pgbench_complaints: PgbenchRun,
    batches: Run,
    transaction_each: Run,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let stage = Stage::set("submissions").await?;
    let version = stage.execute(PLAIN_INSERTS).await?;
    let batches = server(&stage, BATCHES, options, &[]).await?;
    let each = server(&stage, EACH, options, &["--commit-batch=1"]).await?;
    let pgbench = Pgbench::of(&stage.cluster)?;
    city::import(&stage, SCRIPTS_SCHEMA, options.regions).await?;
    let scripts = Path::new(SCRIPTS);
    let mut rounds = Vec::new();
    for number in 0..=options.rounds {
        say(&format!(
            "submissions: round {number} of {} (0: warming up)",
            options.rounds
        ));
        let seconds = if number == 0 { 1 } else { options.seconds };
        let round = Round {
            pgbench: pgbench
                .run(
                    &scripts.join("plain_insert.pgbench"),
                    options.clients,
                    seconds,
                )
                .await?,
            pgbench_complaints: pgbench
                .run(
                    &scripts.join("complaint_insert.pgbench"),
                    options.clients,
                    seconds,
                )
                .await?,
            batches: submit(&stage, &batches, options, seconds).await?,
            transaction_each: submit(&stage, &each, options, seconds).await?,
        };
        if number > 0 {
            rounds.push(round);
        }
    }
    say("submissions: without a pause");
    let sustained = submit(&stage, &batches, options, SUSTAINED * options.seconds).await?;
    batches.stop().await?;
    each.stop().await?;
    stage.strike().await?;
    figures::report(options, &rounds, &sustained)?
        .under("postgresql", format!("{version}, fsync on"))
        .publish()?;
    Ok(())
}

/// A server on a schema of its own, so that none of them follows what the other commits.
async fn server(
    stage: &Stage,
    schema: &str,
    options: &Options,
    flags: &[&str],
) -> Result<Server, Fault> {
    city::import(stage, schema, options.regions).await?;
    Server::start(stage, schema, flags).await
}

/// All clients submit for a while. Returns when the server has noted all words for searches, which it
/// leaves for the time after a storm: what is measured next shall not pay for it.
async fn submit(
    stage: &Stage,
    server: &Server,
    options: &Options,
    seconds: u64,
) -> Result<Run, Fault> {
    let own = std::process::id();
    let time = Duration::from_secs(seconds);
    let before = (cpu_ns(server.pid)?, cpu_ns(own)?);
    let requests = requests(server.address, options.regions, before.0);
    let cpu = (cpu_ns(server.pid)?, cpu_ns(own)?);
    let begun = Instant::now();
    let clients: Vec<_> = (0..options.clients)
        .map(|client| {
            let requests = Rc::clone(&requests);
            let address = server.address;
            tokio::task::spawn_local(async move {
                client_for(client, address, &requests, begun, time).await
            })
        })
        .collect();
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await??);
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let (server_ns, client_ns) = (cpu_ns(server.pid)? - cpu.0, cpu_ns(own)? - cpu.1);
    let count = took.len() as f64;
    let settling = Instant::now();
    settle(stage).await?;
    Ok(Run {
        submissions: took.len(),
        per_second: count / elapsed,
        p50_ms: percentile(&mut took, 0.5) / 1000.0,
        p99_ms: percentile(&mut took, 0.99) / 1000.0,
        server_cpu_us: server_ns as f64 / 1000.0 / count,
        client_cpu_us: client_ns as f64 / 1000.0 / count,
        words_ms: settling.elapsed().as_millis(),
    })
}

/// Waits until the words of all complaints are noted.
async fn settle(stage: &Stage) -> Result<(), Fault> {
    let begun = Instant::now();
    for schema in [BATCHES, EACH] {
        let client = stage.connect(schema).await?;
        while client
            .query_one(WORDS_BEHIND, &[])
            .await?
            .try_get::<_, i64>(0)?
            > 0
        {
            if begun.elapsed() > PATIENCE {
                return Err("the words for searches are not noted".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Ok(())
}

/// Requests made beforehand: in each region at many places of a city, others with each seed. People
/// do not all complain of one point; those close by are told of each other.
fn requests(address: SocketAddr, regions: usize, seed: u64) -> Rc<[Vec<u8>]> {
    let mut dice = Dice::of(seed);
    let mut place = || (52.4 + 0.2 * dice.share(), 13.25 + 0.3 * dice.share());
    let requests: Vec<Vec<u8>> = (0..regions * PLACES)
        .map(|number| submission_at(address, &city::region(number % regions), place()))
        .collect();
    requests.into()
}

/// One client: the time of each submission in microseconds.
///
/// # Errors
/// When one is refused.
pub(crate) async fn client_for(
    client: usize,
    address: SocketAddr,
    requests: &[Vec<u8>],
    begun: Instant,
    time: Duration,
) -> Result<Vec<u32>, Fault> {
    let mut connection = Connection::open(address).await?;
    let mut took = Vec::new();
    let mut dice = client.wrapping_mul(0x9E37_79B9).wrapping_add(1);
    while begun.elapsed() < time {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let from = Instant::now();
        let answer = connection
            .ask(&requests[(dice >> 33) % requests.len()])
            .await?;
        if answer.status != 201 {
            return Err(String::from_utf8_lossy(&answer.body).into_owned().into());
        }
        took.push(u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(took)
}

/// A submission's request.
fn submission_at(address: SocketAddr, region: &str, (latitude, longitude): (f64, f64)) -> Vec<u8> {
    let body = json!({"category": "pothole", "region": region, "description": DESCRIPTION,
        "severity": "medium", "latitude": latitude, "longitude": longitude});
    request(
        "POST",
        "/api/v1/complaints",
        address,
        "",
        body.to_string().as_bytes(),
    )
}
