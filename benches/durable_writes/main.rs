//! How many complaints a second become durable, and how long does one wait, by lanes and by the usual ways?
//!
//! All variants write to one private PostgreSQL (fsync on) in interleaved rounds; figures are medians
//! over the rounds, ratios are of one run. `cargo bench --bench durable_writes`

mod complaint;
mod figures;
mod lanes;
mod measure;
#[path = "../../loadtest/src/pgbench.rs"]
mod pgbench;
#[expect(dead_code, reason = "the load test needs more of the report")]
#[path = "../../loadtest/src/report.rs"]
mod report;
mod usual;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use redress::config::{LogFormat, LogLevel, LogSettings};
use redress::domain::catalogue::{CategoryDraft, RegionDraft};
use redress::domain::complaint::Severity;
use redress::embedded::Cluster;
use redress::store::connect::Database;
use redress::store::{Store, catalogue, migrate};
use redress::telemetry::log;

use complaint::{CATEGORY, region};
use figures::Round;
use lanes::Lanes;
use measure::{Fault, Load};
use pgbench::Pgbench;

/// Regions that exist.
const REGIONS: usize = 256;
/// Connections of the pool: every one of 32 clients can have its own.
const POOL: u32 = 32;
const PLAIN_INSERTS: &str = include_str!("../sql/plain_inserts.sql");

/// Complaints a second that become durable, by lanes and by the usual ways
#[derive(Parser)]
struct Options {
    /// Rounds over all variants
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of one variant in one round
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Commit lanes; 0: as many as the server has
    #[arg(long, default_value_t = 0)]
    lanes: usize,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<(), Fault> {
    let options = Options::parse();
    let _log = log::install(&LogSettings {
        log_level: LogLevel::Warn.into(),
        log_format: LogFormat::Text,
        sentry_dsn: None,
        sentry_release: None,
        sentry_sample_rate: 1.0,
        environment: "bench".into(),
    });
    actix_rt::System::new().block_on(bench(&options))
}

async fn bench(options: &Options) -> Result<(), Fault> {
    let folder = fresh_folder()?;
    let mut cluster = Cluster::start(&folder, &|line| say(line)).await?;
    let outcome = on(&cluster, options).await;
    cluster.stop().await?;
    std::fs::remove_dir_all(&folder)?;
    outcome
}

async fn on(cluster: &Cluster, options: &Options) -> Result<(), Fault> {
    let database = Database::from_config(cluster.connection(), "redress", false)?;
    migrate::migrate(&database).await?;
    database.open().await?.batch_execute(PLAIN_INSERTS).await?;
    let store = Store::new(database, POOL);
    seed(&store).await?;
    let lanes = Lanes::start(&store, REGIONS, options.lanes).await?;
    let pgbench = Pgbench::of(cluster)?;
    say("warming up");
    round(&lanes, &store, &pgbench, 1).await?;
    let mut rounds = Vec::new();
    for number in 1..=options.rounds {
        say(&format!("round {number} of {}", options.rounds));
        rounds.push(round(&lanes, &store, &pgbench, options.seconds).await?);
    }
    let version = store
        .session()
        .await?
        .query("SHOW server_version", &[])
        .await?;
    let version: String = version.first().ok_or("no version")?.try_get(0)?;
    figures::report(rounds)
        .under(
            "postgresql",
            format!("{version}, private cluster with our settings, fsync on"),
        )
        .under(
            "rounds",
            format!(
                "{} of {} s a variant, interleaved",
                options.rounds, options.seconds
            ),
        )
        .publish()?;
    Ok(())
}

/// Every variant once.
async fn round(
    lanes: &Lanes,
    store: &Store,
    pgbench: &Pgbench,
    seconds: u64,
) -> Result<Round, Fault> {
    let time = Duration::from_secs(seconds);
    let scripts = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/sql"));
    let load = |clients, regions| Load { clients, regions };
    let runs = vec![
        lanes.run("lanes", load(32, 16), time).await?,
        usual::transactions("transactions", store, load(32, 16), time).await?,
        lanes.run("lanes_hot", load(32, 1), time).await?,
        usual::transactions("transactions_hot", store, load(32, 1), time).await?,
        lanes
            .run("lanes_256_regions", load(32, REGIONS), time)
            .await?,
        lanes.run("lanes_256_clients", load(256, 16), time).await?,
        lanes
            .run("lanes_256_clients_256_regions", load(256, REGIONS), time)
            .await?,
        lanes.run("lane_alone", load(1, 16), time).await?,
        usual::statements("statement_alone", store, load(1, 16), time).await?,
    ];
    Ok(Round {
        runs,
        pgbench: pgbench
            .run(&scripts.join("plain_insert.pgbench"), 32, seconds)
            .await?,
        pgbench_complaints: pgbench
            .run(&scripts.join("complaint_insert.pgbench"), 32, seconds)
            .await?,
    })
}

async fn seed(store: &Store) -> Result<(), Fault> {
    let category = CategoryDraft {
        id: CATEGORY.to_owned(),
        name: "Pothole".to_owned(),
        hint: String::new(),
        default_severity: Severity::Medium,
        duplicate_radius_m: None,
        duplicate_days: None,
    };
    catalogue::save_categories(store, &[category]).await?;
    let regions: Vec<RegionDraft> = (0..REGIONS)
        .map(|number| RegionDraft {
            id: region(number),
            name: format!("Region {number}"),
            boundary: None,
        })
        .collect();
    catalogue::save_regions(store, &regions).await?;
    Ok(())
}

/// An empty folder below `target/`.
fn fresh_folder() -> Result<PathBuf, Fault> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("durable-writes");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn say(line: &str) {
    // Progress that nobody can read is no reason to end.
    writeln!(std::io::stderr(), "{line}").unwrap_or_default();
}
