//! Grants that come and go under load: nothing of a region comes without one, and nothing is missing after.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{FLAGS, trial};
use crate::support::api::expect;
use crate::support::history::{Log, Position, Seen, Truth, check};
use crate::support::{Officer, PATIENCE, TestApp};

/// How soon a region that was taken away must be silent.
const SILENT_AFTER: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;

/// An officer, their log, and where they are in `north`.
struct Watcher {
    officer: Officer,
    log: Log,
    at: Option<Position>,
}

impl Watcher {
    async fn subscribe(&mut self, region: &str) {
        let mut message = json!({"type": "subscribe", "region": region});
        if let Some(at) = self.at.as_ref().filter(|_| region == "north") {
            message["since"] = json!({"epoch": at.epoch, "seq": at.seq});
        }
        self.officer.say(message).await;
    }

    /// Hears messages up to one that the caller waits for.
    async fn read_to(&mut self, is_it: impl Fn(&Value) -> bool) {
        let until = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < until, "it did not come");
            let message = self.officer.object().await;
            self.log.hear(&message, self.at.as_ref());
            let epoch = message["epoch"].as_str();
            let seq = message["seq"].as_i64().unwrap_or_default();
            if message["region"] == "north" {
                match (message["type"].as_str().unwrap_or_default(), &mut self.at) {
                    ("snapshot", at) => {
                        let epoch = epoch.unwrap_or_default().to_owned();
                        *at = Some(Position { epoch, seq });
                    }
                    ("event", Some(at)) => at.seq = seq,
                    _ => {}
                }
            }
            if is_it(&message) {
                return;
            }
        }
    }

    /// Hears what comes for so long.
    async fn read_for(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.read_to(|message| message["region"] == "harbour").await;
        }
    }
}

#[actix::test]
async fn nothing_comes_of_a_region_without_a_grant_and_all_of_it_with_one() {
    let app = TestApp::with(&FLAGS).await;
    let (admin, olga) = (app.admin().await, app.olga().await);
    let me = app.api.get("/api/v1/auth/me").bearer_auth(&olga);
    let me = expect(me, StatusCode::OK).await;
    let path = format!("/api/v1/admin/accounts/{}", me["id"].as_str().unwrap());
    let grant = async |regions: &[&str]| {
        let change = app.api.patch(&path, &json!({"regions": regions}));
        expect(change.bearer_auth(&admin), StatusCode::OK).await;
    };
    let mut trial = trial(&app, 41).await;
    let mut watcher = Watcher {
        officer: app.officer(&olga).await,
        log: Log::new("olga", &["north", "harbour"]),
        at: None,
    };
    watcher.subscribe("harbour").await;
    for _ in 0..ROUNDS {
        watcher.subscribe("north").await;
        let of_north = |message: &Value| message["region"] == "north";
        watcher
            .read_to(|message| of_north(message) && message["type"] == "live")
            .await;
        watcher
            .read_to(|message| of_north(message) && message["type"] == "event")
            .await;
        grant(&["harbour"]).await;
        watcher.read_for(SILENT_AFTER).await;
        watcher.log.note("north", Seen::Revoked);
        watcher.read_for(SILENT_AFTER / 4).await;
        watcher.log.note("north", Seen::Granted);
        grant(&["harbour", "north"]).await;
        watcher
            .read_to(|message| message["type"] == "granted")
            .await;
    }
    trial.end_writing().await;
    watcher.subscribe("north").await;
    let truth = Truth::read(&mut app.database().connect().await).await;
    for region in ["north", "harbour"] {
        let head = truth.head(region);
        let is_there = |log: &Log| {
            let mut last = log
                .entries
                .iter()
                .rev()
                .filter(|entry| entry.region == region);
            last.next().is_some_and(|entry| {
                matches!(entry.seen, Seen::Event { seq, .. } | Seen::Live(seq) if seq == head)
            })
        };
        while !is_there(&watcher.log) {
            watcher.read_to(|_| true).await;
        }
    }
    let found = check(&truth, &[watcher.log]);
    assert!(found.is_empty(), "{found:#?}");
    app.end().await;
}
