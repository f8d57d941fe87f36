//! Rate limits of all nodes together in Redis, and each node's own without it.

use std::time::{Duration, Instant};

use redis::AsyncCommands;
use redress::app::Application;
use serde_json::json;

use super::api;
use crate::support::redis::Redis;
use crate::support::{Answer, Api, TestApp, call, eventually};

/// Two nodes with these limits.
async fn pair(redis: &Redis, flags: &[&str]) -> (TestApp, Application) {
    let url = redis.url();
    let flags = [flags, &["--redis-url", &url]].concat();
    let app = TestApp::with(&flags).await;
    let other = app.another_node_with(&flags).await;
    (app, other)
}

async fn submit(api: &Api) -> u16 {
    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    call(api.post("/api/v1/complaints", &body)).await.status
}

async fn login(api: &Api, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    call(api.post("/api/v1/auth/login", &body)).await
}

#[actix::test]
async fn what_is_limited_is_counted_on_all_nodes_together() {
    let redis = Redis::start().await;
    let flags = ["--rate-anonymous", "3", "--rate-login", "2"];
    let (app, other) = pair(&redis, &flags).await;
    let nodes = [app.api.clone(), api(&other)];
    let mut answers = Vec::new();
    for turn in 0..5 {
        answers.push(submit(&nodes[turn % 2]).await);
    }
    assert_eq!(answers, [201, 201, 201, 429, 429]);

    let olga = &app.demo.officers[0];
    for turn in 0..6 {
        let answer = login(&nodes[turn % 2], &olga.email, &olga.password).await;
        assert_eq!(answer.status, 200, "good ones are free: {answer:?}");
    }
    for node in &nodes {
        let answer = login(node, &olga.email, "wrong").await;
        answer.problem(401, "wrong_password");
    }
    let limited = login(&nodes[0], &olga.email, &olga.password).await;
    let seconds: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    limited.problem(429, "rate_limited");

    let mut client = redis
        .client()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    let names: Vec<String> = client.keys("*").await.unwrap();
    assert!(!names.is_empty());
    for name in names {
        assert!(!name.contains("127.0.0.1") && !name.contains('@'), "{name}");
        let left_ms: i64 = client.pttl(&name).await.unwrap();
        assert!(
            (1..=60_000).contains(&left_ms),
            "{name} goes by itself: {left_ms}"
        );
    }
    assert!((app.metric("rate_limit_fallbacks_total").await) < 1.0);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn without_redis_each_node_counts_for_itself_until_it_is_back() {
    let mut redis = Redis::start().await;
    let (app, other) = pair(&redis, &["--rate-anonymous", "2"]).await;
    let other_api = api(&other);
    assert_eq!(submit(&app.api).await, 201);
    redis.kill();
    for node in [&app.api, &other_api] {
        let answers = [submit(node).await, submit(node).await, submit(node).await];
        assert_eq!(answers, [201, 201, 429], "its own limit, and no error");
    }
    assert!(app.metric("rate_limit_fallbacks_total").await >= 3.0);
    redis.restart().await;
    let mut client = redis
        .client()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    eventually("it is counted in Redis again", async || {
        submit(&app.api).await;
        let names: Vec<String> = client.keys("*").await.unwrap();
        (!names.is_empty()).then_some(())
    })
    .await;
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_redis_that_hangs_holds_nobody_up() {
    let redis = Redis::start().await;
    let (app, other) = pair(&redis, &["--rate-anonymous", "1000"]).await;
    assert_eq!(submit(&app.api).await, 201);
    redis.pause();
    let begun = Instant::now();
    for _ in 0..20 {
        assert_eq!(submit(&app.api).await, 201);
    }
    // Without the rest between two tries it would be twenty times a quarter of a second and more.
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert!(app.metric("rate_limit_fallbacks_total").await >= 20.0);
    redis.resume();
    eventually("it is counted in Redis again", async || {
        let before = app.metric("rate_limit_fallbacks_total").await;
        assert_eq!(submit(&app.api).await, 201);
        let after = app.metric("rate_limit_fallbacks_total").await;
        (after <= before).then_some(())
    })
    .await;
    other.stop().await;
    app.end().await;
}
