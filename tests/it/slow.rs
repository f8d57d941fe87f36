//! A client that does not read harms nobody but itself.

use std::time::{Duration, Instant};

use crate::support::officer::Came;
use crate::support::stuck::Stuck;
use crate::support::{Officer, TestApp, eventually};

/// Reads until an event whose description is `the end`; fails unless every event came once, in order.
async fn read_to_the_end(mut officer: Officer) -> i64 {
    let mut seq = 0;
    loop {
        seq += 1;
        let event = officer.event().await;
        assert_eq!(event["seq"], seq);
        if event["complaint"]["description"] == "the end" {
            return seq;
        }
    }
}

#[actix::test]
async fn who_never_reads_is_cut_off_and_its_neighbours_get_everything() {
    let flags = ["--rate-limits", "off", "--outgoing-limit", "200000"];
    let app = TestApp::with(&flags).await;
    let mut readers = Vec::new();
    for _ in 0..3 {
        let officer = app.officer_of_north().await;
        readers.push(actix::spawn(read_to_the_end(officer)));
    }
    let mut stuck = app.officer_of_north().await;
    app.officers_are(4).await;
    let long = "\u{1F573}".repeat(4000);
    // The system's buffers on both sides fill first; how large they are is its own affair.
    while app.metric("websocket_closes_total{code=\"4002\"}").await < 1.0 {
        app.submit_many("north", 20, &long).await;
    }
    app.submit("north", "the end").await;
    let last = app.head("north").await;
    for reader in readers {
        assert_eq!(reader.await.unwrap(), last);
    }
    app.officers_are(0).await;
    assert_eq!(
        app.metric("websocket_closes_total{code=\"4002\"}").await,
        1.0
    );
    // What the system had buffered can still be read; then the socket ends.
    while let Came::Object(_) = stuck.next().await {}
    app.end().await;
}

#[actix::test]
async fn the_connection_of_who_never_reads_is_cut() {
    let flags = ["--rate-limits", "off", "--outgoing-limit", "200000"];
    let app = TestApp::with(&flags).await;
    let stuck = Stuck::follow(app.address(), &app.olga().await, "north").await;
    eventually("it follows", async || {
        (app.health().await["regions_watched"] == 1).then_some(())
    })
    .await;
    let long = "\u{1F573}".repeat(4000);
    while app.metric("websocket_closes_total{code=\"4002\"}").await < 1.0 {
        assert!(!stuck.is_reset());
        app.submit_many("north", 20, &long).await;
    }
    app.officers_are(0).await;
    let begun = Instant::now();
    eventually("the connection is cut", async || {
        stuck.is_reset().then_some(())
    })
    .await;
    // The system would have tried for fifteen seconds.
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
    app.end().await;
}
