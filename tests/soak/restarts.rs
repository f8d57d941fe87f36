//! PostgreSQL stopped as a crash does and started again, under load.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::Settings;
use super::own_postgres::OwnPostgres;
use super::stage::{Outcome, REGIONS, longest, node, people, progress, recovery, trial};
use super::support::world::World;

pub(super) async fn run(settings: Settings) -> Outcome {
    let mut postgres = OwnPostgres::start(settings.seed).await;
    let world = World::create_on(postgres.database(), REGIONS).await;
    let node = node(&world, "n1", &[]).await;
    let mut trial = trial(&world, &node, settings.seed).await;
    people(&mut trial, node.address(), 4, 10);
    trial.goes_on().await;
    let mut random = StdRng::seed_from_u64(settings.seed);
    let mut recoveries = Vec::new();
    for turn in 1..=settings.runs {
        postgres.crash().await;
        let away = Duration::from_millis(random.random_range(0..2000));
        tokio::time::sleep(away).await;
        postgres.start_again().await;
        recoveries.push(recovery(&trial).await);
        progress(turn, settings.runs, &trial);
    }
    let mut client = world.database.connect().await;
    let verdict = trial.judge(&mut client).await;
    let figures = format!(
        "{} restarts, longest recovery {}",
        settings.runs,
        longest(&recoveries)
    );
    Outcome::of(verdict, &figures)
}
