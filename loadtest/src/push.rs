//! What does it cost the server to push one event to many sockets, against a bare loop of writes and
//! against others that push, and when does it arrive?

mod figures;

use std::time::Duration;

use clap::Args;
use futures_util::future::try_join_all;
use serde::Serialize;

use crate::crowd::Crowd;
use crate::crowd::order::{Pace, WaveTimes};
use crate::feed::Feed;
use crate::http::Connection;
use crate::peers::{self, Peer};
use crate::process::cpu_ns;
use crate::report::Report;
use crate::yardstick::Yardstick;
use crate::{Fault, say};

/// Events that wait together in the burst.
const BURST: usize = 16;
/// Characters of a description.
const LENGTH: usize = 146;
/// What the server still has to do when the last socket has its event.
pub(crate) const SETTLE: Duration = Duration::from_millis(50);

/// How many sockets and events.
#[derive(Args)]
pub(crate) struct Options {
    /// Sockets that watch the region
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 5000, 10_000])]
    sockets: Vec<usize>,
    /// Rounds: an event alone, a bare write, a burst
    #[arg(long, default_value_t = 12)]
    rounds: usize,
    /// Beside them in each round: Node with ws, and FastAPI on uvicorn (installed with npm and pip)
    #[arg(long)]
    peers: bool,
}

impl Options {
    /// Few rounds, for a run of everything.
    pub(crate) fn short() -> Self {
        Self {
            sockets: vec![1000, 5000, 10_000],
            rounds: 4,
            peers: true,
        }
    }
}

/// One wave of deliveries.
#[derive(Serialize, Clone)]
struct Wave {
    events: usize,
    cpu_us_a_delivery: f64,
    #[serde(flatten)]
    times: WaveTimes,
}

/// What a peer did.
#[derive(Serialize)]
struct PeerWaves {
    name: &'static str,
    alone: Vec<Wave>,
    /// Only of those that are fast.
    burst: Vec<Wave>,
}

/// All waves to so many sockets.
#[derive(Serialize)]
struct Outcome {
    sockets: usize,
    idle_cpu_ms_a_second: f64,
    alone: Vec<Wave>,
    bare: Vec<Wave>,
    burst: Vec<Wave>,
    peers: Vec<PeerWaves>,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let (mut outcomes, mut cores) = (Vec::new(), String::new());
    for &sockets in &options.sockets {
        let mut play = Play::prepare(sockets, options.peers).await?;
        outcomes.push(play.rounds(options.rounds).await?);
        cores = play.feed.close().await?;
    }
    let figures = outcomes.iter().flat_map(figures::of).collect();
    let peers = if options.peers { " --peers" } else { "" };
    let command = format!("target/release/redress-loadtest push{peers}");
    Report::new("push", &command, figures, serde_json::to_value(&outcomes)?)
        .under(
            "load",
            "one region; a reader thread for each crowd of sockets",
        )
        .under("cores", cores)
        .under(
            "rounds",
            format!(
                "{}: an event alone, a bare write, a burst, the peers",
                options.rounds
            ),
        )
        .publish()?;
    Ok(())
}

/// Those who take part.
struct Play {
    feed: Feed,
    crowd: Crowd,
    bare: Yardstick,
    peers: Vec<(Peer, Yardstick)>,
    sockets: usize,
    submitters: Vec<Connection>,
    submission: Vec<u8>,
}

impl Play {
    async fn prepare(sockets: usize, with_peers: bool) -> Result<Self, Fault> {
        let feed = Feed::open("push", sockets).await?;
        let crowd = feed.crowd(sockets, 0..1, 1, Pace::Eager).await?;
        let mut bare = Yardstick::bare(&feed.stage).await?;
        bare.connect(sockets, true).await?;
        let mut peers = Vec::new();
        let installed = if with_peers {
            peers::install(&feed.stage).await
        } else {
            Vec::new()
        };
        for peer in installed {
            say(&format!("push: {sockets} sockets to {}", peer.name));
            let mut yardstick = peer.start(&feed.stage).await?;
            yardstick.connect(sockets, false).await?;
            peers.push((peer, yardstick));
        }
        let opening = (0..BURST).map(|_| Connection::open(feed.server.address));
        Ok(Self {
            submitters: try_join_all(opening).await?,
            submission: feed.submission(0, LENGTH),
            feed,
            crowd,
            bare,
            peers,
            sockets,
        })
    }

