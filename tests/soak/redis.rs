//! Redis emptied, paused, killed and started again between two nodes.

use std::time::Duration;

use rustix::process::Signal;

use super::Settings;
use super::stage::{Outcome, REGIONS, judge, longest, node, recovery, trial};
use super::support::process::free_address;
use super::support::redis::Redis;
use super::support::world::World;

/// How long each state lasts.
const STATE: Duration = Duration::from_secs(8);

pub(super) async fn run(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let mut redis = Redis::start(free_address()).await;
    let url = format!("redis://{}", redis.address());
    let flags = ["--redis-url", &url];
    let first = node(&world, "n1", &flags).await;
    let second = node(&world, "n2", &flags).await;
    let mut trial = trial(&world, &first, settings.seed).await;
    trial.write(&[first.address()], 4);
    trial.follow(second.address(), 10);
    trial.goes_on().await;
    let mut recoveries = Vec::new();
    redis.flush().await.unwrap();
    recoveries.push(recovery(&trial).await);
    redis.signal(Signal::STOP);
    recoveries.push(recovery(&trial).await);
    tokio::time::sleep(STATE).await;
    redis.signal(Signal::CONT);
    recoveries.push(recovery(&trial).await);
    let address = redis.address();
    drop(redis);
    recoveries.push(recovery(&trial).await);
    tokio::time::sleep(STATE).await;
    redis = Redis::start(address).await;
    recoveries.push(recovery(&trial).await);
    let verdict = judge(trial, world).await;
    drop((first, second, redis));
    let figures = format!("longest pause {}", longest(&recoveries));
    Outcome::of(verdict, &figures)
}
