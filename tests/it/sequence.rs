//! The event log is gapless at every moment, whoever writes and whoever is killed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::StatusCode;
use tokio_postgres::Client;

use crate::support::eventually;
use crate::support::process::{ServerProcess, free_address};
use crate::support::world::World;
use crate::support::writer::Writer;

const REGIONS: usize = 16;
const WRITERS: usize = 32;
const SUBMISSIONS_EACH: usize = 40;
const KILLS: usize = 6;

/// Regions whose numbers have a hole, from one snapshot of the database.
const HOLES: &str = "SELECT region_id FROM region_heads \
    LEFT JOIN (SELECT region_id, COUNT(*) AS events, MAX(seq) AS last FROM events GROUP BY region_id) \
        AS counted USING (region_id) \
    WHERE head <> COALESCE(events, 0) OR head <> COALESCE(last, 0)";

#[actix::test]
async fn numbers_are_gapless_at_every_moment_with_two_processes_refusals_and_kills() {
    let world = World::create(REGIONS).await;
    let addresses = [free_address(), free_address()];
    let mut servers = Vec::new();
    for (number, &address) in addresses.iter().enumerate() {
        servers.push(start(&world, number, address).await);
    }
    let token = servers[0]
        .api()
        .login(&world.demo.admin.email, &world.demo.admin.password)
        .await;
    let done = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let observer = actix::spawn(observe(world.database.connect().await, Arc::clone(&done)));
    let writers = (0..WRITERS).map(|number| {
        let writer = Writer::new(&addresses, &world.demo.api_key);
        let (regions, token, acknowledged) = (
            world.regions.clone(),
            token.clone(),
            Arc::clone(&acknowledged),
        );
        actix::spawn(async move { write(number, writer, regions, token, acknowledged).await })
    });
    let writers: Vec<_> = writers.collect();
    for kill in 1..=KILLS {
        let due = WRITERS * SUBMISSIONS_EACH * kill / (KILLS + 2);
        eventually("the writers go on", async || {
            (acknowledged.load(Ordering::SeqCst) >= due).then_some(())
        })
        .await;
        let number = kill % servers.len();
        servers.remove(number).kill();
        servers.insert(number, start(&world, number, addresses[number]).await);
    }
    let mut ids = Vec::new();
    let mut changes = 0;
    for outcome in join_all(writers).await {
        let (submitted, changed) = outcome.unwrap();
        ids.extend(submitted);
        changes += changed;
    }
    done.store(true, Ordering::SeqCst);
    assert!(
        observer.await.unwrap() > KILLS,
        "the observer looked too rarely"
    );
    check(&world.database.connect().await, ids, changes).await;
    drop(servers);
    world.database.remove().await;
}

async fn start(world: &World, number: usize, address: std::net::SocketAddr) -> ServerProcess {
    let log = world.log(&number.to_string());
    ServerProcess::start(
        &world.database,
        address,
        &["--node-name", &format!("n{number}")],
        &log,
    )
    .await
}

