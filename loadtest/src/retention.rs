//! How long does a retention run take that erases 300 000 of a million complaints, what does it cost those who submit
//! meanwhile, and how much memory does the server need for it?

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::http::{Connection, request};
use crate::process::{resident_bytes, settle};
use crate::report::{Figure, Report, Target, percentile};
use crate::seed::{self, Amount, World};
use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, say};

const DAYS: &str = include_str!("../sql/retention_days.sql");
const SCHEMA: &str = "retention";
/// How long the run may take.
const RUN_MOST_S: f64 = 300.0;
/// How much longer submissions may take meanwhile.
const P99_MOST: f64 = 2.0;
/// What the run may add to the server's memory.
const MEMORY_MOST_MIB: f64 = 64.0;
/// Days since anything was closed that is not in the city.
const LONG_AGO: i64 = 36_500;
/// After so long the test gives up.
const PATIENCE: Duration = Duration::from_secs(3600);

/// How much.
#[derive(Args)]
pub(crate) struct Options {
    /// Complaints that are due, about
    #[arg(long, default_value_t = 300_000)]
    due: u32,
    /// Clients that submit, each after a pause
    #[arg(long, default_value_t = 16)]
    clients: usize,
    /// Milliseconds between an answer and the client's next submission
    #[arg(long, default_value_t = 50)]
    pause_ms: u64,
    /// Seconds of submissions without a run, before it and after it
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    #[command(flatten)]
    amount: Amount,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            due: 300_000,
            clients: 16,
            pause_ms: 50,
            seconds: 30,
            amount: Amount::default(),
        }
    }
}

/// Submissions of a while.
#[derive(Serialize)]
struct Submitted {
    submissions: usize,
    p50_ms: f64,
    p99_ms: f64,
    slowest_ms: f64,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let stage = Stage::set(SCHEMA).await?;
    seed::fill(&stage.database_url()?, SCHEMA, &options.amount).await?;
    let version = stage.checkpoint().await?;
    let client = stage.connect(SCHEMA).await?;
    let row = client.query_one(DAYS, &[&i64::from(options.due)]).await?;
    let days: i64 = row.try_get("days")?;
    drop(client);
    let server = Server::start(&stage, SCHEMA, &[]).await?;
    let admin = server.login(&seed::admin(), seed::PASSWORD).await?;
    let mut purge = Purge {
        server: &server,
        admin: &admin,
        days: LONG_AGO,
    };
    say("retention: a run without anything that is due counts the days, as every night's does");
    purge.run().await?;
    let time = Duration::from_secs(options.seconds);
    say("retention: submissions without a run");
    let before = for_a_while(&server, options, time).await?;
    settle(server.pid).await?;
    let resident = resident_bytes(server.pid)?;
    say(&format!("retention: what was closed {days} days ago goes"));
    purge.days = days;
    let (during, run, peak) = beside(&purge, options).await?;
    say("retention: submissions without a run");
    let after = for_a_while(&server, options, time).await?;
    server.stop().await?;
    stage.strike().await?;
    report(options, [&before, &during, &after], &run, (resident, peak))?
        .under("postgresql", format!("{version}, fsync on"))
        .publish()?;
    Ok(())
}

/// A run that an admin asks for.
struct Purge<'a> {
    server: &'a Server,
    /// The admin's token.
    admin: &'a str,
    /// Days for which what goes has been closed.
    days: i64,
}

