//! How soon does an officer's socket tell that a photo is ready, and does `/health` answer as soon as ever while
//! twelve photos arrive at once? And does that of a bystander, a server beside it that has nothing else to do, and is a
//! thread that only sleeps woken in time?

mod figures;
#[path = "../../benches/pictures/photo.rs"]
mod photo;
mod prober;
mod sleeper;
mod watcher;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Serialize;
use serde_json::{Value, to_value};

use self::prober::Prober;
use self::sleeper::Sleeper;
use self::watcher::Watcher;
use crate::feed::{Feed, REGIONS};
use crate::http::Connection;
use crate::report::Report;
use crate::seed::{self, Amount, World};
use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, say};

/// Characters of a complaint's description.
const LENGTH: usize = 146;
/// Photos that arrive at once.
const AT_ONCE: usize = 12;
/// Between photos on an idle server, and before anything is measured.
const REST: Duration = Duration::from_millis(300);
/// The parts of an upload are told apart by this line.
const BOUNDARY: &str = "between-two-parts";

/// How often.
#[derive(Args)]
pub(crate) struct Options {
    /// Photos that are sent one after the other to an idle server
    #[arg(long, default_value_t = 30)]
    alone: usize,
    /// How often twelve arrive at once
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Megapixels of a photo; 12 for the figures
    #[arg(long, default_value_t = 12)]
    megapixels: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            alone: 30,
            rounds: 7,
            megapixels: 12,
        }
    }
}

/// Answers of `/health`, in microseconds.
#[derive(Serialize)]
struct Health {
    answers: usize,
    p50_us: f64,
    p99_us: f64,
    max_us: f64,
    /// The slowest hundredth: milliseconds since the beginning, microseconds that it took.
    slowest: Vec<(u32, u32)>,
}

/// Twelve at once.
#[derive(Serialize)]
struct Round {
    /// As long as the photos took, with none on their way.
    idle: Health,
    /// From the first byte of the photos until the last of them was ready.
    busy: Health,
    /// How late a thread that only sleeps is woken, p99 in microseconds.
    sleeper_idle_us: f64,
    sleeper_busy_us: f64,
    /// Until the last photo was told to be ready.
    all_ready_ms: f64,
}

/// What was measured.
#[derive(Serialize)]
struct Outcome {
    photo_bytes: usize,
    /// From the first byte of a photo until an officer's socket told that it is ready, in milliseconds.
    ready_ms: Vec<f64>,
    /// From the first byte of a photo until its upload was answered.
    answered_ms: Vec<f64>,
    rounds: Vec<Round>,
    /// The same with `/health` asked of the bystander.
    beside: Vec<Round>,
}

/// Measures and reports.
///
/// # Errors
/// Whatever went wrong.
pub(crate) async fn measure(options: &Options) -> Result<(), Fault> {
    let feed = open().await?;
    let mut scene = Scene {
        bystander: Server::start(&feed.stage, "bystander", &[]).await?,
        photos: photos(options.megapixels)?,
        watcher: Watcher::open(feed.server.address, &feed.token, &World::region(0)).await?,
        feed,
    };
    let outcome = scene.play(options).await?;
    let Scene {
        feed,
        watcher,
        bystander,
        ..
    } = scene;
    drop((watcher, bystander));
    let cores = feed.close().await?;
    let (figures, raw) = (figures::of(options, &outcome), to_value(&outcome)?);
    let command = "target/release/redress-loadtest photos";
    let (alone, rounds) = (options.alone, options.rounds);
    let load = format!("{alone} photos one by one, then {rounds} times {AT_ONCE} at once");
    Report::new("photos", command, figures, raw)
        .under("load", load)
        .under("cores", cores)
        .publish()?;
    Ok(())
}

/// A server that shares all cores with its clients, so that it has a thread for pictures beside those for requests.
async fn open() -> Result<Feed, Fault> {
    let stage = Stage::set("photos").await?;
    let city = Amount {
        complaints: 0,
        regions: REGIONS,
    };
    seed::fill(&stage.database_url()?, "photos", &city).await?;
    let server = Server::start(&stage, "photos", &["--ping-interval-ms=600000"]).await?;
    Ok(Feed {
        token: server.login(&seed::admin(), seed::PASSWORD).await?,
        stage,
        server,
    })
}

