//! Two nodes whose clocks are an hour apart: numbers, not times, say what comes after what.

use std::process::Command;
use std::time::Duration;

use super::Settings;
use super::stage::{FLAGS, Outcome, REGIONS, judge, longest, node, people, progress, recovery};
use super::support::process::{ServerProcess, free_address};
use super::support::trial::Trial;
use super::support::world::World;

/// How far the clock of the second node is ahead.
const AHEAD: &str = "+1h";
/// How long all followers are cut off in each turn.
const CUT: Duration = Duration::from_millis(500);

pub(super) async fn run(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let first = node(&world, "n1", &[]).await;
    let mut second = spawn_ahead(&world);
    assert!(second.is_ready().await, "the node that is ahead ended");
    // A token of the node that is ahead is good at both; the other way round it has expired.
    let admin = &world.demo.admin;
    let token = second.api().login(&admin.email, &admin.password).await;
    let key = &world.demo.api_key;
    let mut trial = Trial::new(&world.regions, &token, key, settings.seed);
    people(&mut trial, first.address(), 2, 5);
    people(&mut trial, second.address(), 2, 5);
    trial.goes_on().await;
    let mut recoveries = Vec::new();
    for turn in 1..=settings.runs {
        trial.cut(true);
        tokio::time::sleep(CUT).await;
        trial.cut(false);
        recoveries.push(recovery(&trial).await);
        progress(turn, settings.runs, &trial);
    }
    let is_apart = is_apart(&world).await;
    let verdict = judge(trial, world).await;
    drop((first, second));
    let figures = format!("longest recovery {}", longest(&recoveries));
    Outcome::of(verdict, &figures).unless(is_apart, "both clocks told the same time")
}

/// A node to which libfaketime tells another time; its timers run as ever.
fn spawn_ahead(world: &World) -> ServerProcess {
    let told = Command::new("faketime")
        .args(["-m", "-f", AHEAD, "env"])
        .output()
        .expect("faketime is missing: scripts/setup --soak-tools installs it");
    let told = String::from_utf8(told.stdout).unwrap();
    let library = told
        .lines()
        .find_map(|line| line.strip_prefix("LD_PRELOAD="));
    let environment = [
        ("LD_PRELOAD", library.expect("faketime names its library")),
        ("FAKETIME", AHEAD),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let flags = [&FLAGS[..], &["--node-name", "n2"]].concat();
    let database = world.database.url();
    ServerProcess::spawn_in(
        &environment,
        database,
        free_address(),
        &flags,
        &world.log("n2"),
    )
}

/// Whether complaints were stored whose times are an hour from each other, in one region and next to each other.
async fn is_apart(world: &World) -> bool {
    let client = world.database.connect().await;
    let times =
        "SELECT max(created_at) - min(created_at) > interval '50 minutes' FROM redress.complaints";
    client.query_one(times, &[]).await.unwrap().get(0)
}