impl Purge<'_> {
    /// Asks for it and waits for its end, which is given back, with the most memory that the server had.
    async fn run(&self) -> Result<(Value, u64), Fault> {
        let path = format!(
            "/api/v1/admin/purge?complaint_status=closed&days_old={}",
            self.days
        );
        let told = self.ask("DELETE", &path).await?;
        let run = told["run_id"].as_str().ok_or("no run was asked for")?;
        let path = format!("/api/v1/admin/retention/runs/{run}");
        let (begun, mut peak) = (Instant::now(), 0);
        while begun.elapsed() < PATIENCE {
            let run = self.ask("GET", &path).await?;
            peak = resident_bytes(self.server.pid)?.max(peak);
            if run["stage"] == "done" || run["stage"] == "failed" {
                return Ok((run, peak));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Err("the run does not end".into())
    }

    async fn ask(&self, method: &str, path: &str) -> Result<Value, Fault> {
        let headers = format!("Authorization: Bearer {}\r\n", self.admin);
        let asked = request(method, path, self.server.address, &headers, b"");
        let answer = Connection::open(self.server.address)
            .await?
            .ask(&asked)
            .await?;
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

/// Submissions beside a purge: these, the run at its end, and the most memory that the server had.
async fn beside(purge: &Purge<'_>, options: &Options) -> Result<(Submitted, Value, u64), Fault> {
    let is_over = Rc::new(AtomicBool::new(false));
    let goes_on = {
        let is_over = Rc::clone(&is_over);
        move || !is_over.load(Ordering::Relaxed)
    };
    let run = async {
        let ended = purge.run().await;
        is_over.store(true, Ordering::Relaxed);
        ended
    };
    let submitted = submit(purge.server, options, goes_on);
    let (submitted, (run, peak)) = futures_util::future::try_join(submitted, run).await?;
    Ok((submitted, run, peak))
}

async fn for_a_while(
    server: &Server,
    options: &Options,
    time: Duration,
) -> Result<Submitted, Fault> {
    let begun = Instant::now();
    submit(server, options, move || begun.elapsed() < time).await
}

/// All clients submit for as long as this holds.
async fn submit(
    server: &Server,
    options: &Options,
    goes_on: impl Fn() -> bool + Clone + 'static,
) -> Result<Submitted, Fault> {
    let pause = Duration::from_millis(options.pause_ms);
    let clients: Vec<_> = (0..options.clients)
        .map(|client| {
            let region = World::region(client % options.amount.regions);
            let (address, goes_on) = (server.address, goes_on.clone());
            tokio::task::spawn_local(
                async move { client_for(address, &region, pause, goes_on).await },
            )
        })
        .collect();
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await??);
    }
    Ok(Submitted {
        submissions: took.len(),
        p50_ms: percentile(&mut took, 0.5) / 1000.0,
        p99_ms: percentile(&mut took, 0.99) / 1000.0,
        slowest_ms: percentile(&mut took, 1.0) / 1000.0,
    })
}

/// One client: the time of each submission in microseconds.
async fn client_for(
    address: SocketAddr,
    region: &str,
    pause: Duration,
    goes_on: impl Fn() -> bool,
) -> Result<Vec<u32>, Fault> {
    let body = json!({"category": World::category(0), "region": region, "address": "Quay 1",
        "description": "There is a deep hole in the road in front of the school."});
    let body = body.to_string();
    let asked = request("POST", "/api/v1/complaints", address, "", body.as_bytes());
    let mut connection = Connection::open(address).await?;
    let mut took = Vec::new();
    while goes_on() {
        let from = Instant::now();
        let answer = connection.ask(&asked).await?;
        if answer.status != 201 {
            return Err(String::from_utf8_lossy(&answer.body).into_owned().into());
        }
        took.push(u32::try_from(from.elapsed().as_micros()).unwrap_or(u32::MAX));
        tokio::time::sleep(pause).await;
    }
    Ok(took)
}

fn report(
    options: &Options,
    [before, during, after]: [&Submitted; 3],
    run: &Value,
    (resident, peak): (u64, u64),
) -> Result<Report, Fault> {
    let counts = &run["counts"]["closed"];
    let number = |name: &str| counts[name].as_i64().unwrap_or_default();
    let took_s = run["took_ms"].as_f64().unwrap_or(f64::NAN) / 1000.0;
    let more_mib = (peak as f64 - resident as f64) / 1_048_576.0;
    let left = number("due") - number("erased") - number("held");
    let figures = vec![
        Figure::new(
            "the run",
            took_s,
            "s",
            Target::AtMost(RUN_MOST_S),
            format!("{} of {} due were erased", number("erased"), number("due")),
        ),
        Figure::new(
            "due and neither erased nor held",
            left as f64,
            "",
            Target::AtMost(0.0),
            String::new(),
        ),
        Figure::ratio(
            "submissions, p99: during the run to before it",
            during.p99_ms / before.p99_ms,
            Target::AtMost(P99_MOST),
            format!("{:.1} ms to {:.1} ms", during.p99_ms, before.p99_ms),
        ),
        Figure::ratio(
            "submissions, p99: after the run to before it",
            after.p99_ms / before.p99_ms,
            Target::None,
            format!("{:.1} ms to {:.1} ms", after.p99_ms, before.p99_ms),
        ),
        Figure::new(
            "memory of the server, more than before at most",
            more_mib,
            "MiB",
            Target::AtMost(MEMORY_MOST_MIB),
            format!("{:.0} MiB before", resident as f64 / 1_048_576.0),
        ),
    ];
    let raw = json!({"before": before, "during": during, "after": after, "run": run});
    let load = format!(
        "{} clients, {} ms between submissions; {} complaints in {} regions",
        options.clients, options.pause_ms, options.amount.complaints, options.amount.regions
    );
    let command = "target/release/redress-loadtest retention";
    Ok(Report::new("retention", command, figures, raw).under("load", load))
}
