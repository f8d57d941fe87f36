//! A crowd that is cut at once, comes back at once, and is fifty events behind in each region.

use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::Client;

use super::plateau::Plateau;
use super::stage::{CALM, Outcome, REGIONS, judge, longest, node, trial};
use super::support::world::World;
use super::support::writer::Writer;
use super::{Settings, say};

/// How many events of each region are missed.
const MISSED: usize = 50;
/// What the allocator may keep of the memory in which everybody's missed events waited, in MiB: beside this
/// a KiB for each of them.
const KEPT: usize = 64;
/// How long the crowd may take to come, and to come back.
const PATIENCE: Duration = Duration::from_secs(600);
/// What PostgreSQL counts is seen so late.
const COUNTED_WITHIN: Duration = Duration::from_secs(3);

pub(super) async fn run(settings: Settings) -> Outcome {
    let world = World::create(REGIONS).await;
    let node = node(&world, "n1", &CALM).await;
    let mut trial = trial(&world, &node, settings.seed).await;
    for number in 0..settings.crowd {
        let mut follower = trial.follower(&format!("follower {number}"), node.address());
        follower.regions = vec![world.regions[number % REGIONS].clone()];
        follower.patience = Duration::from_secs(120);
        trial.add(follower);
    }
    let client = world.database.connect().await;
    let writer = Writer::new(&[node.address()], &world.demo.api_key);
    let mut written = Vec::new();
    // Each is told `subscribed`, `snapshot` and `live` first.
    reached(&trial, settings.crowd * 3).await;
    written.extend(write(&world, &writer, 1).await);
    reached(&trial, settings.crowd * 4).await;
    let before = Plateau::of(&node).await;
    say(&format!("  {} are there: {before:?}", settings.crowd));
    trial.cut(true);
    written.extend(write(&world, &writer, MISSED).await);
    tokio::time::sleep(COUNTED_WITHIN).await;
    let (reads, heard) = (reads(&client).await, trial.heard());
    trial.cut(false);
    let begun = Instant::now();
    // `subscribed`, the events, `live`.
    reached(&trial, heard + settings.crowd * (MISSED + 2)).await;
    let took = begun.elapsed();
    tokio::time::sleep(COUNTED_WITHIN).await;
    let reads = self::reads(&client).await - reads;
    let after = Plateau::of(&node).await;
    let left_over = after.left_over(&before, KEPT + settings.crowd * MISSED / 1024);
    let mut verdict = judge(trial, world).await;
    verdict.acknowledged = written.len();
    drop(node);
    let figures = format!(
        "{} back after {}, {reads} reads of events in {REGIONS} regions, memory {} → {} MiB",
        settings.crowd,
        longest(&[took]),
        before.resident_mib,
        after.resident_mib
    );
    let said = left_over.clone().unwrap_or_default();
    Outcome::of(verdict, &figures)
        .unless(
            reads <= 2 * REGIONS as i64,
            "more than two reads of events a region",
        )
        .unless(left_over.is_none(), &said)
}

/// Submits so many complaints to each region.
async fn write(world: &World, writer: &Writer, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for turn in 0..count {
        for region in &world.regions {
            ids.push(writer.submit(region, turn).await);
        }
    }
    ids
}

/// Waits until the crowd has heard so many messages.
async fn reached(trial: &super::support::trial::Trial, messages: usize) {
    let until = Instant::now() + PATIENCE;
    while trial.heard() < messages {
        let heard = trial.heard();
        assert!(
            Instant::now() < until,
            "{heard} of {messages} messages were heard"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How often the table of events was read by region and number, in all.
async fn reads(client: &Client) -> i64 {
    let sql = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'events_pkey'";
    client.query_one(sql, &[]).await.unwrap().get(0)
}
