//! Runs of the schedule: by themselves, once, on one node; and what else they see to.

use serde_json::{Value, json};

use super::{get, keep_lock, left, old, purge, put};
use crate::support::{TestApp, eventually};

/// Every day, without a delay: for an installation that has been there for a while a moment has come.
const DAILY: [&str; 2] = ["--retention-jitter", "0"];

/// Has the policy hold since so many days ago, when nothing was asked for.
async fn installed(app: &TestApp, days: i32) {
    let client = app.database().connect().await;
    let sql = "UPDATE retention_policies SET set_at = now() - make_interval(days => $1)";
    client.execute(sql, &[&days]).await.unwrap();
}

/// Waits for the end of the first run; all runs then.
async fn first_run(app: &TestApp, admin: &str) -> Vec<Value> {
    eventually("a run of the schedule ends", async || {
        let page = get(app, admin, "/runs").await.expect(200);
        let runs = page["items"].as_array().unwrap().clone();
        let is_over = runs.first().is_some_and(|run| run["stage"] == "done");
        is_over.then_some(runs)
    })
    .await
}

#[actix::test]
async fn a_moment_of_the_schedule_has_one_run_on_whichever_node() {
    let app = TestApp::with(&DAILY).await;
    let other = app.another_node_with(&DAILY).await;
    let admin = app.admin().await;
    old(&app, &admin, "north", ("closed", 40)).await;
    let stays = old(&app, &admin, "north", ("closed", 20)).await;
    installed(&app, 3).await;
    let runs = first_run(&app, &admin).await;
    assert_eq!(
        runs.len(),
        1,
        "days that were missed have one run: {runs:?}"
    );
    assert_eq!(runs[0]["origin"], "schedule");
    assert!(runs[0]["due_at"].is_string());
    assert_eq!(runs[0]["asked_by"], Value::Null);
    assert_eq!(runs[0]["counts"]["closed"]["erased"], 1);
    assert_eq!(left(&app).await, [stays]);
    let client = app.database().connect().await;
    let reasons = "SELECT string_agg(DISTINCT reason, ' ') FROM tombstones";
    let reasons: String = client.query_one(reasons, &[]).await.unwrap().get(0);
    assert_eq!(reasons, "retention");
    let policy = get(&app, &admin, "").await.expect(200);
    assert!(policy["schedule"]["last_done_at"].is_string());
    eventually("it is shown when it was done", async || {
        let done = app.metric("retention_last_done_timestamp_seconds").await;
        (done > 1.0e9).then_some(())
    })
    .await;
    assert!(app.metric("retention_late_seconds").await < 0.5);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_node_that_is_told_so_keeps_to_no_schedule_and_yet_purges() {
    let app = TestApp::with(&["--retention", "off", "--retention-jitter", "0"]).await;
    let admin = app.admin().await;
    installed(&app, 3).await;
    let policy = get(&app, &admin, "").await.expect(200);
    assert_eq!(policy["schedule"]["on"], false);
    assert_eq!(policy["schedule"]["next_at"], Value::Null);
    old(&app, &admin, "north", ("closed", 40)).await;
    let done = purge(&app, &admin, "").await.expect(200);
    assert_eq!(done["deleted"]["closed"], 1);
    let runs = get(&app, &admin, "/runs").await.expect(200);
    assert_eq!(runs["items"].as_array().unwrap().len(), 1);
    app.end().await;
}

/// A run of seven complaints, in batches of two, with a panic at each of these points.
async fn a_run_goes_on(points: [(&str, &str); 3]) {
    let mut app = TestApp::with(&["--retention-batch", "2"]).await;
    let admin = app.admin().await;
    for _ in 0..7 {
        old(&app, &admin, "north", ("closed", 40)).await;
    }
    for (point, action) in points {
        app.provoke(point, action);
    }
    let asked = purge(&app, &admin, "").await;
    assert!([200, 202].contains(&asked.status), "{asked:?}");
    let run = asked.body["run_id"].as_str().unwrap();
    let ended = super::run_ended(&app, &admin, run).await;
    assert_eq!(ended["stage"], "done");
    assert_eq!(ended["counts"]["closed"]["erased"], 7);
    assert_eq!(ended["counts"]["closed"]["due"], 7);
    assert!(left(&app).await.is_empty());
    app.expect_restarts(3);
    app.end().await;
}

#[actix::test]
async fn a_run_goes_on_when_the_scheduler_panics() {
    a_run_goes_on([
        ("retention_scheduler/step", "1*off->1*panic->off"),
        ("retention_scheduler/started", "1*panic->off"),
        ("retention_scheduler/handle", "1*panic->off"),
    ])
    .await;
}

/// What was committed when the lane panicked is found gone and counts as done; the rest is asked again.
#[actix::test]
async fn a_run_goes_on_when_the_lane_that_erases_panics() {
    a_run_goes_on([
        ("commit_lane/run", "1*panic->off"),
        ("commit_lane/committed", "1*off->1*panic->off"),
        ("commit_lane/started", "1*panic->off"),
    ])
    .await;
}

#[actix::test]
async fn a_run_goes_on_at_another_node_when_one_has_stopped() {
    let mut app = TestApp::with(&["--retention", "off"]).await;
    let admin = app.admin().await;
    old(&app, &admin, "north", ("closed", 40)).await;
    let lock = keep_lock(&app).await;
    let asked = purge(&app, &admin, "").await.expect(202);
    app.stop().await;
    drop(lock);
    app.restart_stopped(&["--retention", "off"]).await;
    let admin = app.admin().await;
    let run = asked["run_id"].as_str().unwrap();
    let ended = super::run_ended(&app, &admin, run).await;
    assert_eq!(ended["counts"]["closed"]["erased"], 1);
    assert_eq!(ended["node"], app.node());
    app.end().await;
}

#[actix::test]
async fn missed_events_of_old_cannot_be_read_again_and_stay_as_history() {
    let app = TestApp::with(&DAILY).await;
    let admin = app.admin().await;
    put(&app, &admin, &json!({"replay_days": 10}))
        .await
        .expect(200);
    let first = old(&app, &admin, "north", ("reported", 1)).await;
    old(&app, &admin, "north", ("reported", 1)).await;
    let client = app.database().connect().await;
    let sql =
        "UPDATE events SET at = now() - interval '11 days' WHERE region_id = 'north' AND seq = 1";
    client.execute(sql, &[]).await.unwrap();
    let logins = "UPDATE logins SET expires_at = now() - interval '2 days', revoked_at = NULL \
        WHERE id = (SELECT id FROM logins WHERE account_id <> \
        (SELECT id FROM accounts WHERE role = 'admin' LIMIT 1) LIMIT 1)";
    app.olga().await;
    assert_eq!(client.execute(logins, &[]).await.unwrap(), 1);
    let before: i64 = client
        .query_one("SELECT count(*) FROM logins", &[])
        .await
        .unwrap()
        .get(0);
    installed(&app, 3).await;
    first_run(&app, &admin).await;
    let floor = "SELECT floor FROM region_heads WHERE region_id = 'north'";
    let floor: i64 = client.query_one(floor, &[]).await.unwrap().get(0);
    assert_eq!(floor, 1);
    let path = format!("/api/v1/complaints/{first}/history");
    let history = crate::support::call(app.api.get(&path).bearer_auth(&admin)).await;
    assert_eq!(history.expect(200)["items"].as_array().unwrap().len(), 1);
    let after: i64 = client
        .query_one("SELECT count(*) FROM logins", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(after, before - 1, "logins that ended are forgotten");
    // Who comes from below the floor begins with a snapshot, who comes from it resumes.
    let epoch = "SELECT epoch FROM installation";
    let epoch: String = client.query_one(epoch, &[]).await.unwrap().get(0);
    let other = app.another_node_with(&["--retention", "off"]).await;
    let token = app.olga().await;
    for (seq, mode) in [(0, "snapshot"), (1, "resumed"), (2, "resumed")] {
        let address = other.settings().server.listen;
        let mut officer = crate::support::Officer::connect(address, &token).await;
        let joined = officer.join("north", Some((&epoch, seq))).await;
        assert_eq!(joined[0]["mode"], mode, "from {seq}");
    }
    other.stop().await;
    app.end().await;
}
