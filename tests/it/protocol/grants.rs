//! Regions that are taken from an officer, or given, while the socket is open.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{connect, refused, stranger};
use crate::support::api::expect;
use crate::support::program::watch;
use crate::support::{Officer, TestApp, eventually};

/// Olga's account, which admins change.
struct Account {
    admin: String,
    path: String,
}

impl Account {
    async fn of_olga(app: &TestApp) -> Self {
        let me = app.api.get("/api/v1/auth/me").bearer_auth(app.olga().await);
        let me = expect(me, StatusCode::OK).await;
        Self {
            admin: app.admin().await,
            path: format!("/api/v1/admin/accounts/{}", me["id"].as_str().unwrap()),
        }
    }

    async fn may_watch(&self, app: &TestApp, regions: &[&str]) {
        let change = json!({"regions": regions});
        let patch = app.api.patch(&self.path, &change).bearer_auth(&self.admin);
        expect(patch, StatusCode::OK).await;
    }
}

/// Reads up to the news of what may be watched; returns what came before, without pings.
async fn read_to_granted(officer: &mut Officer, regions: &[&str]) -> Vec<Value> {
    let mut came = Vec::new();
    loop {
        let object = officer.object().await;
        if object["type"] == "granted" {
            assert_eq!(object["regions"], json!(regions), "{object}");
            return came;
        }
        came.push(object);
    }
}

fn forbidden(region: &str) -> Value {
    json!({"type": "unsubscribed", "region": region, "code": "forbidden"})
}

#[actix::test]
async fn a_region_that_is_taken_away_stops_and_the_socket_stays() {
    let app = TestApp::spawn().await;
    let account = Account::of_olga(&app).await;
    let mut officer = app.officer_of_north().await;
    let epoch = officer.join("harbour", None).await[0]["epoch"].clone();
    app.submit("north", "seen").await;
    officer.event().await;

    account.may_watch(&app, &["harbour"]).await;
    let came = read_to_granted(&mut officer, &["harbour"]).await;
    assert_eq!(came, [forbidden("north")]);
    app.submit("north", "not seen").await;
    app.submit("harbour", "seen").await;
    assert_eq!(officer.event().await["region"], "harbour");
    let subscribe = json!({"id": 7, "type": "subscribe", "region": "north"});
    assert_eq!(refused(&mut officer, subscribe).await, "forbidden");
    let leave = json!({"id": 8, "type": "unsubscribe", "region": "north"});
    assert_eq!(refused(&mut officer, leave).await, "bad_request");
    let stats = app.stats(&account.admin).await;
    assert_eq!(stats["by_region"], json!({"harbour": 1}));

    // Given again, and another with it: no need to reconnect.
    account
        .may_watch(&app, &["harbour", "north", "old-town"])
        .await;
    let came = read_to_granted(&mut officer, &["harbour", "north", "old-town"]).await;
    assert_eq!(came, Vec::<Value>::new());
    officer.join("old-town", None).await;
    let since = Some((epoch.as_str().unwrap(), 1));
    let joined = officer.join("north", since).await;
    assert_eq!(joined[1]["complaint"]["description"], "not seen");
    app.submit("old-town", "seen as well").await;
    assert_eq!(officer.event().await["region"], "old-town");
    app.end().await;
}

#[actix::test]
async fn a_region_that_is_taken_away_stops_whether_or_not_its_session_hears_of_it() {
    let app = TestApp::spawn().await;
    let account = Account::of_olga(&app).await;
    let mut officer = app.officer_of_north().await;
    officer.join("harbour", None).await;
    app.provoke("ws_session/adopt", "return");
    account.may_watch(&app, &["harbour"]).await;
    eventually("the shard has left north", async || {
        let stats = app.stats(&account.admin).await;
        (stats["by_region"] == json!({"harbour": 1})).then_some(())
    })
    .await;
    app.submit("north", "not seen").await;
    app.submit("harbour", "seen").await;
    assert_eq!(officer.event().await["region"], "harbour");
    app.end().await;
}

