//! Redis emptied, paused, killed and started again between two nodes.

use std::time::Duration;

use super::Settings;
use super::stage::{Outcome, REGIONS, judge, longest, node, recovery, trial};
use super::support::redis::Redis;
use super::support::world::World;

/// How long each state lasts.
const STATE: Duration = Duration::from_secs(8);

pub(super) async fn run(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let mut redis = Redis::start().await;
    let url = redis.url();
    let flags = ["--redis-url", &url];
    let first = node(&world, "n1", &flags).await;
    let second = node(&world, "n2", &flags).await;
    let mut trial = trial(&world, &first, settings.seed).await;
    trial.write(&[first.address()], 4);
    trial.follow(second.address(), 10);
    trial.goes_on().await;
    let mut recoveries = Vec::new();
    let mut administration = redis.client().get_connection().unwrap();
    ::redis::cmd("FLUSHALL").exec(&mut administration).unwrap();
    recoveries.push(recovery(&trial).await);
    redis.pause();
    recoveries.push(recovery(&trial).await);
    tokio::time::sleep(STATE).await;
    redis.resume();
    recoveries.push(recovery(&trial).await);
    redis.kill();
    recoveries.push(recovery(&trial).await);
    tokio::time::sleep(STATE).await;
    redis.restart().await;
    recoveries.push(recovery(&trial).await);
    let verdict = judge(trial, world).await;
    drop((first, second, redis));
    let figures = format!("longest pause {}", longest(&recoveries));
    Outcome::of(verdict, &figures)
}
