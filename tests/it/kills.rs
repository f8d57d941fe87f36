//! The promise of the live feed, with the server killed at random moments: every officer ends with
//! exactly the events of the regions, in order, none twice.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::support::eventually;
use crate::support::officer::{Came, Officer};
use crate::support::process::{ServerProcess, free_address};
use crate::support::world::World;
use crate::support::writer::Writer;

const OFFICERS: usize = 50;
const REGIONS: usize = 4;
const WRITERS: usize = 8;
const SUBMISSIONS: usize = 2000;
const KILLS: usize = 20;

/// The events that an officer has applied, by region, in the order in which they came.
type Applied = BTreeMap<String, Vec<(i64, String)>>;

#[actix::test]
async fn every_officer_ends_with_every_event_once_although_the_server_is_killed_20_times() {
    let world = World::create(REGIONS).await;
    let address = free_address();
    let mut server = start(&world, address).await;
    let token = server
        .api()
        .login(&world.demo.admin.email, &world.demo.admin.password)
        .await;
    let epoch = epoch(&world).await;
    let written = Arc::new(AtomicBool::new(false));
    let officers: Vec<_> = (0..OFFICERS)
        .map(|number| {
            let regions = [number % REGIONS, (number + 1) % REGIONS]
                .map(|index| world.regions[index].clone());
            let (token, epoch, written) = (token.clone(), epoch.clone(), Arc::clone(&written));
            actix::spawn(
                async move { follow(number, address, regions, &token, &epoch, &written).await },
            )
        })
        .collect();
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let writer = Writer::new(&[address], &world.demo.api_key);
            let (regions, token, acknowledged) = (
                world.regions.clone(),
                token.clone(),
                Arc::clone(&acknowledged),
            );
            actix::spawn(
                async move { write(number, writer, &regions, &token, &acknowledged).await },
            )
        })
        .collect();
    let mut random = StdRng::seed_from_u64(4711);
    for kill in 1..=KILLS {
        let due = SUBMISSIONS * kill / (KILLS + 1);
        eventually("the writers go on", async || {
            (acknowledged.load(Ordering::SeqCst) >= due).then_some(())
        })
        .await;
        tokio::time::sleep(Duration::from_millis(random.random_range(0..50))).await;
        server.kill();
        server = start(&world, address).await;
    }
    let ids: Vec<String> = join_all(writers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    written.store(true, Ordering::SeqCst);
    let truth = truth(&world).await;
    check_submissions(&world, ids).await;
    for (number, applied) in join_all(officers).await.into_iter().enumerate() {
        for (region, events) in applied.unwrap() {
            assert_eq!(events, truth[&region], "officer {number}, region {region}");
        }
    }
    drop(server);
    world.database.remove().await;
}

async fn start(world: &World, address: SocketAddr) -> ServerProcess {
    let flags = ["--ping-interval-ms", "500"];
    ServerProcess::start(&world.database, address, &flags, &world.log("server")).await
}

async fn epoch(world: &World) -> String {
    let client = world.database.connect().await;
    client
        .query_one("SELECT epoch FROM installation", &[])
        .await
        .unwrap()
        .get(0)
}

/// Submits a share of the complaints and takes up each of them.
async fn write(
    number: usize,
    writer: Writer,
    regions: &[String],
    token: &str,
    acknowledged: &AtomicUsize,
) -> Vec<String> {
    let mut ids = Vec::new();
    for turn in 0..SUBMISSIONS / WRITERS {
        let id = writer
            .submit(&regions[(number + turn) % regions.len()], turn)
            .await;
        acknowledged.fetch_add(1, Ordering::SeqCst);
        writer.set_status(token, &id, "acknowledged", turn).await;
        ids.push(id);
    }
    ids
}

/// Follows two regions as a client should, cutting its own socket at random; ends when all is
/// written and it has reached the heads.
async fn follow(
    number: usize,
    address: SocketAddr,
    regions: [String; 2],
    token: &str,
    epoch: &str,
    written: &AtomicBool,
) -> Applied {
    let mut random = StdRng::seed_from_u64(number as u64);
    let mut applied: Applied = regions
        .iter()
        .map(|region| (region.clone(), Vec::new()))
        .collect();
    loop {
        let cut_after = random.random_range(1..400);
        let Ok(mut officer) = Officer::open(Officer::request(address, Some(token))).await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let finishing = written.load(Ordering::SeqCst);
        let most = if finishing { usize::MAX } else { cut_after };
        let live = read(&mut officer, &mut applied, epoch, most, written).await;
        if finishing && live {
            return applied;
        }
    }
}

/// Subscribes from where it is and applies what comes, until the socket ends or `most` events came.
/// When `most` has no bound it returns as soon as both regions are live.
async fn read(
    officer: &mut Officer,
    applied: &mut Applied,
    epoch: &str,
    most: usize,
    written: &AtomicBool,
) -> bool {
    if !matches!(officer.next().await, Came::Object(object) if object["type"] == "connected") {
        return false;
    }
    for (region, events) in applied.iter() {
        let since = json!({"epoch": epoch, "seq": events.last().map_or(0, |(seq, _)| *seq)});
        let subscribe =
            json!({"type": "subscribe", "region": region, "since": since, "snapshot": false});
        if !officer.try_say(subscribe).await {
            return false;
        }
    }
    let (mut live, mut came) = (0, 0);
    while came < most {
        let Came::Object(object) = officer.next().await else {
            return false;
        };
        match object["type"].as_str().unwrap() {
            "event" => {
                let events = applied.get_mut(object["region"].as_str().unwrap()).unwrap();
                let seq = object["seq"].as_i64().unwrap();
                let expected = events.last().map_or(0, |(seq, _)| *seq) + 1;
                assert_eq!(seq, expected, "a hole or a repetition");
                events.push((seq, object["event_id"].as_str().unwrap().to_owned()));
                came += 1;
            }
            "live" => live += 1,
            "subscribed" => assert_eq!(object["mode"], "resumed", "{object}"),
            // Nothing more may come: go back and see whether all is written.
            "ping" if written.load(Ordering::SeqCst) && most != usize::MAX => return false,
            "ping" => {}
            // The database connection of a server that is being killed may go first.
            "error" => return false,
            other => panic!("unexpected {other}: {object}"),
        }
        if most == usize::MAX && live == applied.len() {
            return true;
        }
    }
    false
}

/// The events of every region as the database has them.
async fn truth(world: &World) -> Applied {
    let client = world.database.connect().await;
    let events = "SELECT region_id, seq, event_id::text FROM events ORDER BY region_id, seq";
    let mut truth: Applied = world
        .regions
        .iter()
        .map(|region| (region.clone(), Vec::new()))
        .collect();
    for row in client.query(events, &[]).await.unwrap() {
        truth
            .get_mut(row.get::<_, &str>(0))
            .unwrap()
            .push((row.get(1), row.get(2)));
    }
    truth
}

async fn check_submissions(world: &World, mut ids: Vec<String>) {
    let client = world.database.connect().await;
    let rows = client
        .query("SELECT id::text FROM complaints ORDER BY id::text", &[])
        .await
        .unwrap();
    let stored: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    ids.sort();
    assert_eq!(ids.len(), SUBMISSIONS);
    assert_eq!(stored, ids, "every 201 is stored exactly once");
}
