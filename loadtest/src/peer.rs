//! Redress beside the common alternative: a FastAPI, SQLAlchemy and WebSocket service in two workers, on one
//! PostgreSQL, in turns within one run. The result is ratios.

mod desk;
mod figures;

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};

use crate::crowd::order::{Door, Pace, Place};
use crate::crowd::{Crowd, check_room};
use crate::dice::Dice;
use crate::http::request;
use crate::process::cpu_ns;
use crate::publisher::publish;
use crate::report::percentile;
use crate::seed::{self, Amount, World};
use crate::server::Server;
use crate::stage::Stage;
use crate::submissions::client_for;
use crate::{Fault, say};
use desk::Desk;

/// Regions to which is submitted; the first is watched.
const REGIONS: usize = 16;
/// Requests that are made beforehand.
const REQUESTS: usize = 16_384;
const DESCRIPTION: &str = "There is a deep hole in the road in front of the school; two cyclists \
    fell this morning. Please close it before the holidays end.";
/// How long the last deliveries may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long and how much.
#[derive(Args)]
pub(crate) struct Options {
    /// Rounds over both
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of submissions, and of pushes, of one of them in one round
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Clients that submit, each with a connection of its own
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Sockets that watch while pushes are measured
    #[arg(long, default_value_t = 500)]
    sockets: usize,
    /// Submissions a second meanwhile
    #[arg(long, default_value_t = 40)]
    rate: u32,
}

/// What one did in one round.
#[derive(Debug, Serialize)]
struct Run {
    submissions: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    cpu_us_a_submission: f64,
    deliveries: usize,
    missing: usize,
    /// From an event's time to a client.
    push_p50_ms: f64,
    push_p99_ms: f64,
    /// With the submissions that caused them.
    cpu_us_a_delivery: f64,
}

/// Both once.
#[derive(Serialize)]
struct Round {
    redress: Run,
    peer: Run,
}

/// One of both.
enum Subject {
    Redress { server: Server, token: String },
    Peer(Desk),
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    check_room(options.sockets)?;
    let stage = Stage::set("peer").await?;
    let version = stage.execute("").await?;
    let peer = Subject::Peer(Desk::start(&stage).await?);
    let redress = redress(&stage).await?;
    let mut rounds = Vec::new();
    for number in 0..=options.rounds {
        say(&format!(
            "peer: round {number} of {} (0: warming up)",
            options.rounds
        ));
        let seconds = if number == 0 { 1 } else { options.seconds };
        let round = Round {
            redress: redress.run(&stage, options, seconds).await?,
            peer: peer.run(&stage, options, seconds).await?,
        };
        if number > 0 {
            rounds.push(round);
        }
    }
    peer.end().await?;
    redress.end().await?;
    stage.strike().await?;
    figures::report(options, &rounds)?
        .under("postgresql", format!("{version}, fsync on, shared by both"))
        .under("peer", desk::PACKAGES.join(", "))
        .publish()?;
    Ok(())
}

async fn redress(stage: &Stage) -> Result<Subject, Fault> {
    let city = Amount {
        complaints: 0,
        regions: REGIONS,
    };
    seed::fill(&stage.database_url()?, "redress", &city).await?;
    let server = Server::start(stage, "redress", &["--max-connections-account=100000"]).await?;
    let token = server.login(&seed::admin(), seed::PASSWORD).await?;
    Ok(Subject::Redress { server, token })
}

impl Subject {
    fn address(&self) -> SocketAddr {
        match self {
            Self::Redress { server, .. } => server.address,
            Self::Peer(desk) => desk.address,
        }
    }

    /// CPU time of all its processes so far, in nanoseconds.
    fn cpu_ns(&self) -> Result<u64, Fault> {
        match self {
            Self::Redress { server, .. } => cpu_ns(server.pid),
            Self::Peer(desk) => desk.cpu_ns(),
        }
    }

