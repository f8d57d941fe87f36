//! The end of a server: everybody is told to come back, and what was accepted is answered.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use crate::support::officer::Came;
use crate::support::process::{ServerProcess, free_address};
use crate::support::world::World;
use crate::support::{Officer, TestApp};

#[actix::test]
async fn live_sockets_are_told_to_come_back_and_the_stop_is_prompt() {
    let mut app = TestApp::spawn().await;
    let mut officers = Vec::new();
    for _ in 0..5 {
        officers.push(app.officer_of_north().await);
    }
    let mut stranger = Officer::open(Officer::request(app.address(), None))
        .await
        .unwrap();
    let clients = actix::spawn(async move {
        for officer in &mut officers {
            let told = officer.object().await;
            assert_eq!(
                (told["type"].as_str(), told["reason"].as_str()),
                (Some("reconnect"), Some("drain"))
            );
            assert!(told["after_ms"].as_u64().unwrap() < 60_000);
            assert!(matches!(officer.next().await, Came::Close(4000, _)));
        }
        assert_eq!(stranger.closed().await.0, 4000);
    });
    let begun = Instant::now();
    app.stop().await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    clients.await.unwrap();
    app.remove().await;
}

#[actix::test]
async fn what_was_accepted_before_a_stop_is_answered_and_stored() {
    let mut app = TestApp::with(&["--rate-limits", "off"]).await;
    let api = app.api.clone();
    let key = app.demo.api_key.clone();
    let submitters: Vec<_> = (0..8)
        .map(|_| actix::spawn(submit_until_refused(api.clone(), key.clone())))
        .collect();
    crate::support::eventually("load", async || {
        (app.head("north").await > 50).then_some(())
    })
    .await;
    app.stop().await;
    let created: usize = join_all(submitters)
        .await
        .into_iter()
        .map(Result::unwrap)
        .sum();
    let stored = app.numbers("north").await.len();
    assert_eq!(
        stored, created,
        "every stored complaint was answered, and the reverse"
    );
    app.remove().await;
}

/// Submits until the server is gone; returns how many were answered 201.
async fn submit_until_refused(api: crate::support::Api, key: String) -> usize {
    let body = serde_json::json!({"category": "pothole", "region": "north", "address": "Quay 1",
        "description": "a hole"});
    let mut created = 0;
    loop {
        let request = api
            .post("/api/v1/complaints", &body)
            .header("X-API-Key", &key);
        match request.send().await {
            Ok(answer) if answer.status().as_u16() == 201 => created += 1,
            Ok(answer) => assert_eq!(answer.status().as_u16(), 503),
            Err(error) => {
                assert!(error.is_connect() || error.is_request(), "{error:?}");
                return created;
            }
        }
    }
}

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
