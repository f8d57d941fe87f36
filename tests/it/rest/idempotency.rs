//! Retries: one key and one body are one complaint, whatever happens in between.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{COMPLAINTS, complaint};
use crate::support::postgres::TestDatabase;
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Answer, Api, TestApp, call};

async fn submit(api: &Api, api_key: &str, key: &str, body: &Value) -> Answer {
    let request = api.post(COMPLAINTS, body).header("Idempotency-Key", key);
    call(request.header("X-API-Key", api_key)).await
}

async fn stored(database: &TestDatabase) -> i64 {
    let client = database.connect().await;
    let count = "SELECT count(*) FROM complaints";
    client.query_one(count, &[]).await.unwrap().get(0)
}

#[actix::test]
async fn a_retry_gets_the_first_answer_and_makes_no_second_complaint() {
    let app = TestApp::spawn().await;
    let key = &app.demo.api_key;
    let first = submit(&app.api, key, "k-1", &complaint("north")).await;
    let location = first.header("location").to_owned();
    let first = first.expect(201);
    for _ in 0..3 {
        let again = submit(&app.api, key, "k-1", &complaint("north")).await;
        assert_eq!(again.header("location"), location);
        assert_eq!(again.expect(201), first);
    }
    assert_eq!(stored(app.database()).await, 1);
    let other = submit(&app.api, key, "k-1", &complaint("harbour")).await;
    other.problem(422, "idempotency_key_reused");
    let next = submit(&app.api, key, "k-2", &complaint("north")).await;
    assert_ne!(next.expect(201)["id"], first["id"]);
    assert_eq!(stored(app.database()).await, 2);
    app.end().await;
}

#[actix::test]
async fn a_retry_after_a_change_still_gets_the_first_answer() {
    let app = TestApp::spawn().await;
    let key = &app.demo.api_key;
    let first = submit(&app.api, key, "k", &complaint("north")).await;
    let first = first.expect(201);
    let admin = app.admin().await;
    let id = first["id"].as_str().unwrap();
    app.api.set_status(&admin, id, "resolved").await;
    let again = submit(&app.api, key, "k", &complaint("north")).await;
    assert_eq!(again.expect(201), first);
    app.end().await;
}

#[actix::test]
async fn keys_of_different_senders_never_meet() {
    let app = TestApp::spawn().await;
    let by_app = submit(&app.api, &app.demo.api_key, "k", &complaint("north")).await;
    let request = app.api.post(COMPLAINTS, &complaint("north"));
    let request = request.header("Idempotency-Key", "k");
    let by_admin = call(request.bearer_auth(app.admin().await)).await;
    assert_ne!(by_app.expect(201)["id"], by_admin.expect(201)["id"]);
    app.end().await;
}

#[actix::test]
async fn a_key_is_one_word_of_1_to_255_visible_characters() {
    let app = TestApp::spawn().await;
    let longest = "x".repeat(255);
    let body = complaint("north");
    let good = submit(&app.api, &app.demo.api_key, &longest, &body).await;
    good.expect(201);
    let request = || {
        let request = app.api.post(COMPLAINTS, &body);
        request.header("X-API-Key", &app.demo.api_key)
    };
    for bad in ["", " ", "a b", "a\tb", &"x".repeat(256)] {
        let answer = call(request().header("Idempotency-Key", bad)).await;
        answer.problem(400, "malformed");
    }
    let not_ascii = reqwest::header::HeaderValue::from_bytes(b"caf\xc3\xa9").unwrap();
    let answer = call(request().header("Idempotency-Key", not_ascii)).await;
    answer.problem(400, "malformed");
    let two = request().header("Idempotency-Key", "a");
    let answer = call(two.header("Idempotency-Key", "b")).await;
    answer.problem(400, "malformed");
    assert_eq!(stored(app.database()).await, 1);
    app.end().await;
}

#[actix::test]
async fn twenty_retries_at_once_are_one_complaint() {
    let app = TestApp::spawn().await;
    let body = complaint("north");
    let tries = (0..20).map(|_| submit(&app.api, &app.demo.api_key, "k", &body));
    let answers = futures_util::future::join_all(tries).await;
    let answers: BTreeSet<String> = answers
        .into_iter()
        .map(|answer| answer.expect(201).to_string())
        .collect();
    assert_eq!(answers.len(), 1);
    assert_eq!(stored(app.database()).await, 1);
    app.end().await;
}

#[actix::test]
async fn two_bodies_under_one_key_at_once_make_one_complaint() {
    let app = TestApp::spawn().await;
    let bodies: Vec<Value> = (0..10)
        .map(|number| {
            let mut body = complaint("north");
            body["description"] = json!(format!("hole {}", number % 2));
            body
        })
        .collect();
    let tries = bodies
        .iter()
        .map(|body| submit(&app.api, &app.demo.api_key, "k", body));
    let answers = futures_util::future::join_all(tries).await;
    let count = |status| answers.iter().filter(|one| one.status == status).count();
    assert_eq!((count(201), count(422)), (5, 5));
    assert_eq!(stored(app.database()).await, 1);
    app.end().await;
}

#[actix::test]
async fn two_nodes_at_once_and_a_killed_node_give_one_answer() {
    let database = TestDatabase::create().await;
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let flags = ["--demo", "--data-dir", folder.path().to_str().unwrap()];
    let one = ServerProcess::start(&database, free_address(), &flags, &log).await;
    let demo = crate::support::eventually("demo.json", async || {
        redress::demo::DemoFile::read(&folder.path().join("demo.json")).ok()
    })
    .await;
    let two = ServerProcess::start(&database, free_address(), &[], &log).await;
    let apis = [one.api(), two.api()];
    let body = complaint("north");
    let mut first = Vec::new();
    for round in 0..10 {
        let key = format!("round-{round}");
        let tries = (0..6).map(|n| submit(&apis[n % 2], &demo.api_key, &key, &body));
        let answers = futures_util::future::join_all(tries).await;
        let bodies: Vec<Value> = answers.into_iter().map(|one| one.expect(201)).collect();
        assert!(bodies.iter().all(|one| *one == bodies[0]), "{bodies:?}");
        first.push(bodies[0].clone());
    }
    assert_eq!(stored(&database).await, 10);
    one.kill();
    two.kill();
    let three = ServerProcess::start(&database, free_address(), &[], &log).await;
    for (round, first) in first.iter().enumerate() {
        let key = format!("round-{round}");
        let again = submit(&three.api(), &demo.api_key, &key, &body).await;
        assert_eq!(again.expect(201), *first);
    }
    assert_eq!(stored(&database).await, 10);
    three.kill();
    database.remove().await;
}
