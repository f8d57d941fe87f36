//! What does it cost the server to push one event to many sockets, against a bare loop of writes,
//! and when does it arrive?

use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::future::try_join_all;
use serde::Serialize;

use crate::bare_writer::BareWriter;
use crate::http::Connection;
use crate::process::cpu_ns;
use crate::report::{Figure, Report, Target, median, percentile};
use crate::server::Server;
use crate::socket::Watcher;
use crate::stage::Stage;
use crate::submissions::submission;
use crate::wave::Waves;
use crate::{Fault, say};

/// Sockets that are opened at once.
const AT_ONCE: usize = 64;
/// Events that wait together in the burst.
const BURST: usize = 16;
/// What the server still has to do when the last socket has its event.
const SETTLE: Duration = Duration::from_millis(50);

/// How many sockets and events.
#[derive(Args)]
pub(crate) struct Options {
    /// Sockets that watch the region
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 5000])]
    sockets: Vec<usize>,
    /// Rounds: an event alone, a bare write, a burst
    #[arg(long, default_value_t = 20)]
    rounds: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sockets: vec![1000, 5000],
            rounds: 20,
        }
    }
}

/// One wave of deliveries.
#[derive(Serialize, Clone)]
struct Wave {
    events: usize,
    cpu_us_a_delivery: f64,
    first_ms: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// All waves to so many sockets.
#[derive(Serialize)]
struct Outcome {
    sockets: usize,
    idle_cpu_ms_a_second: f64,
    alone: Vec<Wave>,
    bare: Vec<Wave>,
    burst: Vec<Wave>,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let mut outcomes = Vec::new();
    for &sockets in &options.sockets {
        let stage = Stage::set("push").await?;
        outcomes.push(to_sockets(&stage, sockets, options.rounds).await?);
        stage.strike().await?;
    }
    let figures = outcomes.iter().flat_map(figures).collect();
    let command = "target/release/redress-loadtest push";
    Report::new("push", command, figures, serde_json::to_value(&outcomes)?)
        .under(
            "load",
            "one region; one reader thread for all sockets, on the same cores",
        )
        .under(
            "rounds",
            format!("{}: an event alone, a bare write, a burst", options.rounds),
        )
        .publish()?;
    Ok(())
}

async fn to_sockets(stage: &Stage, sockets: usize, rounds: usize) -> Result<Outcome, Fault> {
    let server = Server::start(stage, "push", &["--demo", "--ping-interval-ms=600000"]).await?;
    let demo = server.demo().await?;
    let token = server
        .login(&demo.admin.email, &demo.admin.password)
        .await?;
    let region = &demo.regions.first().ok_or("the demo has no region")?.id;
    let waves = Rc::new(Waves::new());
    say(&format!(
        "push: opening {sockets} sockets to the server and to the bare writer"
    ));
    let _watchers = open(&server, sockets, &token, region, &waves).await?;
    let mut play = Play::prepare(stage, server, sockets, region, waves).await?;
    play.alone(1).await?;
    let _bare = play.connect_bare().await?;
    let mut outcome = Outcome {
        sockets,
        idle_cpu_ms_a_second: play.idle().await?,
        alone: Vec::new(),
        bare: Vec::new(),
        burst: Vec::new(),
    };
    for number in 0..=rounds {
        let (alone, bare) = (play.alone(1).await?, play.bare().await?);
        let burst = play.alone(BURST).await?;
        if number > 0 {
            outcome.alone.push(alone);
            outcome.bare.push(bare);
            outcome.burst.push(burst);
        }
    }
    play.server.stop().await?;
    Ok(outcome)
}

/// Opens sockets that watch a region.
pub(crate) async fn open(
    server: &Server,
    sockets: usize,
    token: &str,
    region: &str,
    waves: &Rc<Waves>,
) -> Result<Vec<Watcher>, Fault> {
    let mut watchers = Vec::with_capacity(sockets);
    while watchers.len() < sockets {
        let next = AT_ONCE.min(sockets - watchers.len());
        let opening = (0..next).map(|_| Watcher::of_server(server.address, token, region, waves));
        watchers.extend(try_join_all(opening).await?);
    }
    Ok(watchers)
}

/// Those who take part.
struct Play {
    server: Server,
    bare: BareWriter,
    sockets: usize,
    waves: Rc<Waves>,
    submitters: Vec<Connection>,
    submission: Vec<u8>,
}

impl Play {
    async fn prepare(
        stage: &Stage,
        server: Server,
        sockets: usize,
        region: &str,
        waves: Rc<Waves>,
    ) -> Result<Self, Fault> {
        let opening = (0..BURST).map(|_| Connection::open(server.address));
        Ok(Self {
            submitters: try_join_all(opening).await?,
            submission: submission(server.address, region),
            bare: BareWriter::start(stage).await?,
            server,
            sockets,
            waves,
        })
    }