    async fn end(self) -> Result<(), Fault> {
        match self {
            Self::Redress { server, .. } => server.stop().await,
            Self::Peer(desk) => desk.stop().await,
        }
    }

    async fn run(&self, stage: &Stage, options: &Options, seconds: u64) -> Result<Run, Fault> {
        let time = Duration::from_secs(seconds);
        let (mut took, elapsed, submitting_ns) = self.submit(options, time).await?;
        let count = took.len() as f64;
        let mut crowd = Crowd::gather(stage)?;
        crowd.open(options.sockets, self.place()).await?;
        crowd.begin(1).await?;
        let before = self.cpu_ns()?;
        let requests = self.requests(1, 256);
        let published = publish(self.address(), &requests, options.rate, time).await?;
        let expected = published.events * options.sockets;
        let begun = Instant::now();
        let mut arrived = crowd.tell().await?;
        while arrived.events < expected && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(50)).await;
            arrived = crowd.tell().await?;
        }
        let pushing_ns = self.cpu_ns()? - before;
        Ok(Run {
            submissions: took.len(),
            per_second: count / elapsed.as_secs_f64(),
            p50_ms: percentile(&mut took, 0.5) / 1000.0,
            p99_ms: percentile(&mut took, 0.99) / 1000.0,
            cpu_us_a_submission: submitting_ns as f64 / 1000.0 / count,
            deliveries: arrived.events,
            missing: expected.saturating_sub(arrived.events),
            push_p50_ms: arrived.p50_ms,
            push_p99_ms: arrived.p99_ms,
            cpu_us_a_delivery: pushing_ns as f64 / 1000.0 / arrived.events.max(1) as f64,
        })
    }

    /// All clients submit for a while, each after its last answer: how long each took, and the CPU of it.
    async fn submit(
        &self,
        options: &Options,
        time: Duration,
    ) -> Result<(Vec<u32>, Duration, u64), Fault> {
        let requests: Rc<[Vec<u8>]> = self.requests(REGIONS, REQUESTS).into();
        let (address, before, begun) = (self.address(), self.cpu_ns()?, Instant::now());
        let clients: Vec<_> = (0..options.clients)
            .map(|client| {
                let requests = Rc::clone(&requests);
                tokio::task::spawn_local(async move {
                    client_for(client, address, &requests, begun, time).await
                })
            })
            .collect();
        let mut took = Vec::new();
        for client in clients {
            took.extend(client.await??);
        }
        Ok((took, begun.elapsed(), self.cpu_ns()? - before))
    }

    fn place(&self) -> Place {
        match self {
            Self::Redress { server, token } => Place::Server(Door {
                address: server.address,
                token: token.clone(),
                regions: vec![World::region(0)],
                each: 1,
                pace: Pace::Eager,
            }),
            Self::Peer(desk) => Place::Peer {
                address: desk.address,
            },
        }
    }

    /// The same submissions for both, by the routes of each.
    fn requests(&self, regions: usize, count: usize) -> Vec<Vec<u8>> {
        let mut dice = Dice::of(11);
        let path = match self {
            Self::Redress { .. } => "/api/v1/complaints",
            Self::Peer(_) => "/complaints",
        };
        let bytes = |body: Value| {
            request(
                "POST",
                path,
                self.address(),
                "",
                body.to_string().as_bytes(),
            )
        };
        (0..count)
            .map(|number| bytes(submission(number % regions, &mut dice)))
            .collect()
    }
}

/// A submission somewhere in a region.
fn submission(region: usize, dice: &mut Dice) -> Value {
    let [west, south, east, north] = World::bounds(region);
    // Well inside: the boundary itself may be another region's.
    let mut between = |low: f64, high: f64| low + (high - low) * (0.1 + 0.8 * dice.share());
    json!({"category": World::category(0), "region": World::region(region), "severity": "medium",
        "description": DESCRIPTION, "latitude": between(south, north), "longitude": between(west, east)})
}
