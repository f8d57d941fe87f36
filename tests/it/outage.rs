//! The database loses its connections in the midst of load: nothing is lost, and all goes on by itself.

use std::cell::Cell;
use std::collections::HashMap;

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{TestApp, eventually};

/// Submits `count` complaints, each with its key and as often as it takes; returns ids by key.
async fn submit_with_retries(
    app: &TestApp,
    region: &str,
    count: usize,
    description: &str,
) -> Vec<(Uuid, String)> {
    let mut stored = Vec::new();
    for _ in 0..count {
        let key = Uuid::new_v4();
        let body = json!({"category": "pothole", "region": region, "address": "Quay 1",
            "description": description});
        let id = eventually("a submission is accepted", async || {
            let request = app.api.post("/api/v1/complaints", &body);
            let request = request
                .header("X-API-Key", &app.demo.api_key)
                .header("Idempotency-Key", key.to_string());
            let answer = request.send().await.unwrap();
            match answer.status() {
                StatusCode::CREATED | StatusCode::OK => {
                    let receipt: Value = answer.json().await.unwrap();
                    Some(receipt["id"].as_str().unwrap().to_owned())
                }
                StatusCode::SERVICE_UNAVAILABLE => None,
                other => panic!("{other}: {}", answer.text().await.unwrap()),
            }
        })
        .await;
        stored.push((key, id));
    }
    stored
}

#[actix::test]
async fn connections_that_are_killed_under_load_lose_and_double_nothing() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let mut officer = app.officer_of_north().await;
    let reader = actix::spawn(async move {
        let mut seq = 0;
        loop {
            let event = officer.event().await;
            seq += 1;
            assert_eq!(event["seq"], seq);
            if event["complaint"]["description"] == "the end" {
                return seq;
            }
        }
    });
    let writing = Cell::new(true);
    let writers = async {
        let regions = ["north", "harbour", "old-town"];
        let writers =
            (0..12).map(|turn| submit_with_retries(&app, regions[turn % 3], 40, "a hole"));
        let stored = join_all(writers).await.concat();
        writing.set(false);
        stored
    };
    let killer = async {
        let client = app.database().administer().await;
        let mut killed = 0;
        let mut pace = tokio::time::interval(std::time::Duration::from_millis(60));
        while writing.get() {
            pace.tick().await;
            let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = $1 AND application_name = 'redress'";
            let row = client
                .query_one(sql, &[&app.database().name()])
                .await
                .unwrap();
            killed += row.get::<_, i64>(0);
        }
        killed
    };
    let (stored, killed) = futures_util::join!(writers, killer);
    assert!(killed > 5, "{killed} connections were killed");
    submit_with_retries(&app, "north", 1, "the end").await;
    assert_eq!(reader.await.unwrap(), app.head("north").await);

    let ids: HashMap<_, _> = stored.iter().map(|(key, id)| (id.clone(), *key)).collect();
    assert_eq!(ids.len(), 480, "every key has a complaint of its own");
    let client = app.database().connect().await;
    let sql = "SELECT count(*) FROM complaints WHERE id = ANY ($1::text[]::uuid[])";
    let all: Vec<String> = ids.into_keys().collect();
    let found: i64 = client.query_one(sql, &[&all]).await.unwrap().get(0);
    assert_eq!(found, 480, "every answer is stored");
    let rows: i64 = client
        .query_one("SELECT count(*) FROM complaints", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 481, "once each");
    app.assert_log_is_whole().await;
    app.complaint_gauges_are_right().await;
    app.end().await;
}

#[actix::test]
async fn one_key_sent_many_times_at_once_makes_one_complaint() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let body = json!({"category": "pothole", "region": "north", "address": "Quay 1", "description": "a hole"});
    for round in 0..10 {
        let answers = join_all((0..12).map(async |_| {
            let request = app.api.post("/api/v1/complaints", &body);
            let request = request
                .header("X-API-Key", &app.demo.api_key)
                .header("Idempotency-Key", format!("key-{round}"));
            let receipt: Value = request.send().await.unwrap().json().await.unwrap();
            receipt["id"].as_str().unwrap().to_owned()
        }))
        .await;
        assert!(
            answers.windows(2).all(|pair| pair[0] == pair[1]),
            "{answers:?}"
        );
    }
    assert_eq!(app.numbers("north").await.len(), 10);
    app.assert_log_is_whole().await;
    app.end().await;
}
