//! The end of a server: everybody is told to come back, and what was accepted is answered.

mod delay;
mod process;

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::Instant;

use crate::support::officer::Came;
use crate::support::{Officer, TestApp, eventually};

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
    eventually("load", async || {
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

/// What an officer saw of a drain.
struct Farewell {
    after_ms: u64,
    /// From `reconnect` to the close.
    stayed: Duration,
    /// The number of the last event.
    last: i64,
}

/// Reads events, which must have no gap, up to the close.
async fn read_to_the_close(mut officer: Officer) -> Farewell {
    let (mut last, mut told) = (0, None);
    loop {
        match officer.next().await {
            Came::Object(object) => match object["type"].as_str().unwrap() {
                "event" => {
                    last += 1;
                    assert_eq!(object["seq"], last);
                }
                "reconnect" => {
                    assert!(told.is_none(), "told once");
                    told = Some((object["after_ms"].as_u64().unwrap(), Instant::now()));
                }
                "ping" => {}
                other => panic!("{other}"),
            },
            Came::Close(code, _) => {
                assert_eq!(code, 4000);
                let (after_ms, at) = told.unwrap();
                let stayed = at.elapsed();
                return Farewell {
                    after_ms,
                    stayed,
                    last,
                };
            }
            Came::End => panic!("the socket ended without a close frame"),
        }
    }
}

#[actix::test]
async fn closes_are_spread_over_the_window_and_no_event_is_lost() {
    let flags = [
        "--drain-window",
        "4",
        "--workers",
        "1",
        "--rate-limits",
        "off",
    ];
    let mut app = TestApp::with(&flags).await;
    let mut readers = Vec::new();
    let mut epoch = Value::Null;
    for _ in 0..8 {
        let mut officer = app.officer(&app.olga().await).await;
        epoch = officer.join("north", None).await[0]["epoch"].clone();
        readers.push(actix::spawn(read_to_the_close(officer)));
    }
    let submitter = actix::spawn(submit_until_refused(
        app.api.clone(),
        app.demo.api_key.clone(),
    ));
    eventually("load", async || {
        (app.head("north").await > 10).then_some(())
    })
    .await;
    let begun = Instant::now();
    app.stop().await;
    let elapsed = begun.elapsed();
    assert!(elapsed < Duration::from_secs(9), "{elapsed:?}");
    let created = submitter.await.unwrap();
    let mut farewells: Vec<Farewell> = join_all(readers)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    farewells.sort_by_key(|farewell| farewell.after_ms);
    let told: Vec<u64> = farewells.iter().map(|farewell| farewell.after_ms).collect();
    assert_eq!(told, [0, 500, 1000, 1500, 2000, 2500, 3000, 3500]);
    for farewell in &farewells {
        // They read the two a moment apart.
        let promised = Duration::from_millis(farewell.after_ms.saturating_sub(250));
        assert!(farewell.stayed >= promised, "{:?}", farewell.stayed);
    }
    let (first, final_one) = (&farewells[0], &farewells[7]);
    assert!(final_one.last > first.last, "events went on meanwhile");

    // Everybody gets the rest from where they were.
    app.restart_stopped(&[]).await;
    let head = app.head("north").await;
    assert_eq!(usize::try_from(head).unwrap(), created);
    for farewell in farewells {
        let mut officer = app.officer(&app.olga().await).await;
        let since = Some((epoch.as_str().unwrap(), farewell.last));
        let came = officer.join("north", since).await;
        let numbers = came.iter().filter_map(|object| object["seq"].as_i64());
        let mut expected: Vec<i64> = (farewell.last + 1..=head).collect();
        expected.push(head); // `live`
        assert_eq!(numbers.collect::<Vec<_>>(), expected);
    }
    app.end().await;
}
