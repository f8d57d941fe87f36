//! What Sentry is told, read by a server that speaks its protocol; and that nobody feels how it does.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::ingest::{Ingest, Manner};
use crate::support::postgres::TestDatabase;
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Api, call, eventually};

const NAME: &str = "Nora Nosuchname";
const EMAIL: &str = "nosuchmail@nosuch.example";
const KEY: &str = "an-idempotency-key";

/// A server that reports to a DSN, on a database that refuses reporters.
struct Reporting {
    database: TestDatabase,
    folder: tempfile::TempDir,
    server: ServerProcess,
    api: Api,
}

impl Reporting {
    async fn start(dsn: &str, flags: &[&str], fail_points: &str) -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let mut all = vec!["--demo", "--data-dir", data, "--sentry-dsn", dsn];
        all.extend(["--environment", "trial", "--sentry-release", "redress@9.9"]);
        all.extend(flags);
        let log = folder.path().join("log");
        let (url, address) = (database.url(), free_address());
        let mut server = ServerProcess::spawn(url, address, &all, fail_points, &log);
        assert!(server.is_ready().await, "the server ended");
        let demo = folder.path().join("demo.json");
        eventually("the demo is there", async || demo.exists().then_some(())).await;
        let client = database.connect().await;
        let refuse = "ALTER TABLE reporters ADD CHECK (phone IS NULL) NOT VALID";
        client.batch_execute(refuse).await.unwrap();
        Self {
            api: server.api(),
            database,
            folder,
            server,
        }
    }

    /// A submission that fails with 500, by somebody who tells everything.
    async fn fail(&self, id: &str) {
        let body = json!({"category": "pothole", "region": "north", "address": "a", "description": "b",
            "reporter": {"name": NAME, "email": EMAIL, "phone": "+49 4711 0815"}});
        let asked = self.api.post("/api/v1/complaints", &body);
        let asked = asked.header("Idempotency-Key", KEY);
        let answer = call(asked.header("X-Request-Id", id)).await;
        answer.problem(500, "internal");
    }

    async fn end(self) {
        self.server.kill();
        self.database.remove().await;
        drop(self.folder);
    }
}

fn tagged<'a>(events: &'a [Value], name: &str, value: &str) -> Vec<&'a Value> {
    let is_it = |event: &&Value| event["tags"][name] == value;
    events.iter().filter(is_it).collect()
}

#[actix::test]
async fn failures_and_panics_are_told_with_route_and_id_and_without_anybodys_data() {
    let ingest = Ingest::start(Manner::Takes).await;
    let points = "n1/feed_poll/poll=3*off->1*panic(in an actor of \"hush\")->off;n1/http/api/v1/tracking/a-secret-token=1*panic(in a handler)->off";
    let reporting = Reporting::start(&ingest.dsn(), &[], points).await;
    reporting.fail("failed-1").await;
    eventually("a handler panics", async || {
        let asked = reporting.api.get("/api/v1/tracking/a-secret-token");
        let answer = call(asked.header("X-Request-Id", "panicked-1")).await;
        (answer.status == 500).then_some(())
    })
    .await;
    let events = eventually("all three are told", async || {
        let events = ingest.events();
        let is_there = !tagged(&events, "request_id", "failed-1").is_empty()
            && !tagged(&events, "request_id", "panicked-1").is_empty()
            && !tagged(&events, "actor", "feed_poll").is_empty();
        is_there.then_some(events)
    })
    .await;
    for event in &events {
        assert_eq!(event["environment"], "trial");
        assert_eq!(event["release"], "redress@9.9");
        for absent in ["user", "request", "server_name", "breadcrumbs"] {
            assert!(event[absent].is_null(), "{absent}: {event}");
        }
    }
    let failed = tagged(&events, "request_id", "failed-1");
    assert_eq!(failed.len(), 1, "{failed:?}");
    // An event without a level is an error.
    assert!(failed[0]["level"].is_null(), "{}", failed[0]);
    assert_eq!(failed[0]["tags"]["route"], "/api/v1/complaints");
    assert_eq!(failed[0]["tags"]["status"], "500");
    let panicked = tagged(&events, "request_id", "panicked-1");
    assert_eq!(panicked.len(), 1, "{panicked:?}");
    assert_eq!(panicked[0]["level"], "fatal");
    assert_eq!(panicked[0]["message"], "panic: in a handler");
    assert_eq!(panicked[0]["tags"]["route"], "/api/v1/tracking/{token}");
    let actor = tagged(&events, "actor", "feed_poll");
    assert_eq!(actor[0]["message"], "panic: in an actor of …");
    for envelope in ingest.envelopes() {
        assert_eq!(envelope.path, "/api/42/envelope/");
        let head = envelope.head.to_lowercase();
        assert!(head.contains("sentry_key=publickey"), "{head}");
        for secret in [NAME, EMAIL, KEY, "0815", "a-secret-token", "hush"] {
            assert!(
                !envelope.text.contains(secret),
                "{secret}: {}",
                envelope.text
            );
        }
    }
    reporting.end().await;
}

#[actix::test]
async fn a_fault_that_strikes_every_request_is_told_a_few_times() {
    let ingest = Ingest::start(Manner::Takes).await;
    let reporting = Reporting::start(&ingest.dsn(), &[], "").await;
    for number in 0..20 {
        reporting.fail(&format!("failed-{number}")).await;
    }
    eventually("the last of them is counted", async || {
        let page = call(reporting.api.get("/metrics")).await.text;
        let left_out = r#"sentry_events_total{outcome="left_out"} 15"#;
        page.contains(left_out).then_some(())
    })
    .await;
    eventually("those within the bound are told", async || {
        (ingest.events().len() == 5).then_some(())
    })
    .await;
    reporting.end().await;
}

#[actix::test]
async fn a_sample_rate_of_nothing_tells_nothing() {
    let ingest = Ingest::start(Manner::Takes).await;
    let reporting = Reporting::start(&ingest.dsn(), &["--sentry-sample-rate", "0"], "").await;
    reporting.fail("failed-1").await;
    assert!(
        reporting.server.terminate().await,
        "a clean end, which sends what waits"
    );
    assert_eq!(ingest.events(), Vec::<Value>::new());
    reporting.database.remove().await;
}

#[actix::test]
async fn nobody_feels_a_sentry_that_is_away_or_never_answers() {
    let silent = Ingest::start(Manner::Silent).await;
    let away = format!("http://publickey@{}/42", free_address());
    for dsn in [silent.dsn(), away] {
        let reporting = Reporting::start(&dsn, &[], "").await;
        let begun = Instant::now();
        for number in 0..60 {
            reporting.fail(&format!("failed-{number}")).await;
        }
        // A request that waited for Sentry would wait for ever.
        assert!(
            begun.elapsed() < Duration::from_secs(25),
            "{:?}",
            begun.elapsed()
        );
        call(reporting.api.get("/readyz")).await.expect(200);
        assert!(reporting.server.terminate().await, "a clean end");
        reporting.database.remove().await;
    }
}
