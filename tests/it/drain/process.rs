//! The end of a server that is a process of its own: signals, clients that do not read, and `redress watch`.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::process::{ServerProcess, free_address};
use crate::support::program::watch;
use crate::support::stuck::Stuck;
use crate::support::world::World;
use crate::support::{Officer, eventually};

#[actix::test]
async fn a_process_that_is_terminated_says_goodbye_and_ends_cleanly() {
    let world = World::create(0).await;
    let server = ServerProcess::start(&world.database, free_address(), &[], &world.log("a")).await;
    let olga = &world.demo.officers[0];
    let token = server.api().login(&olga.email, &olga.password).await;
    let mut officer = Officer::connect(server.address(), &token).await;
    officer.join("north", None).await;
    let reader = actix::spawn(async move {
        let told = officer.object().await;
        (told["type"] == "reconnect", officer.closed().await.0)
    });
    assert!(server.terminate().await, "a clean end");
    assert_eq!(reader.await.unwrap(), (true, 4000));
    world.database.remove().await;
}

/// A server with this window, an officer who reads, and others who never do and have filled their sockets.
async fn server_with_stuck_clients(
    world: &World,
    window: &str,
) -> (ServerProcess, Officer, Vec<Stuck>) {
    let flags = ["--drain-window", window, "--outgoing-limit", "50000000"];
    let server =
        ServerProcess::start(&world.database, free_address(), &flags, &world.log("a")).await;
    let olga = &world.demo.officers[0];
    let token = server.api().login(&olga.email, &olga.password).await;
    let mut officer = Officer::connect(server.address(), &token).await;
    officer.join("north", None).await;
    let mut stuck = Vec::new();
    for _ in 0..4 {
        stuck.push(Stuck::follow(server.address(), &token, "north").await);
    }
    let admin = &world.demo.admin;
    let admin = server.api().login(&admin.email, &admin.password).await;
    let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
        "description": "\u{1F573}".repeat(4000)});
    eventually("bytes wait for all who do not read", async || {
        for _ in 0..5 {
            let request = server.api().post("/api/v1/complaints", &body);
            let answer = request
                .header("X-API-Key", &world.demo.api_key)
                .send()
                .await;
            assert_eq!(answer.unwrap().status().as_u16(), 201);
            officer.event().await;
        }
        let stats = server.api().get("/api/v1/websocket/stats");
        let stats: Value = stats
            .bearer_auth(&admin)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let waits = |session: &&Value| session["queued_bytes"].as_u64().unwrap() > 0;
        let waiting = stats["sessions"].as_array().unwrap().iter().filter(waits);
        (waiting.count() == 4).then_some(())
    })
    .await;
    (server, officer, stuck)
}

#[actix::test]
async fn who_never_reads_does_not_hold_up_the_stop() {
    let world = World::create(0).await;
    let (server, officer, _stuck) = server_with_stuck_clients(&world, "2").await;
    let reader = actix::spawn(async move {
        let mut officer = officer;
        officer.closed().await.0
    });
    let begun = Instant::now();
    assert!(server.terminate().await, "a clean end");
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(2 + 5), "{elapsed:?}");
    assert_eq!(reader.await.unwrap(), 4000);
    world.database.remove().await;
}

#[actix::test]
async fn a_second_signal_ends_the_server_at_once() {
    let world = World::create(0).await;
    let (server, mut officer, _stuck) = server_with_stuck_clients(&world, "600").await;
    server.signal();
    assert_eq!(officer.object().await["type"], "reconnect");
    let begun = Instant::now();
    server.signal();
    assert_eq!(server.ended().await, Some(130));
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    world.database.remove().await;
}

#[actix::test]
async fn redress_watch_comes_back_after_a_drain_and_misses_nothing() {
    let world = World::create(0).await;
    let address = free_address();
    let server = ServerProcess::start(&world.database, address, &[], &world.log("a")).await;
    let olga = &world.demo.officers[0];
    let watching = watch(address, olga, &["north"])
        .args(["--count", "2"])
        .spawn()
        .unwrap();
    let watched = async |server: &ServerProcess| {
        eventually("somebody watches", async || {
            let health = server.api().get("/api/v1/websocket/health");
            let health: Value = health.send().await.ok()?.json().await.ok()?;
            (health["regions_watched"] == 1).then_some(())
        })
        .await;
    };
    let submit = async |server: &ServerProcess, description: &str| {
        let body = json!({"category": "pothole", "region": "north", "address": "Quay 1",
            "description": description});
        let request = server.api().post("/api/v1/complaints", &body);
        let answer = request
            .header("X-API-Key", &world.demo.api_key)
            .send()
            .await;
        assert_eq!(answer.unwrap().status().as_u16(), 201);
    };
    watched(&server).await;
    submit(&server, "before the stop").await;
    assert!(server.terminate().await, "a clean end");
    let server = ServerProcess::start(&world.database, address, &[], &world.log("b")).await;
    submit(&server, "after the stop").await;
    let output = tokio::task::spawn_blocking(|| watching.wait_with_output())
        .await
        .unwrap()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("asks to reconnect (drain)"), "{told}");
    let shown = String::from_utf8_lossy(&output.stdout);
    let before = shown.find("before the stop").unwrap();
    assert!(shown.find("after the stop").unwrap() > before, "{shown}");
    assert!(server.terminate().await, "a clean end");
    world.database.remove().await;
}
