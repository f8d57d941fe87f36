//! Does every deadline fire, once and in time, also when the server is killed in the middle of them?

mod lateness;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use tokio_postgres::Client;

use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, city, say};
use lateness::{Outage, Outcome, Timer, report};

const SEED: &str = include_str!("../sql/timers_seed.sql");
const WAITING: &str = include_str!("../sql/timers_waiting.sql");
const FIRED: &str = include_str!("../sql/timers_fired.sql");
const GAPS: &str = include_str!("../sql/regions_with_gaps.sql");
const SCHEMA: &str = "timers";
/// How long the last timers may take before the test ends without them.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many timers, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Complaints with a deadline each
    #[arg(long, default_value_t = 100_000)]
    timers: u32,
    /// Seconds over which the deadlines are spread
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Seconds for which the server stays away after it was killed
    #[arg(long, default_value_t = 2)]
    down: u32,
    /// Regions to which the complaints belong
    #[arg(long, default_value_t = 16)]
    regions: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            timers: 100_000,
            seconds: 60,
            down: 2,
            regions: 16,
        }
    }
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let stage = Stage::set("timers").await?;
    let version = stage.execute("").await?;
    city::import(&stage, SCHEMA, options.regions.into()).await?;
    let client = stage.connect(SCHEMA).await?;
    let first = now() + 5.0 + f64::from(options.timers) / 4000.0;
    seed(&client, options, first).await?;
    let outage = run(&stage, &client, options, first).await?;
    let outcome = outcome(&client).await?;
    drop(client);
    stage.strike().await?;
    report(options, first, &outage, &outcome)?
        .under("postgresql", format!("{version}, fsync on"))
        .publish()?;
    Ok(())
}

async fn seed(client: &Client, options: &Options, first: f64) -> Result<(), Fault> {
    say(&format!("timers: writing {} complaints", options.timers));
    let timers = i32::try_from(options.timers)?;
    let (seconds, regions) = (f64::from(options.seconds), i32::from(options.regions));
    client
        .execute(SEED, &[&timers, &first, &seconds, &regions])
        .await?;
    for table in ["complaints", "events"] {
        client
            .batch_execute(&format!("VACUUM (ANALYZE) {table}"))
            .await?;
    }
    Ok(())
}

/// Two servers, one after the other; returns when no timer waits any more.
async fn run(
    stage: &Stage,
    client: &Client,
    options: &Options,
    first: f64,
) -> Result<Outage, Fault> {
    let server = Server::start(stage, SCHEMA, &[]).await?;
    if now() > first {
        return Err("the machine is too slow: timers were due before the server ran".into());
    }
    say("timers: the server runs");
    sleep_until(first + f64::from(options.seconds) / 2.0).await;
    let killed_at = now();
    server.kill().await?;
    say("timers: the server was killed");
    tokio::time::sleep(Duration::from_secs(options.down.into())).await;
    let started_at = now();
    let server = Server::start(stage, SCHEMA, &[]).await?;
    let ready_at = now();
    say("timers: the next server runs");
    sleep_until(first + f64::from(options.seconds)).await;
    let last = now() + PATIENCE.as_secs_f64();
    while now() < last && client.query_one(WAITING, &[]).await?.try_get::<_, i64>(0)? > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // What fires twice would fire the second time by now.
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.stop().await?;
    Ok(Outage {
        killed_at,
        started_at,
        ready_at,
    })
}

async fn outcome(client: &Client) -> Result<Outcome, Fault> {
    let mut outcome = Outcome::default();
    for row in client.query(FIRED, &[]).await? {
        let seconds = |us: i64| us as f64 / 1e6;
        let due = seconds(row.try_get("due_us")?);
        let fired: Option<i64> = row.try_get("fired_us")?;
        let Some(fired) = fired.map(seconds) else {
            outcome.lost += 1;
            continue;
        };
        outcome.fired.push(Timer { due, fired });
        if row.try_get::<_, i64>("times")? > 1 {
            outcome.repeated += 1;
        }
    }
    outcome.regions_with_gaps = client.query_one(GAPS, &[]).await?.try_get(0)?;
    Ok(outcome)
}

/// The present time in seconds since 1970: PostgreSQL and the servers read the same clock.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64()
}

async fn sleep_until(at: f64) {
    let left = Duration::try_from_secs_f64(at - now());
    tokio::time::sleep(left.unwrap_or_default()).await;
}
