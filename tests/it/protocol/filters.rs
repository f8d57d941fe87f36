//! Subscriptions that want only some of a region: what comes, and that nothing is missing between.

mod history;

use std::process::{Command, Stdio};

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::refused;
use crate::support::api::expect;
use crate::support::{Officer, TestApp, eventually};

/// A client that follows `north` by the rule of the protocol, and fails when a number is missing.
struct Follower {
    officer: Officer,
    last: i64,
}

impl Follower {
    /// Subscribes with a filter; returns also what came before `live`.
    async fn join(app: &TestApp, token: &str, filter: Value, since: Value) -> (Self, Vec<Value>) {
        let mut officer = app.officer(token).await;
        let subscribe = json!({"id": 1, "type": "subscribe", "region": "north",
            "filter": filter, "since": since});
        officer.say(subscribe).await;
        let last = since["seq"].as_i64().unwrap_or_default();
        let mut follower = Self { officer, last };
        let mut came = Vec::new();
        loop {
            let object = follower.officer.object().await;
            if object["type"] == "live" {
                assert_eq!(object["seq"], follower.last, "all before was dealt with");
                return (follower, came);
            }
            follower.apply(&object);
            came.push(object);
        }
    }

    fn apply(&mut self, object: &Value) {
        let seq = object["seq"].as_i64().unwrap_or_default();
        match object["type"].as_str().unwrap() {
            "event" => assert_eq!(seq, std::mem::replace(&mut self.last, seq) + 1, "{object}"),
            "skipped_to" => self.last = self.last.max(seq),
            "snapshot" => self.last = seq,
            other => assert_eq!(other, "subscribed"),
        }
    }

    /// The next event.
    async fn event(&mut self) -> Value {
        loop {
            let object = self.officer.object().await;
            self.apply(&object);
            if object["type"] == "event" {
                return object;
            }
        }
    }

    /// Reads on until everything up to a number was dealt with; no event may come.
    async fn skip_to(&mut self, seq: i64) {
        while self.last < seq {
            let object = self.officer.object().await;
            assert_eq!(object["type"], "skipped_to", "{object}");
            self.apply(&object);
        }
    }
}

/// Submits to `north`; the complaint's id.
async fn submit(app: &TestApp, category: &str, severity: &str) -> String {
    let body = json!({"category": category, "severity": severity, "region": "north",
        "address": "Quay 1", "description": "something"});
    let request = app.api.post("/api/v1/complaints", &body);
    let request = request.header("X-API-Key", &app.demo.api_key);
    let receipt = expect(request, StatusCode::CREATED).await;
    receipt["id"].as_str().unwrap().to_owned()
}

async fn correct(app: &TestApp, token: &str, id: &str, what: &str, body: Value) {
    let path = format!("/api/v1/complaints/{id}{what}");
    expect(
        app.api.patch(&path, &body).bearer_auth(token),
        StatusCode::OK,
    )
    .await;
}

#[actix::test]
async fn only_what_suits_comes_and_marks_cover_the_rest() {
    let app = TestApp::with(&["--ping-interval-ms", "1000"]).await;
    let olga = app.olga().await;
    let leaks = json!({"categories": ["water-leak"], "min_severity": "high"});
    let (mut follower, _) = Follower::join(&app, &olga, leaks, Value::Null).await;
    let mut all = app.officer_of_north().await;
    submit(&app, "pothole", "critical").await;
    submit(&app, "water-leak", "medium").await;
    submit(&app, "water-leak", "critical").await;
    submit(&app, "water-leak", "high").await;
    for seq in [3, 4] {
        assert_eq!(follower.event().await["seq"], seq);
    }
    // What suits nobody is marked without anything that suits.
    submit(&app, "pothole", "low").await;
    follower.skip_to(5).await;
    // A ping names what this client was told: no number seems to be lost.
    while follower.officer.ping().await["heads"] != json!({"north": 5}) {}
    all.follow(0, 5).await;
    app.end().await;
}

#[actix::test]
async fn a_complaint_that_leaves_the_filter_is_told_once_more() {
    let app = TestApp::with(&["--ping-interval-ms", "1000"]).await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let id = submit(&app, "water-leak", "high").await;
    let join = async |filter| Follower::join(&app, &olga, filter, Value::Null).await.0;
    let mut leaks = join(json!({"categories": ["water-leak"]})).await;
    let mut grave = join(json!({"min_severity": "high"})).await;
    let mut mine = join(json!({"assigned_to_me": true})).await;

    correct(&app, &olga, &id, "/assignee", json!({"assignee": "me"})).await;
    assert_eq!(mine.event().await["seq"], 2);
    correct(&app, &olga, &id, "", json!({"severity": "low"})).await;
    assert_eq!(mine.event().await["seq"], 3);
    let seen = [
        grave.event().await["seq"].clone(),
        grave.event().await["seq"].clone(),
    ];
    assert_eq!(seen, [2, 3], "high before");
    correct(&app, &olga, &id, "", json!({"category": "pothole"})).await;
    assert_eq!(mine.event().await["seq"], 4);
    for seq in 2..=4 {
        assert_eq!(leaks.event().await["seq"], seq, "a leak before");
    }
    correct(&app, &admin, &id, "/assignee", json!({"assignee": null})).await;
    assert_eq!(mine.event().await["seq"], 5, "mine before");
    correct(
        &app,
        &olga,
        &id,
        "",
        json!({"description": "no longer followed"}),
    )
    .await;
    for follower in [&mut leaks, &mut grave, &mut mine] {
        follower.skip_to(6).await;
    }
    // Moving away it loses whoever had it.
    correct(&app, &olga, &id, "/assignee", json!({"assignee": "me"})).await;
    assert_eq!(mine.event().await["seq"], 7);
    let to = json!({"region": "harbour", "comment": "yours"});
    let path = format!("/api/v1/complaints/{id}/move");
    expect(app.api.post(&path, &to).bearer_auth(&olga), StatusCode::OK).await;
    assert_eq!(mine.event().await["kind"], "complaint.moved_out");
    app.end().await;
}

