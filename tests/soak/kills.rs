//! A node killed at named points, under load: before and after a commit, within a frame, within a
//! snapshot, while somebody joins, while it drains.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::time::Instant;

use super::Settings;
use super::stage::{FLAGS, Outcome, REGIONS, judge, people, progress, trial};
use super::support::process::{ServerProcess, free_address};
use super::support::proxy::{Place, Proxy, Towards, Way};
use super::support::world::World;

/// Each point, and up to how often it is passed before it kills.
const POINTS: [(&str, u32); 6] = [
    ("before_commit", 150),
    ("after_commit", 150),
    ("mid_frame", 3),
    ("mid_snapshot", 8),
    ("while_joining", 40),
    ("while_draining", 6),
];
/// How long a point may take to be reached.
const REACHED_WITHIN: Duration = Duration::from_secs(6);

pub(super) async fn run(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let address = free_address();
    let mut server = start(&world, address, "");
    assert!(server.is_ready().await, "the first start");
    let mut trial = trial(&world, &server, settings.seed).await;
    people(&mut trial, address, 4, 10);
    // Frames are cut in two where a client reads slowly.
    let slow = Proxy::before(Place::Tcp(address), settings.seed).await;
    slow.make_one(
        Towards::Client,
        Way {
            bandwidth: Some(60_000),
            ..Way::default()
        },
    );
    trial.follow(slow.address(), 5);
    trial.goes_on().await;
    server.kill();
    let mut random = StdRng::seed_from_u64(settings.seed);
    let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
    for kill in 1..=settings.kills {
        let (point, most) = POINTS[kill % POINTS.len()];
        let passed = random.random_range(0..most);
        let points = format!("kill/{point}={passed}*off->return");
        let mut server = start(&world, address, &points);
        if is_killed(&mut server, point, &mut random).await {
            *reached.entry(point).or_default() += 1;
        } else {
            server.kill();
        }
        progress(kill, settings.kills, &trial);
    }
    let mut last = start(&world, address, "");
    assert!(last.is_ready().await, "the last start");
    slow.heal();
    let verdict = judge(trial, world).await;
    drop(last);
    let figures = format!("{} kills, at their point: {reached:?}", settings.kills);
    let all: usize = reached.values().sum();
    Outcome::of(verdict, &figures).unless(
        settings.kills < POINTS.len() || all * 2 > settings.kills,
        "most points were not reached",
    )
}

fn start(world: &World, address: SocketAddr, fail_points: &str) -> ServerProcess {
    let flags = [&FLAGS[..], &["--outgoing-limit", "1000000"]].concat();
    let log = world.log("server");
    ServerProcess::spawn(world.database.url(), address, &flags, fail_points, &log)
}

/// Whether the server is killed at its point in time.
async fn is_killed(server: &mut ServerProcess, point: &str, random: &mut StdRng) -> bool {
    if server.is_ready().await && point == "while_draining" {
        // Clients need a moment to come back, so that there is somebody to drain.
        let moment = Duration::from_millis(random.random_range(300..1500));
        tokio::time::sleep(moment).await;
        server.signal();
    }
    let until = Instant::now() + REACHED_WITHIN;
    while Instant::now() < until {
        if server.has_ended() {
            return server.was_killed();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