/// Photos that differ, of so many megapixels.
fn photos(megapixels: usize) -> Result<Vec<Vec<u8>>, Fault> {
    say("making photos");
    let side = ((megapixels * 1_000_000) as f64 / 12.0).sqrt() as usize;
    let (width, height) = (side * 4, side * 3);
    let make = |seed| {
        let pixels = photo::pixels(width, height, seed);
        photo::jpeg(&pixels, width as u16, height as u16, false)
    };
    (1..=3).map(make).collect()
}

/// Those who take part.
struct Scene {
    feed: Feed,
    bystander: Server,
    watcher: Watcher,
    photos: Vec<Vec<u8>>,
}

impl Scene {
    async fn play(&mut self, options: &Options) -> Result<Outcome, Fault> {
        let mut outcome = Outcome {
            photo_bytes: self.photos.first().map_or(0, Vec::len),
            ready_ms: Vec::new(),
            answered_ms: Vec::new(),
            rounds: Vec::new(),
            beside: Vec::new(),
        };
        self.alone(0).await?;
        for number in 0..options.alone {
            let (answered, ready) = self.alone(number).await?;
            outcome.answered_ms.push(answered);
            outcome.ready_ms.push(ready);
        }
        for number in 1..=options.rounds {
            say(&format!("photos: round {number} of {}", options.rounds));
            let (server, bystander) = (self.feed.server.address, self.bystander.address);
            outcome.rounds.push(self.at_once(server).await?);
            outcome.beside.push(self.at_once(bystander).await?);
        }
        Ok(outcome)
    }

    /// One photo to an idle server: until it was answered, and until it was told to be ready.
    async fn alone(&mut self, number: usize) -> Result<(f64, f64), Fault> {
        let upload = self.upload(number).await?;
        let mut connection = Connection::open(self.feed.server.address).await?;
        tokio::time::sleep(REST).await;
        let begun = Instant::now();
        let sent = async {
            accepted(connection.ask(&upload).await?.status)?;
            Ok::<_, Fault>(milliseconds(begun))
        };
        let (answered, ready) = tokio::join!(sent, self.watcher.ready(1));
        ready?;
        Ok((answered?, milliseconds(begun)))
    }

    /// Twelve at once, with `/health` asked of somebody.
    async fn at_once(&mut self, asked: SocketAddr) -> Result<Round, Fault> {
        let mut uploads = Vec::new();
        for number in 0..AT_ONCE {
            uploads.push(self.upload(number).await?);
        }
        let address = self.feed.server.address;
        tokio::time::sleep(REST).await;
        let (prober, sleeper) = (Prober::start(asked), Sleeper::start());
        let begun = Instant::now();
        let sent = futures_util::future::try_join_all(uploads.iter().map(async |upload| {
            let mut connection = Connection::open(address).await?;
            accepted(connection.ask(upload).await?.status)
        }));
        let (sent, ready) = tokio::join!(sent, self.watcher.ready(AT_ONCE));
        let took = begun.elapsed();
        sent?;
        ready?;
        let (busy, sleeper_busy_us) = (prober.end()?, sleeper.end()?);
        tokio::time::sleep(REST).await;
        let (prober, sleeper) = (Prober::start(asked), Sleeper::start());
        tokio::time::sleep(took).await;
        Ok(Round {
            idle: prober.end()?,
            busy,
            sleeper_idle_us: sleeper.end()?,
            sleeper_busy_us,
            all_ready_ms: took.as_secs_f64() * 1e3,
        })
    }

    /// The request that sends a photo to a complaint that was just made.
    async fn upload(&self, number: usize) -> Result<Vec<u8>, Fault> {
        let Feed { server, token, .. } = &self.feed;
        let mut connection = Connection::open(server.address).await?;
        let answer = connection.ask(&self.feed.submission(0, LENGTH)).await?;
        let made: Value = serde_json::from_slice(&answer.body)?;
        let id = made.get("id").and_then(Value::as_str).ok_or("no id")?;
        let photo = self.photos.get(number % self.photos.len());
        let photo = photo.ok_or("no photo")?;
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.jpg\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        );
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let length = part.len() + photo.len() + end.len();
        let head = format!(
            "POST /api/v1/complaints/{id}/photos HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n",
            server.address
        );
        Ok([head.as_bytes(), part.as_bytes(), photo, end.as_bytes()].concat())
    }
}

fn accepted(status: u16) -> Result<(), Fault> {
    match status {
        202 => Ok(()),
        other => Err(format!("a photo was answered with {other}").into()),
    }
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}
