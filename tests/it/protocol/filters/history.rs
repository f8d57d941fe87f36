//! Whoever follows a part of a region, joins and comes back at any time, and ends with what the database holds.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Follower, correct, submit};
use crate::support::TestApp;

/// Complaints of each writer; each makes three events.
const ROUNDS: usize = 20;
const WRITERS: usize = 6;

/// Submits complaints that become, and cease to be, of interest.
async fn write(app: &TestApp, token: &str, writer: usize) {
    for round in 0..ROUNDS {
        let severities = match (writer + round) % 3 {
            0 => ["low", "high", "critical"],
            1 => ["critical", "medium", "low"],
            _ => ["medium", "low", "high"],
        };
        let id = submit(app, "pothole", severities[0]).await;
        for severity in &severities[1..] {
            correct(app, token, &id, "", json!({"severity": severity})).await;
        }
    }
}

/// What a client shows.
#[derive(Default)]
struct Shown(BTreeSet<String>);

impl Shown {
    fn see(&mut self, complaint: &Value) {
        let id = complaint["id"].as_str().unwrap().to_owned();
        match complaint["severity"].as_str().unwrap() {
            "high" | "critical" => self.0.insert(id),
            _ => self.0.remove(&id),
        };
    }

    fn see_all(&mut self, came: &[Value]) {
        for object in came {
            match object["type"].as_str().unwrap() {
                "snapshot" => {
                    let complaints = object["complaints"].as_array().unwrap();
                    complaints.iter().for_each(|complaint| self.see(complaint));
                }
                "event" => self.see(&object["complaint"]),
                _ => {}
            }
        }
    }
}

/// Follows up to number `last`, and comes back after each few messages; returns what is shown then.
async fn follow(app: &TestApp, token: &str, patience: usize, last: i64) -> BTreeSet<String> {
    let grave = || json!({"min_severity": "high"});
    let (mut follower, came) = Follower::join(app, token, grave(), Value::Null).await;
    let epoch = came[0]["epoch"].clone();
    let mut shown = Shown::default();
    shown.see_all(&came);
    let mut heard = 0;
    while follower.last < last {
        let object = follower.officer.object().await;
        follower.apply(&object);
        shown.see_all(&[object]);
        heard += 1;
        if heard % patience == 0 {
            let since = json!({"epoch": epoch, "seq": follower.last});
            let (again, came) = Follower::join(app, token, grave(), since).await;
            assert_eq!(
                came.first().map(|first| &first["mode"]),
                Some(&json!("resumed"))
            );
            shown.see_all(&came);
            follower = again;
        }
    }
    shown.0
}

#[actix::test]
async fn who_follows_a_part_while_others_write_ends_with_what_the_database_holds() {
    let flags = [
        "--rate-limits",
        "off",
        "--recent-bytes",
        "20000",
        "--ping-interval-ms",
        "1000",
    ];
    let app = TestApp::with(&flags).await;
    let token = app.olga().await;
    let last = i64::try_from(WRITERS * ROUNDS * 3).unwrap();
    let writers = join_all((0..WRITERS).map(|writer| write(&app, &token, writer)));
    let followers = join_all((0..8).map(async |turn| {
        app.submit_many("harbour", turn * 4, "time passes").await;
        follow(&app, &token, 7 + turn * 5, last).await
    }));
    let (_, shown) = futures_util::join!(writers, followers);
    let client = app.database().connect().await;
    let sql = "SELECT id::text FROM complaints WHERE region_id = 'north' \
        AND severity IN ('high', 'critical')";
    let rows = client.query(sql, &[]).await.unwrap();
    let expected: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(expected.len(), WRITERS * ROUNDS * 2 / 3);
    for shown in shown {
        assert_eq!(shown, expected);
    }
    app.end().await;
}