#[actix::test]
async fn a_subscription_under_way_ends_with_its_region() {
    // What is recent is forgotten: a replay reads the table.
    let app = TestApp::with(&["--recent-bytes", "0"]).await;
    let account = Account::of_olga(&app).await;
    let mut reader = app.officer(&app.olga().await).await;
    let epoch = reader.join("harbour", None).await[0]["epoch"].clone();
    app.submit_many("north", 3, "a hole").await;
    let database = app.database().connect().await;
    for (table, since) in [
        ("events", json!({"epoch": epoch, "seq": 0})),
        ("complaints", Value::Null),
    ] {
        let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        database.batch_execute(&lock).await.unwrap();
        let subscribe = json!({"id": 9, "type": "subscribe", "region": "north", "since": since});
        reader.say(subscribe).await;
        // What is said in order is heard in order: the subscription is under way now.
        assert_eq!(
            refused(&mut reader, json!({"id": 1, "type": "dance"})).await,
            "bad_request"
        );
        account.may_watch(&app, &["harbour"]).await;
        let came = read_to_granted(&mut reader, &["harbour"]).await;
        let mut answer = forbidden("north");
        answer["id"] = json!(9);
        assert_eq!(came, [answer], "{table}");
        database.batch_execute("ROLLBACK").await.unwrap();
        app.submit("north", "not seen").await;
        app.submit("harbour", "seen").await;
        assert_eq!(reader.event().await["region"], "harbour", "{table}");

        account.may_watch(&app, &["harbour", "north"]).await;
        read_to_granted(&mut reader, &["harbour", "north"]).await;
    }
    app.end().await;
}

#[actix::test]
async fn a_newer_token_brings_the_regions_of_its_moment() {
    let app = TestApp::spawn().await;
    let account = Account::of_olga(&app).await;
    let mut officer = stranger(&app).await;
    officer.say(connect(&app.olga().await)).await;
    officer.object().await;
    officer.join("north", None).await;
    account.may_watch(&app, &["harbour"]).await;
    let refresh = json!({"id": 4, "type": "refresh", "token": app.olga().await});
    officer.say(refresh).await;
    let mut came = [(); 3].map(|()| Value::Null);
    for one in &mut came {
        *one = officer.object().await;
    }
    came.sort_by_key(|object| object["type"].as_str().unwrap().to_owned());
    assert_eq!(came[0]["regions"], json!(["harbour"]));
    assert_eq!(
        (&came[1]["type"], &came[1]["id"]),
        (&json!("refreshed"), &json!(4))
    );
    assert_eq!(came[2], forbidden("north"));
    officer.join("harbour", None).await;
    app.end().await;
}

#[actix::test]
async fn redress_watch_goes_on_with_the_regions_that_are_left() {
    let app = TestApp::spawn().await;
    let account = Account::of_olga(&app).await;
    let officer = &app.demo.officers[0];
    let watching = watch(app.address(), officer, &["north", "harbour"]);
    let mut watching = tokio::process::Command::from(watching).spawn().unwrap();
    let mut told = BufReader::new(watching.stderr.take().unwrap()).lines();
    let mut shown = BufReader::new(watching.stdout.take().unwrap()).lines();
    eventually("both regions are watched", async || {
        let stats = app.stats(&account.admin).await;
        (stats["by_region"] == json!({"harbour": 1, "north": 1})).then_some(())
    })
    .await;
    account.may_watch(&app, &["harbour"]).await;
    let mut next_told = async |word: &str| loop {
        let line = told.next_line().await.unwrap().expect(word);
        if line.contains(word) {
            return line;
        }
    };
    let line = next_told("forbidden").await;
    assert!(line.starts_with("north:"), "{line}");
    app.submit("harbour", "seen by the watcher").await;
    let line = shown.next_line().await.unwrap().unwrap();
    assert!(line.contains("seen by the watcher"), "{line}");

    // The last one: there is nothing more to watch.
    account.may_watch(&app, &["north"]).await;
    let line = next_told("forbidden").await;
    assert!(line.contains("harbour"), "{line}");
    assert!(!watching.wait().await.unwrap().success());
    app.end().await;
}
