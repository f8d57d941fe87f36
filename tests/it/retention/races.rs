//! Runs beside people at work: what was taken up again meanwhile stays.

use serde_json::json;
use tokio_postgres::Transaction;

use super::{get, keep_lock, left, old, purge, run_ended};
use crate::support::{TestApp, call, eventually};

/// Commits what another node does, once the run waits for its row.
async fn commit_when_waited_for(app: &TestApp, step: Transaction<'_>) {
    waited_for(app).await;
    step.commit().await.unwrap();
}

async fn waited_for(app: &TestApp) {
    let client = app.database().connect().await;
    eventually("the run waits for the row", async || {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
            AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE%'";
        let waiting: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
        (waiting > 0).then_some(())
    })
    .await;
}

#[actix::test]
async fn a_complaint_that_is_taken_up_again_while_its_batch_runs_is_not_erased() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let reopened = old(&app, &admin, "north", ("closed", 40)).await;
    old(&app, &admin, "north", ("closed", 39)).await;
    // As another node would that commits a step: the run has read the complaint as due, and waits for its row.
    let mut other = app.database().connect().await;
    let step = other.transaction().await.unwrap();
    let sql =
        "UPDATE complaints SET status = 'acknowledged', status_since = now() WHERE id::text = $1";
    assert_eq!(step.execute(sql, &[&reopened]).await.unwrap(), 1);
    let asked = async { purge(&app, &admin, "").await };
    let committed = commit_when_waited_for(&app, step);
    let (answer, ()) = futures_util::future::join(asked, committed).await;
    let run = answer.body["run_id"].as_str().unwrap();
    let ended = run_ended(&app, &admin, run).await;
    let counts = &ended["counts"]["closed"];
    assert_eq!(counts["due"], 2);
    assert_eq!(counts["erased"], 1, "{counts}");
    assert_eq!(counts["spared"], 1, "{counts}");
    assert_eq!(left(&app).await, [reopened]);
    app.end().await;
}

#[actix::test]
async fn a_complaint_that_is_moved_while_its_batch_runs_is_erased_where_it_is() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let moved = old(&app, &admin, "north", ("closed", 40)).await;
    let mut other = app.database().connect().await;
    let step = other.transaction().await.unwrap();
    let sql = "UPDATE complaints SET region_id = 'harbour' WHERE id::text = $1";
    assert_eq!(step.execute(sql, &[&moved]).await.unwrap(), 1);
    let asked = async { purge(&app, &admin, "").await };
    let (answer, ()) = futures_util::future::join(asked, commit_when_waited_for(&app, step)).await;
    let ended = run_ended(&app, &admin, answer.body["run_id"].as_str().unwrap()).await;
    assert_eq!(ended["counts"]["closed"]["erased"], 1, "{ended}");
    assert!(left(&app).await.is_empty());
    app.end().await;
}

#[actix::test]
async fn who_submits_to_a_region_does_not_wait_for_what_is_erased_in_it() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let due = old(&app, &admin, "north", ("closed", 40)).await;
    // Somebody keeps the row: the batch waits for it, as it would for a slow disk.
    let mut other = app.database().connect().await;
    let step = other.transaction().await.unwrap();
    let sql = "SELECT id FROM complaints WHERE id::text = $1 FOR SHARE";
    step.query_one(sql, &[&due]).await.unwrap();
    let meanwhile = async {
        waited_for(&app).await;
        let submitted = app.submit("north", "A hole in the quay").await;
        waited_for(&app).await;
        step.rollback().await.unwrap();
        submitted
    };
    let asked = async { purge(&app, &admin, "").await };
    let (answer, submitted) = futures_util::future::join(asked, meanwhile).await;
    let ended = run_ended(&app, &admin, answer.body["run_id"].as_str().unwrap()).await;
    assert_eq!(ended["counts"]["closed"]["erased"], 1, "{ended}");
    assert_eq!(left(&app).await, [submitted["id"].as_str().unwrap()]);
    app.end().await;
}

#[actix::test]
async fn a_hold_that_comes_before_its_batch_keeps_a_complaint() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let held = old(&app, &admin, "north", ("closed", 40)).await;
    let lock = keep_lock(&app).await;
    let asked = purge(&app, &admin, "").await.expect(202);
    let path = format!("/api/v1/complaints/{held}/hold");
    let hold = app.api.put(&path, &json!({"reason": "a case in court"}));
    let answer = call(hold.bearer_auth(&admin)).await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
    drop(lock);
    let ended = run_ended(&app, &admin, asked["run_id"].as_str().unwrap()).await;
    assert_eq!(ended["counts"]["closed"]["held"], 1);
    assert_eq!(left(&app).await, [held]);
    app.end().await;
}

#[actix::test]
async fn officers_are_told_what_was_erased_in_their_region_and_nothing_else() {
    let app = TestApp::with(&["--retention-batch", "3"]).await;
    let admin = app.admin().await;
    let mut officer = app.officer(&app.olga().await).await;
    officer.join("harbour", None).await;
    let mut ids = Vec::new();
    for region in ["north", "harbour", "old-town", "harbour"] {
        ids.push(old(&app, &admin, region, ("rejected", 8)).await);
    }
    // Created and rejected, twice.
    for _ in 0..4 {
        officer.event().await;
    }
    let done = purge(&app, &admin, "").await.expect(200);
    assert_eq!(done["deleted"]["rejected"], 4);
    let mut erased = Vec::new();
    for _ in 0..2 {
        let event = officer.event().await;
        assert_eq!(event["kind"], "complaint.erased", "{event}");
        assert!(!event.to_string().contains("no interest"), "{event}");
        erased.push(event["complaint"]["id"].as_str().unwrap().to_owned());
    }
    erased.sort();
    assert_eq!(erased, [ids[1].clone(), ids[3].clone()]);
    let runs = get(&app, &admin, "/runs").await.expect(200);
    assert_eq!(runs["items"][0]["counts"]["rejected"]["due"], 4);
    app.end().await;
}
