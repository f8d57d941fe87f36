//! Do complaints live as fast among a million others as alone, and does the server stand spikes?

mod figures;

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;

use crate::cycle::{self, Officer};
use crate::http::Connection;
use crate::process::{children_cpu_ns, cpu_ns};
use crate::report::percentile;
use crate::seed::{self, Amount, World};
use crate::server::Server;
use crate::spike;
use crate::stage::Stage;
use crate::{Fault, say};
use figures::report;

/// Officers who work at the same time: each logs in once.
const OFFICERS: usize = 16;
/// The profile for ten minutes: seconds of each of its seven steps.
const FULL_STEP: f64 = 600.0 / 7.0;

/// How much and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Complaints that are stored already in the full schema
    #[arg(long, default_value_t = 1_000_000)]
    complaints: u32,
    /// Rounds over both schemas
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of one schema in one round
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Clients, each with a connection of its own
    #[arg(long, default_value_t = 50)]
    clients: usize,
    /// Seconds of each of the seven steps of the spike profile
    #[arg(long, default_value_t = 5.0)]
    step: f64,
    /// The spike profile for 10 minutes, whatever --step says
    #[arg(long)]
    full: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            complaints: 1_000_000,
            rounds: 5,
            seconds: 4,
            clients: 50,
            step: 5.0,
            full: false,
        }
    }
}

/// What one server did in one round.
#[derive(Serialize)]
struct Run {
    cycles: usize,
    errors: usize,
    first_error: Option<String>,
    per_second: f64,
    /// Of the four requests.
    p50_ms: [f64; 4],
    p99_ms: [f64; 4],
    server_cpu_us: f64,
    postgresql_cpu_us: f64,
    client_cpu_us: f64,
}

/// Both schemas once.
#[derive(Serialize)]
struct Round {
    empty: Run,
    full: Run,
}

/// A server with its officers.
struct Desk {
    server: Server,
    officers: Rc<[Officer]>,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let stage = Stage::set("life").await?;
    let version = stage.execute("").await?;
    let empty = desk(&stage, "empty", 0).await?;
    let full = desk(&stage, "full", options.complaints).await?;
    let mut rounds = Vec::new();
    for number in 0..=options.rounds {
        say(&format!(
            "life: round {number} of {} (0: warming up)",
            options.rounds
        ));
        let seconds = if number == 0 { 1 } else { options.seconds };
        let round = Round {
            empty: live(&stage, &empty, options.clients, seconds).await?,
            full: live(&stage, &full, options.clients, seconds).await?,
        };
        if number > 0 {
            rounds.push(round);
        }
    }
    let step = if options.full {
        FULL_STEP
    } else {
        options.step
    };
    say("life: spikes");
    let spike = spike::run(full.server.address, &full.officers, step).await?;
    empty.server.stop().await?;
    full.server.stop().await?;
    stage.strike().await?;
    report(options, &rounds, &spike)?
        .under("postgresql", format!("{version}, fsync on"))
        .publish()?;
    Ok(())
}

/// A schema with so many complaints, and a server on it.
async fn desk(stage: &Stage, schema: &str, complaints: u32) -> Result<Desk, Fault> {
    let amount = Amount {
        complaints,
        ..Amount::default()
    };
    say(&format!("life: writing {complaints} complaints"));
    let (_, world) = seed::fill(&stage.database_url()?, schema, &amount).await?;
    let server = Server::start(stage, schema, &[]).await?;
    let mut officers = Vec::new();
    for number in 0..OFFICERS {
        let token = server.login(&seed::officer(number), seed::PASSWORD).await?;
        let region = number % world.regions;
        let [west, south, east, north] = World::bounds(region);
        officers.push(Officer {
            token,
            region: World::region(region),
            category: World::category(number % world.categories),
            point: (f64::midpoint(south, north), f64::midpoint(west, east)),
        });
    }
    Ok(Desk {
        server,
        officers: officers.into(),
    })
}

/// All clients let complaints live for a while.
async fn live(stage: &Stage, desk: &Desk, clients: usize, seconds: u64) -> Result<Run, Fault> {
    let (own, server) = (std::process::id(), desk.server.pid);
    let postgresql = stage.cluster.pid().try_into()?;
    let time = Duration::from_secs(seconds);
    let cpu = (cpu_ns(server)?, children_cpu_ns(postgresql)?, cpu_ns(own)?);
    let begun = Instant::now();
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let officers = Rc::clone(&desk.officers);
            let address = desk.server.address;
            tokio::task::spawn_local(async move {
                let officer = &officers[client % officers.len()];
                client_for(address, officer, begun, time).await
            })
        })
        .collect();
    let mut done = Done::default();
    for client in clients {
        done.add(client.await??);
    }
    let elapsed = begun.elapsed().as_secs_f64();
    let cpu = (
        cpu_ns(server)? - cpu.0,
        children_cpu_ns(postgresql)?.saturating_sub(cpu.1),
        cpu_ns(own)? - cpu.2,
    );
    let cycles = done.took.len();
    let a_cycle = |ns: u64| ns as f64 / 1000.0 / cycles as f64;
    Ok(Run {
        cycles,
        errors: done.errors,
        first_error: done.first_error.take(),
        per_second: cycles as f64 / elapsed,
        p50_ms: done.by_step(0.5),
        p99_ms: done.by_step(0.99),
        server_cpu_us: a_cycle(cpu.0),
        postgresql_cpu_us: a_cycle(cpu.1),
        client_cpu_us: a_cycle(cpu.2),
    })
}

/// What clients did.
#[derive(Default)]
struct Done {
    /// Microseconds of each request of each cycle.
    took: Vec<[u32; 4]>,
    errors: usize,
    first_error: Option<String>,
}

impl Done {
    fn add(&mut self, other: Self) {
        self.took.extend(other.took);
        self.errors += other.errors;
        self.first_error = self.first_error.take().or(other.first_error);
    }

    /// A percentile of each of the requests, in milliseconds.
    fn by_step(&self, share: f64) -> [f64; 4] {
        std::array::from_fn(|step| {
            let mut took: Vec<u32> = self.took.iter().map(|took| took[step]).collect();
            percentile(&mut took, share) / 1000.0
        })
    }
}

/// One client: one cycle after the other.
async fn client_for(
    address: SocketAddr,
    officer: &Officer,
    begun: Instant,
    time: Duration,
) -> Result<Done, Fault> {
    let mut connection = Connection::open(address).await?;
    let mut done = Done::default();
    while begun.elapsed() < time {
        match cycle::go(&mut connection, address, officer).await {
            Ok(took) => done.took.push(took),
            Err(error) => {
                done.errors += 1;
                done.first_error.get_or_insert_with(|| error.to_string());
                connection = Connection::open(address).await?;
            }
        }
    }
    Ok(done)
}
