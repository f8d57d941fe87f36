//! A node that stands still in the midst of its transactions, while another one goes on.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Settings;
use super::stage::{Outcome, REGIONS, judge, longest, node, people, progress, recovery, trial};
use super::support::world::World;

/// Longer than PostgreSQL lets a transaction stand idle.
const STILL: Duration = Duration::from_secs(13);

pub(super) async fn stopped(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let first = node(&world, "n1", &[]).await;
    let second = node(&world, "n2", &[]).await;
    let mut trial = trial(&world, &first, settings.seed).await;
    people(&mut trial, first.address(), 2, 5);
    people(&mut trial, second.address(), 2, 5);
    trial.goes_on().await;
    let mut random = StdRng::seed_from_u64(settings.seed);
    let turns = settings.runs.min(4);
    let mut recoveries = Vec::new();
    for turn in 1..=turns {
        let moment = Duration::from_millis(random.random_range(0..200));
        tokio::time::sleep(moment).await;
        first.pause();
        recoveries.push(recovery(&trial).await);
        tokio::time::sleep(STILL).await;
        first.resume();
        recoveries.push(recovery(&trial).await);
        progress(turn, turns, &trial);
    }
    let verdict = judge(trial, world).await;
    drop((first, second));
    let figures = format!("{turns} stops, longest recovery {}", longest(&recoveries));
    Outcome::of(verdict, &figures)
}
