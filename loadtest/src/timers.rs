//! Does every deadline fire, once and in time, also when the server is killed in the middle of them?

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use serde::Serialize;
use serde_json::json;
use tokio_postgres::Client;

use crate::report::{Figure, Report, Target, percentile};
use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, city, say};

const SEED: &str = include_str!("../sql/timers_seed.sql");
const WAITING: &str = include_str!("../sql/timers_waiting.sql");
const FIRED: &str = include_str!("../sql/timers_fired.sql");
const GAPS: &str = include_str!("../sql/regions_with_gaps.sql");
const SCHEMA: &str = "timers";
/// How long the last timers may take before the test ends without them.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much later a deadline may be noticed than it was.
const LATE_MOST_MS: f64 = 1000.0;

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

/// When no server ran, in seconds since 1970.
#[derive(Serialize)]
struct Outage {
    killed_at: f64,
    /// When the next server was started.
    started_at: f64,
    /// When it said that it was ready.
    ready_at: f64,
}

impl Outage {
    /// Whether it kept this timer waiting.
    fn hit(&self, timer: &Timer) -> bool {
        timer.due < self.ready_at && timer.fired >= self.killed_at
    }
}

/// A timer that fired, in seconds since 1970.
#[derive(Clone, Copy)]
struct Timer {
    due: f64,
    fired: f64,
}

impl Timer {
    fn late_us(self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float becomes the nearest number that there is"
        )]
        let late = ((self.fired - self.due) * 1e6).round() as u32;
        late
    }
}

/// What the database tells at the end.
#[derive(Default)]
struct Outcome {
    fired: Vec<Timer>,
    lost: usize,
    repeated: usize,
    regions_with_gaps: i64,
}

/// How late the timers of some kind were.
#[derive(Serialize)]
struct Lateness {
    timers: usize,
    earliest_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

impl Lateness {
    fn of(timers: impl Iterator<Item = Timer>) -> Self {
        let timers: Vec<Timer> = timers.collect();
        let mut late: Vec<u32> = timers.iter().map(|timer| timer.late_us()).collect();
        let earliest = timers.iter().map(|timer| timer.fired - timer.due);
        Self {
            timers: timers.len(),
            earliest_ms: earliest.fold(f64::NAN, f64::min) * 1000.0,
            p50_ms: percentile(&mut late, 0.5) / 1000.0,
            p99_ms: percentile(&mut late, 0.99) / 1000.0,
            max_ms: percentile(&mut late, 1.0) / 1000.0,
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

fn report(
    options: &Options,
    first: f64,
    outage: &Outage,
    outcome: &Outcome,
) -> Result<Report, Fault> {
    let fired = outcome.fired.iter().copied();
    let outside = Lateness::of(fired.clone().filter(|timer| !outage.hit(timer)));
    let missed = Lateness::of(fired.clone().filter(|timer| outage.hit(timer)));
    let all = Lateness::of(fired.clone());
    let last_missed = fired.clone().filter(|timer| outage.hit(timer));
    let last_missed = last_missed.fold(f64::NAN, |last, timer| last.max(timer.fired));
    let per_second: Vec<Lateness> = (0..options.seconds)
        .map(|second| {
            let begins = first + f64::from(second);
            let in_it = move |timer: &Timer| (begins..begins + 1.0).contains(&timer.due);
            Lateness::of(fired.clone().filter(in_it))
        })
        .collect();
    let figures = figures(outage, outcome, [&outside, &missed, &all], last_missed);
    let raw = json!({"first_due_at": first, "outage": outage, "outside": outside,
        "missed": missed, "all": all, "per_second": per_second});
    let report = Report::new("timers", &command(options), figures, raw);
    let load = format!(
        "{} timers in {} regions over {} s; kill -9 in the middle, next start {} s later",
        options.timers, options.regions, options.seconds, options.down
    );
    Ok(report.under("load", load))
}

fn figures(
    outage: &Outage,
    outcome: &Outcome,
    [outside, missed, all]: [&Lateness; 3],
    last_missed: f64,
) -> Vec<Figure> {
    let count = |what: &str, value: usize, from: String| {
        Figure::new(what, value as f64, "", Target::AtMost(0.0), from)
    };
    let gaps = usize::try_from(outcome.regions_with_gaps).unwrap_or(usize::MAX);
    let shown = |lateness: &Lateness| {
        format!(
            "{} timers: p50 {:.0} ms, max {:.0} ms",
            lateness.timers, lateness.p50_ms, lateness.max_ms
        )
    };
    vec![
        count(
            "deadlines without an escalation",
            outcome.lost,
            format!("{} have one", outcome.fired.len()),
        ),
        count(
            "deadlines with two or more",
            outcome.repeated,
            String::new(),
        ),
        count(
            "regions whose events are not numbered without a gap",
            gaps,
            String::new(),
        ),
        Figure::new(
            "lateness, p99, outside the outage",
            outside.p99_ms,
            "ms",
            Target::AtMost(LATE_MOST_MS),
            shown(outside),
        ),
        Figure::new(
            "last of what was missed, after the next server was ready",
            (last_missed - outage.ready_at) * 1000.0,
            "ms",
            Target::AtMost(LATE_MOST_MS),
            format!(
                "it was ready after {:.0} ms",
                (outage.ready_at - outage.started_at) * 1000.0
            ),
        ),
        Figure::new(
            "lateness, p99, of what the outage kept waiting",
            missed.p99_ms,
            "ms",
            Target::None,
            format!(
                "{}; {:.1} s without a server",
                shown(missed),
                outage.ready_at - outage.killed_at
            ),
        ),
        Figure::new(
            "lateness, p99, of all",
            all.p99_ms,
            "ms",
            Target::None,
            shown(all),
        ),
    ]
}

fn command(options: &Options) -> String {
    format!(
        "target/release/redress-loadtest timers --timers {} --seconds {} --down {} --regions {}",
        options.timers, options.seconds, options.down, options.regions
    )
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