    async fn connect_bare(&mut self) -> Result<Vec<Watcher>, Fault> {
        let mut watchers = Vec::with_capacity(self.sockets);
        while watchers.len() < self.sockets {
            let next = AT_ONCE.min(self.sockets - watchers.len());
            let address = self.bare.address;
            let opening = (0..next).map(|_| Watcher::of_bare_writer(address, &self.waves));
            let (opened, accepted) = tokio::join!(try_join_all(opening), self.bare.accept(next));
            accepted?;
            watchers.extend(opened?);
        }
        Ok(watchers)
    }

    /// What the server uses without events, in milliseconds of CPU a second.
    async fn idle(&self) -> Result<f64, Fault> {
        let before = cpu_ns(self.server.pid)?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok((cpu_ns(self.server.pid)? - before) as f64 / 1e6 / 2.0)
    }

    /// So many submissions at once, each to all sockets.
    async fn alone(&mut self, events: usize) -> Result<Wave, Fault> {
        let before = cpu_ns(self.server.pid)?;
        self.waves.begin(events * self.sockets);
        let submission = &self.submission;
        let submitters = self.submitters.iter_mut().take(events);
        let answers = try_join_all(submitters.map(|connection| connection.ask(submission))).await?;
        if let Some(refused) = answers.iter().find(|answer| answer.status != 201) {
            return Err(String::from_utf8_lossy(&refused.body).into_owned().into());
        }
        let arrivals = self.waves.end().await?;
        tokio::time::sleep(SETTLE).await;
        let cpu = cpu_ns(self.server.pid)? - before;
        Ok(self.wave(events, cpu, arrivals))
    }

    /// The same bytes to as many sockets, by the bare writer.
    async fn bare(&mut self) -> Result<Wave, Fault> {
        let frame = self.waves.frame();
        let before = cpu_ns(self.bare.pid)?;
        self.waves.begin(self.sockets);
        self.bare.write(&frame).await?;
        let arrivals = self.waves.end().await?;
        let cpu = cpu_ns(self.bare.pid)? - before;
        tokio::time::sleep(SETTLE).await;
        Ok(self.wave(1, cpu, arrivals))
    }

    fn wave(&self, events: usize, cpu_ns: u64, mut arrivals: Vec<u32>) -> Wave {
        let deliveries = (events * self.sockets) as f64;
        Wave {
            events,
            cpu_us_a_delivery: cpu_ns as f64 / 1000.0 / deliveries,
            first_ms: percentile(&mut arrivals, 0.0) / 1000.0,
            p50_ms: percentile(&mut arrivals, 0.5) / 1000.0,
            p99_ms: percentile(&mut arrivals, 0.99) / 1000.0,
        }
    }
}

fn figures(outcome: &Outcome) -> Vec<Figure> {
    let sockets = outcome.sockets;
    let cpu = |waves: &[Wave]| median(waves.iter().map(|wave| wave.cpu_us_a_delivery));
    let (alone, bare, burst) = (cpu(&outcome.alone), cpu(&outcome.bare), cpu(&outcome.burst));
    let time = |pick: fn(&Wave) -> f64| median(outcome.alone.iter().map(pick));
    let bare_p99 = median(outcome.bare.iter().map(|wave| wave.p99_ms));
    let (first, p50) = (time(|wave| wave.first_ms), time(|wave| wave.p50_ms));
    vec![
        Figure::ratio(
            &format!("CPU a delivery to a bare loop of writes ({sockets} sockets)"),
            alone / bare,
            Target::AtMost(1.4),
            format!("{alone:.2} µs to {bare:.2} µs"),
        ),
        Figure::ratio(
            &format!("CPU a delivery alone to with {BURST} events waiting ({sockets} sockets)"),
            alone / burst,
            Target::AtLeast(4.0),
            format!("{alone:.2} µs to {burst:.2} µs"),
        ),
        Figure::new(
            &format!("submission sent → event read by a client, p50 ({sockets} sockets)"),
            p50,
            "ms",
            Target::None,
            format!("the first socket has it after {first:.2} ms"),
        ),
        Figure::new(
            &format!("submission sent → event read by a client, p99 ({sockets} sockets)"),
            time(|wave| wave.p99_ms),
            "ms",
            Target::None,
            format!("the bare loop: {bare_p99:.2} ms from its beginning"),
        ),
    ]
}

/// Waits until a figure of the server has come to rest.
pub(crate) async fn settle(pid: u32) -> Result<(), Fault> {
    let begun = Instant::now();
    let mut before = cpu_ns(pid)?;
    while begun.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = cpu_ns(pid)?;
        if now - before < 20_000_000 {
            break;
        }
        before = now;
    }
    Ok(())
}
