//! Clients that come and go at bad moments.

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Officer, TestApp, eventually};

const UNLIMITED: [&str; 2] = ["--rate-limits", "off"];

#[actix::test]
async fn joining_and_leaving_in_quick_succession_shows_no_event_out_of_turn() {
    let app = TestApp::with(&UNLIMITED).await;
    let mut officer = app.officer(&app.olga().await).await;
    let epoch = officer.join("north", None).await[0]["epoch"]
        .as_str()
        .unwrap()
        .to_owned();
    let writing = app.submit_many("north", 400, "a hole");
    let hopping = async {
        let mut last = 0;
        for turn in 0..50 {
            officer
                .say(json!({"id": 100, "type": "unsubscribe", "region": "north"}))
                .await;
            read_until(&mut officer, "unsubscribed", &mut last).await;
            let since = json!({"epoch": epoch, "seq": last});
            officer
                .say(json!({"id": turn, "type": "subscribe", "region": "north", "since": since}))
                .await;
            // Every other time it leaves again before it has joined.
            if turn % 2 == 0 {
                read_until(&mut officer, "live", &mut last).await;
            }
        }
        last
    };
    let ((), mut last) = futures_util::join!(writing, hopping);
    while last < 400 {
        let object = officer.object().await;
        if object["type"] == "event" {
            assert_eq!(object["seq"], last + 1);
            last += 1;
        }
    }
    app.end().await;
}

/// Reads up to an object of this type; every event before it must be the next one.
async fn read_until(officer: &mut Officer, kind: &str, last: &mut i64) {
    loop {
        let object = officer.object().await;
        if object["type"] == "event" {
            assert_eq!(object["seq"], *last + 1, "waiting for {kind}");
            *last += 1;
        }
        if object["type"] == kind {
            return;
        }
        assert_ne!(object["type"], "error", "{object}");
    }
}

#[actix::test]
async fn who_leaves_in_the_midst_of_a_snapshot_leaves_nothing_behind() {
    let app = TestApp::with(&["--rate-limits", "off", "--outgoing-limit", "30000"]).await;
    app.submit_many("north", 300, &"x".repeat(4000)).await;
    let token = app.olga().await;
    for _ in 0..12 {
        let mut officer = app.officer(&token).await;
        officer.subscribe("north", None).await;
        drop(officer);
    }
    app.officers_are(0).await;
    eventually("no transaction is left open", async || {
        let client = app.database().administer().await;
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in%'";
        let open: i64 = client
            .query_one(sql, &[&app.database().name()])
            .await
            .unwrap()
            .get(0);
        (open == 0).then_some(())
    })
    .await;
    let mut officer = app.officer(&token).await;
    officer.join("north", None).await;
    app.end().await;
}

#[actix::test]
async fn who_does_not_read_a_snapshot_keeps_no_other_from_reading_theirs() {
    let app = TestApp::with(&["--rate-limits", "off", "--outgoing-limit", "30000"]).await;
    app.submit_many("north", 300, &"\u{1F573}".repeat(4000))
        .await;
    let token = app.olga().await;
    // More than the pool of eight has connections.
    let stuck = join_all((0..10).map(async |_| {
        let mut officer = app.officer(&token).await;
        officer
            .say(json!({"type": "subscribe", "region": "north"}))
            .await;
        officer
    }))
    .await;
    let mut officer = app.officer(&token).await;
    let seen = eventually("a reader gets its snapshot", async || {
        let answer = officer.subscribe("north", None).await;
        if answer["type"] == "error" {
            assert_eq!(answer["code"], "overloaded");
            return None;
        }
        Some(answer)
    })
    .await;
    assert_eq!(seen["mode"], "snapshot");
    let page = app
        .api
        .get("/api/v1/regions/harbour/snapshot")
        .bearer_auth(&token);
    assert!(page.send().await.unwrap().status().is_success());
    drop(stuck);
    app.end().await;
}

#[actix::test]
async fn two_hundred_sockets_come_and_vanish_and_the_counts_return_to_nothing() {
    let app = TestApp::with(&UNLIMITED).await;
    let token = app.olga().await;
    for _ in 0..4 {
        let crowd = join_all((0..50).map(async |turn| {
            let mut officer = app.officer(&token).await;
            if turn % 2 == 0 {
                officer.join("north", None).await;
            }
            officer
        }))
        .await;
        app.submit("north", "for a crowd that vanishes").await;
        drop(crowd);
    }
    app.officers_are(0).await;
    assert_eq!(app.health().await["regions_watched"], 0);
    app.end().await;
}