/// Looks for holes all the time; returns how often it looked.
async fn observe(client: Client, done: Arc<AtomicBool>) -> usize {
    let mut looks = 0;
    while !done.load(Ordering::SeqCst) {
        let holes: Vec<String> = client
            .query(HOLES, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert!(holes.is_empty(), "holes in {holes:?}");
        looks += 1;
        tokio::task::yield_now().await;
    }
    looks
}

/// Submits and changes, with refusals among them; returns the acknowledged ids and changes.
async fn write(
    number: usize,
    writer: Writer,
    regions: Vec<String>,
    token: String,
    acknowledged: Arc<AtomicUsize>,
) -> (Vec<String>, usize) {
    let mut random = StdRng::seed_from_u64(number as u64);
    let (mut ids, mut changes) = (Vec::new(), 0);
    for turn in 0..SUBMISSIONS_EACH {
        let region = &regions[random.random_range(0..regions.len())];
        let id = writer.submit(region, number + turn).await;
        acknowledged.fetch_add(1, Ordering::SeqCst);
        // `closed` is refused for a complaint that was just reported: nothing may come of it.
        let status = ["acknowledged", "closed", "rejected"][random.random_range(0..3)];
        match writer.set_status(&token, &id, status, number + turn).await {
            Some(StatusCode::OK) => changes += 1,
            Some(StatusCode::CONFLICT) => assert_eq!(status, "closed"),
            Some(StatusCode::SERVICE_UNAVAILABLE) | None => {}
            Some(other) => panic!("{other} for {status}"),
        }
        ids.push(id);
    }
    (ids, changes)
}

/// What was acknowledged is there exactly once, and nothing is there without its event.
async fn check(client: &Client, mut ids: Vec<String>, changes: usize) {
    let rows = client
        .query("SELECT id::text FROM complaints ORDER BY id::text", &[])
        .await
        .unwrap();
    let stored: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    ids.sort();
    assert_eq!(
        stored, ids,
        "every 201 is stored exactly once, and nothing else"
    );
    check_events(client).await;
    let changed = "SELECT COUNT(*) FROM events WHERE kind = 'complaint.status_changed'";
    let changed: i64 = client.query_one(changed, &[]).await.unwrap().get(0);
    assert!(
        usize::try_from(changed).unwrap() >= changes,
        "{changed} of {changes} changes are stored"
    );
    assert!(client.query(HOLES, &[]).await.unwrap().is_empty());
}

/// No complaint without exactly one event of its creation.
async fn check_events(client: &Client) {
    let strays = "SELECT COUNT(*) FROM complaints WHERE (SELECT COUNT(*) FROM events \
        WHERE complaint_id = complaints.id AND kind = 'complaint.created') <> 1";
    let strays: i64 = client.query_one(strays, &[]).await.unwrap().get(0);
    assert_eq!(
        strays, 0,
        "complaints without exactly one event of their creation"
    );
}

/// Batches that hold neither keys nor reporters nor changes are written by a statement of their own.
#[actix::test]
async fn plain_batches_are_gapless_too_and_store_what_they_acknowledge() {
    let world = World::create(REGIONS).await;
    let addresses = [free_address(), free_address()];
    let mut servers = Vec::new();
    for (number, &address) in addresses.iter().enumerate() {
        servers.push(start(&world, number, address).await);
    }
    let done = Arc::new(AtomicBool::new(false));
    let observer = actix::spawn(observe(world.database.connect().await, Arc::clone(&done)));
    let answered = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer::new(&addresses, &world.demo.api_key);
            let (regions, answered) = (world.regions.clone(), Arc::clone(&answered));
            actix::spawn(async move { write_plain(number, &writer, &regions, &answered).await })
        })
        .collect();
    eventually("some were answered", async || {
        (answered.load(Ordering::SeqCst) > WRITERS * SUBMISSIONS_EACH / 3).then_some(())
    })
    .await;
    servers.remove(0).kill();
    let outcomes = join_all(writers).await.into_iter().flat_map(Result::unwrap);
    let outcomes: Vec<Option<String>> = outcomes.collect();
    done.store(true, Ordering::SeqCst);
    observer.await.unwrap();
    let client = world.database.connect().await;
    let rows = client.query("SELECT id::text FROM complaints", &[]).await;
    let stored: BTreeSet<String> = rows.unwrap().iter().map(|row| row.get(0)).collect();
    let acknowledged: BTreeSet<String> = outcomes.iter().flatten().cloned().collect();
    assert!(
        acknowledged.is_subset(&stored),
        "an acknowledged one is lost"
    );
    assert!(stored.len() <= outcomes.len(), "something was stored twice");
    check_events(&client).await;
    assert!(client.query(HOLES, &[]).await.unwrap().is_empty());
    drop(servers);
    world.database.remove().await;
}

/// Submits once a turn, without a key; `None` for those of which nobody knows whether they are stored.
async fn write_plain(
    number: usize,
    writer: &Writer,
    regions: &[String],
    answered: &AtomicUsize,
) -> Vec<Option<String>> {
    let mut outcomes = Vec::new();
    for turn in 0..SUBMISSIONS_EACH {
        let region = &regions[(number * 7 + turn) % regions.len()];
        outcomes.push(writer.submit_once(region, number + turn).await);
        answered.fetch_add(1, Ordering::SeqCst);
    }
    outcomes
}