/// Three leaks among nine complaints; the epoch.
async fn mixed(app: &TestApp, token: &str) -> String {
    let mut officer = app.officer(token).await;
    for turn in 1..=9 {
        let category = if turn % 3 == 0 {
            "water-leak"
        } else {
            "pothole"
        };
        submit(app, category, "medium").await;
    }
    let joined = officer.join("harbour", None).await;
    joined[0]["epoch"].as_str().unwrap().to_owned()
}

fn numbers(came: &[Value], kind: &str) -> Vec<i64> {
    let wanted = came.iter().filter(|object| object["type"] == kind);
    wanted
        .map(|object| object["seq"].as_i64().unwrap())
        .collect()
}

#[actix::test]
async fn a_filter_holds_for_snapshots_and_for_what_was_missed() {
    // With and without recent events in memory: from there, and from the table.
    for recent in ["1000000", "0"] {
        let app = TestApp::with(&["--recent-bytes", recent, "--ping-interval-ms", "1000"]).await;
        let olga = app.olga().await;
        let mut all = app.officer_of_north().await;
        let epoch = mixed(&app, &olga).await;
        all.follow(0, 9).await;
        let leaks = || json!({"categories": ["water-leak"]});
        for (since, events) in [
            (0, vec![3, 6, 9]),
            (3, vec![6, 9]),
            (7, vec![9]),
            (9, vec![]),
        ] {
            let since = json!({"epoch": epoch, "seq": since});
            let (_, came) = Follower::join(&app, &olga, leaks(), since).await;
            assert_eq!(came[0]["mode"], "resumed");
            assert_eq!(numbers(&came, "event"), events, "{recent}");
        }
        let grave = json!({"min_severity": "critical"});
        let since = json!({"epoch": epoch, "seq": 2});
        let (mut none, came) = Follower::join(&app, &olga, grave, since).await;
        assert_eq!(numbers(&came, "skipped_to"), [9], "{recent}");
        let (_, came) = Follower::join(&app, &olga, leaks(), Value::Null).await;
        assert_eq!(came[1]["complaints"].as_array().unwrap().len(), 3);
        assert_eq!(
            (&came[1]["seq"], &came[1]["last"]),
            (&json!(9), &json!(true))
        );
        submit(&app, "pothole", "critical").await;
        assert_eq!(none.event().await["seq"], 10);
        app.end().await;
    }
}

#[actix::test]
async fn a_filter_that_cannot_be_is_refused() {
    let app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    for filter in [
        json!({"categories": []}),
        json!({"categories": ["dragons"]}),
        json!({"categories": "pothole"}),
        json!({"categories": vec!["pothole"; 101]}),
        json!({"min_severity": "dire"}),
        json!({"assigned_to_me": "yes"}),
        json!({"status": "reported"}),
        json!("pothole"),
        json!([]),
    ] {
        let subscribe = json!({"id": 4, "type": "subscribe", "region": "north", "filter": filter});
        assert_eq!(
            refused(&mut officer, subscribe).await,
            "bad_request",
            "{filter}"
        );
    }
    // One that asks nothing is none.
    for filter in [json!({}), Value::Null, json!({"assigned_to_me": false})] {
        let subscribe =
            json!({"type": "subscribe", "region": "north", "filter": filter, "snapshot": false});
        officer.say(subscribe).await;
        assert_eq!(officer.object().await["type"], "subscribed");
        assert_eq!(officer.object().await["type"], "live");
        officer
            .say(json!({"type": "unsubscribe", "region": "north"}))
            .await;
        assert_eq!(officer.object().await["type"], "unsubscribed");
    }
    app.end().await;
}

#[actix::test]
async fn redress_watch_shows_what_suits() {
    let app = TestApp::spawn().await;
    let officer = &app.demo.officers[0];
    let watching = Command::new(env!("CARGO_BIN_EXE_redress"))
        .args([
            "watch",
            "--region",
            "north",
            "--json",
            "--count",
            "2",
            "--no-snapshot",
        ])
        .args(["--category", "water-leak,pothole", "--min-severity", "high"])
        .args(["--url", &format!("http://{}", app.address())])
        .args(["--email", &officer.email, "--password", &officer.password])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let admin = app.admin().await;
    eventually("the region is watched", async || {
        let stats = app.stats(&admin).await;
        (stats["by_region"] == json!({"north": 1})).then_some(())
    })
    .await;
    for severity in ["low", "high", "medium", "critical"] {
        submit(&app, "pothole", severity).await;
    }
    let output = tokio::task::spawn_blocking(|| watching.wait_with_output());
    let output = output.await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(!told.contains("missing"), "{told}");
    let shown = String::from_utf8_lossy(&output.stdout);
    let events = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let seqs: Vec<Value> = events.map(|event: Value| event["seq"].clone()).collect();
    assert_eq!(seqs, [2, 4]);
    app.end().await;
}
