//! Connections to PostgreSQL that end all at once, again and again; and one process of PostgreSQL that
//! stands still while it holds a region.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::Instant;

use super::Settings;
use super::stage::{Outcome, REGIONS, judge, longest, node, people, progress, recovery, trial};
use super::support::world::World;

/// How often all connections are ended, and the pause between: a minute in all.
const ROUNDS: usize = 30;
const PAUSE: Duration = Duration::from_secs(2);
/// How long a region is held: longer than any time-out of a lane.
const HELD: Duration = Duration::from_secs(15);

/// All connections of the node are ended every two seconds for a minute.
pub(super) async fn terminated(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let node = node(&world, "n1", &[]).await;
    let mut trial = trial(&world, &node, settings.seed).await;
    people(&mut trial, node.address(), 4, 10);
    trial.goes_on().await;
    let client = world.database.administer().await;
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
        WHERE datname = $1 AND application_name = 'redress'";
    let mut ended = 0;
    for round in 1..=ROUNDS {
        let row = client.query_one(sql, &[&world.database.name()]).await;
        ended += row.unwrap().get::<_, i64>(0);
        tokio::time::sleep(PAUSE).await;
        progress(round, ROUNDS, &trial);
    }
    let after = recovery(&trial).await;
    let verdict = judge(trial, world).await;
    drop(node);
    let figures = format!("{ended} connections ended, recovery {}", longest(&[after]));
    Outcome::of(verdict, &figures)
}

/// A process of PostgreSQL is stopped while it holds a region's row: other regions go on meanwhile.
pub(super) async fn stopped(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let node = node(&world, "n1", &["--commit-lanes", "2"]).await;
    let mut trial = trial(&world, &node, settings.seed).await;
    let (held, free) = world.regions.split_at(1);
    trial.write_to(&[node.address()], 2, held);
    for region in free {
        trial.write_to(&[node.address()], 2, std::slice::from_ref(region));
    }
    trial.follow(node.address(), 10);
    trial.goes_on().await;
    let holder = world.database.connect().await;
    let pid: i32 = holder
        .query_one("SELECT pg_backend_pid()", &[])
        .await
        .unwrap()
        .get(0);
    let pid = Pid::from_raw(pid).unwrap();
    let region = &world.regions[0];
    holder.batch_execute("BEGIN").await.unwrap();
    let hold = "SELECT head FROM region_heads WHERE region_id = $1 FOR UPDATE";
    holder.query_one(hold, &[region]).await.unwrap();
    kill_process(pid, Signal::STOP).unwrap();
    let (begun, before) = (Instant::now(), trial.acknowledged());
    tokio::time::sleep(HELD).await;
    let meanwhile = trial.acknowledged() - before;
    kill_process(pid, Signal::CONT).unwrap();
    holder.batch_execute("ROLLBACK").await.unwrap();
    let held = begun.elapsed();
    let after = recovery(&trial).await;
    let verdict = judge(trial, world).await;
    drop(node);
    let figures = format!(
        "held {}, {meanwhile} acknowledged meanwhile, recovery {}",
        longest(&[held]),
        longest(&[after])
    );
    Outcome::of(verdict, &figures)
}