    async fn rounds(&mut self, rounds: usize) -> Result<Outcome, Fault> {
        self.waves(1).await?;
        let text = self.crowd.text().await?;
        let named = |(peer, _): &(Peer, Yardstick)| PeerWaves {
            name: peer.name,
            alone: Vec::new(),
            burst: Vec::new(),
        };
        let mut outcome = Outcome {
            sockets: self.sockets,
            peers: self.peers.iter().map(named).collect(),
            idle_cpu_ms_a_second: self.idle().await?,
            alone: Vec::new(),
            bare: Vec::new(),
            burst: Vec::new(),
        };
        self.round(&mut outcome, &text).await?;
        outcome.forget();
        for number in 1..=rounds {
            say(&format!("push: round {number} of {rounds}"));
            self.round(&mut outcome, &text).await?;
        }
        Ok(outcome)
    }

    async fn round(&mut self, outcome: &mut Outcome, text: &str) -> Result<(), Fault> {
        outcome.alone.push(self.waves(1).await?);
        outcome
            .bare
            .push(yardstick(&mut self.bare, self.sockets, 1, text).await?);
        outcome.burst.push(self.waves(BURST).await?);
        for ((peer, other), waves) in self.peers.iter_mut().zip(&mut outcome.peers) {
            waves
                .alone
                .push(yardstick(other, self.sockets, 1, text).await?);
            if peer.is_fast {
                waves
                    .burst
                    .push(yardstick(other, self.sockets, BURST, text).await?);
            }
        }
        Ok(())
    }

    /// What the server uses without events, in milliseconds of CPU a second.
    async fn idle(&self) -> Result<f64, Fault> {
        let before = cpu_ns(self.feed.server.pid)?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok((cpu_ns(self.feed.server.pid)? - before) as f64 / 1e6 / 2.0)
    }

    /// So many submissions at once, each to all sockets.
    async fn waves(&mut self, events: usize) -> Result<Wave, Fault> {
        self.crowd.begin(events).await?;
        let before = cpu_ns(self.feed.server.pid)?;
        let submission = &self.submission;
        let submitters = self.submitters.iter_mut().take(events);
        let answers = try_join_all(submitters.map(|connection| connection.ask(submission))).await?;
        if let Some(refused) = answers.iter().find(|answer| answer.status != 201) {
            return Err(String::from_utf8_lossy(&refused.body).into_owned().into());
        }
        let times = self.crowd.end().await?;
        tokio::time::sleep(SETTLE).await;
        let cpu = cpu_ns(self.feed.server.pid)? - before;
        Ok(Wave::of(events, self.sockets, cpu, times))
    }
}

/// The same text to as many sockets.
async fn yardstick(
    other: &mut Yardstick,
    sockets: usize,
    events: usize,
    text: &str,
) -> Result<Wave, Fault> {
    let (cpu, times) = other.send(events, text).await?;
    Ok(Wave::of(events, sockets, cpu, times))
}

impl Wave {
    fn of(events: usize, sockets: usize, cpu_ns: u64, times: WaveTimes) -> Self {
        Self {
            events,
            cpu_us_a_delivery: cpu_ns as f64 / 1000.0 / (events * sockets) as f64,
            times,
        }
    }
}

impl Outcome {
    /// Forgets the round that warmed everything up.
    fn forget(&mut self) {
        let own = [&mut self.alone, &mut self.bare, &mut self.burst];
        let peers = self.peers.iter_mut();
        let peers = peers.flat_map(|peer| [&mut peer.alone, &mut peer.burst]);
        own.into_iter().chain(peers).for_each(Vec::clear);
    }
}
