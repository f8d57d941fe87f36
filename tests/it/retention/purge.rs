//! `DELETE /admin/purge`: what it tells beforehand, what it removes, what it leaves alone.

use serde_json::{Value, json};

use super::{age, ended, get, keep_lock, left, old, purge, put, run_ended};
use crate::support::{TestApp, call};

#[actix::test]
async fn a_dry_run_tells_what_would_go_and_touches_nothing() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let first = old(&app, &admin, "north", ("closed", 40)).await;
    let second = old(&app, &admin, "harbour", ("closed", 31)).await;
    let rejected = old(&app, &admin, "north", ("rejected", 8)).await;
    old(&app, &admin, "north", ("closed", 29)).await;
    old(&app, &admin, "north", ("resolved", 80)).await;
    let before = left(&app).await;

    let told = purge(&app, &admin, "?dry_run=true").await.expect(200);
    assert_eq!(told["dry_run"], true);
    assert_eq!(told["run_id"], Value::Null);
    assert_eq!(told["ids"], json!([first, second, rejected]));
    assert_eq!(
        told["deleted"],
        json!({"resolved": 0, "closed": 0, "rejected": 0})
    );
    let due = |status: &str| told["counts"][status]["due"].as_i64().unwrap();
    assert_eq!([due("resolved"), due("closed"), due("rejected")], [0, 2, 1]);
    let cut_offs = told["cut_offs"].as_array().unwrap();
    assert_eq!(cut_offs.len(), 3);
    assert!(
        told["message"]
            .as_str()
            .unwrap()
            .contains("3 complaints are due")
    );

    let narrow = "?complaint_status=resolved&days_old=79&dry_run=true";
    let told = purge(&app, &admin, narrow).await.expect(200);
    assert_eq!(told["counts"]["resolved"]["due"], 1);
    assert_eq!(told["counts"].as_object().unwrap().len(), 1);
    assert_eq!(left(&app).await, before);
    let runs = get(&app, &admin, "/runs").await.expect(200);
    assert_eq!(runs["items"], json!([]), "a dry run is no run");
    app.end().await;
}

#[actix::test]
async fn what_is_due_goes_and_what_is_not_stays() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let mut gone = Vec::new();
    for (region, end) in [
        ("north", ("closed", 61)),
        ("harbour", ("closed", 400)),
        ("north", ("resolved", 61)),
        ("old-town", ("rejected", 61)),
    ] {
        gone.push(old(&app, &admin, region, end).await);
    }
    // Not old enough, as old as it may be and yet active, and just ended.
    let mut stays = vec![old(&app, &admin, "north", ("closed", 59)).await];
    stays.push(old(&app, &admin, "north", ("reported", 400)).await);
    stays.push(ended(&app, &admin, "north", "closed").await);
    let done = purge(&app, &admin, "?days_old=60").await.expect(200);
    assert_eq!(done["stage"], "done");
    assert_eq!(
        done["deleted"],
        json!({"resolved": 1, "closed": 2, "rejected": 1})
    );
    assert_eq!(left(&app).await, stays);
    for id in &gone {
        let path = format!("/api/v1/complaints/{id}");
        let answer = call(app.api.get(&path).bearer_auth(&admin)).await;
        assert!([404, 410].contains(&answer.status), "{answer:?}");
    }
    let run = done["run_id"].as_str().unwrap();
    let client = app.database().connect().await;
    let sql = "SELECT complaint_id::text FROM tombstones WHERE run_id::text = $1 AND reason = 'purge' ORDER BY 1";
    let rows = client.query(sql, &[&run]).await.unwrap();
    let tombstones: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    gone.sort();
    assert_eq!(tombstones, gone);
    app.complaint_gauges_are_right().await;
    assert!(
        app.metric(r#"retention_complaints_total{outcome="erased"}"#)
            .await
            >= 4.0
    );

    // Nothing is left to do.
    let again = purge(&app, &admin, "?days_old=60").await.expect(200);
    assert_eq!(
        again["deleted"],
        json!({"resolved": 0, "closed": 0, "rejected": 0})
    );
    app.end().await;
}

#[actix::test]
async fn one_status_can_be_purged_by_itself() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    old(&app, &admin, "north", ("rejected", 10)).await;
    let closed = old(&app, &admin, "north", ("closed", 10)).await;
    let query = "?complaint_status=rejected&days_old=9";
    let done = purge(&app, &admin, query).await.expect(200);
    assert_eq!(done["deleted"], json!({"rejected": 1}));
    assert_eq!(left(&app).await, [closed]);
    app.end().await;
}

#[actix::test]
async fn what_was_taken_up_again_or_is_younger_than_a_day_stays_whatever_is_asked() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    // A day ago by the cut-off of a day, but the day on which it ended may still be counted.
    let young = ended(&app, &admin, "north", "closed").await;
    let reopened = old(&app, &admin, "north", ("resolved", 400)).await;
    let reopen = json!({"action": "reopen", "comment": "it is back"});
    let path = format!("/api/v1/complaints/{reopened}/status");
    let answer = call(app.api.patch(&path, &reopen).bearer_auth(&admin)).await;
    answer.expect(200);
    let done = purge(&app, &admin, "?days_old=1").await.expect(200);
    assert_eq!(done["counts"]["closed"]["due"], 0);
    assert_eq!(left(&app).await, [young, reopened]);
    app.end().await;
}

#[actix::test]
async fn a_legal_hold_keeps_a_complaint_and_is_counted() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let held = old(&app, &admin, "north", ("closed", 400)).await;
    old(&app, &admin, "north", ("closed", 400)).await;
    let path = format!("/api/v1/complaints/{held}/hold");
    let hold = app.api.put(&path, &json!({"reason": "a case in court"}));
    let answer = call(hold.bearer_auth(&admin)).await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
    let told = purge(&app, &admin, "?dry_run=true").await.expect(200);
    let counts = &told["counts"]["closed"];
    assert_eq!((&counts["due"], &counts["held"]), (&json!(2), &json!(1)));
    let done = purge(&app, &admin, "").await.expect(200);
    let counts = &done["counts"]["closed"];
    assert_eq!((&counts["erased"], &counts["held"]), (&json!(1), &json!(1)));
    assert_eq!(left(&app).await, std::slice::from_ref(&held));
    call(app.api.delete(&path).bearer_auth(&admin)).await;
    let done = purge(&app, &admin, "").await.expect(200);
    assert_eq!(done["deleted"]["closed"], 1);
    app.end().await;
}

#[actix::test]
async fn a_rule_may_anonymise_and_does_so_once() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let rule = json!({"region": "north", "status": "closed", "days": 5, "action": "anonymise"});
    put(&app, &admin, &json!({"rules": [rule]}))
        .await
        .expect(200);
    let kept = old(&app, &admin, "north", ("closed", 31)).await;
    old(&app, &admin, "harbour", ("closed", 31)).await;
    let done = purge(&app, &admin, "").await.expect(200);
    let counts = &done["counts"]["closed"];
    let numbers = (&counts["erased"], &counts["anonymised"]);
    assert_eq!(numbers, (&json!(1), &json!(1)));
    assert_eq!(left(&app).await, std::slice::from_ref(&kept));
    let path = format!("/api/v1/complaints/{kept}");
    let shown = call(app.api.get(&path).bearer_auth(&admin))
        .await
        .expect(200);
    assert_ne!(shown["description"], "a hole of no interest any more");
    assert_eq!(shown["status"], "closed");
    let again = purge(&app, &admin, "").await.expect(200);
    assert_eq!(again["counts"]["closed"]["due"], 0, "{again}");
    // By a rule that erases it is due all the same.
    put(&app, &admin, &json!({})).await.expect(200);
    let erased = purge(&app, &admin, "").await.expect(200);
    assert_eq!(erased["deleted"]["closed"], 1);
    app.end().await;
}

#[actix::test]
async fn ages_and_statuses_that_cannot_be_are_refused_with_the_bounds() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let stays = old(&app, &admin, "north", ("closed", 400)).await;
    for days in [
        "0",
        "-1",
        "-60",
        "36501",
        "99999999999999999999",
        "",
        "x",
        "1.5",
        "1e3",
    ] {
        for dry in ["", "&dry_run=true"] {
            let query = format!("?days_old={days}{dry}");
            let problem = purge(&app, &admin, &query).await.problem(422, "validation");
            let fault = &problem["errors"][0];
            assert_eq!(fault["field"], "days_old");
            let message = fault["message"].as_str().unwrap();
            assert!(message.ends_with("between 1 and 36500 days"), "{message}");
        }
    }
    for status in ["reported", "on_hold", "", "Closed", "all"] {
        let query = format!("?complaint_status={status}");
        let faults = purge(&app, &admin, &query).await.faults();
        assert_eq!(
            faults,
            [("complaint_status".to_owned(), "unknown".to_owned())]
        );
    }
    for unreadable in ["?days=60", "?dry_run=perhaps", "?days_old=60&days_old=1"] {
        purge(&app, &admin, unreadable)
            .await
            .problem(400, "malformed");
    }
    assert_eq!(left(&app).await, [stays]);
    app.end().await;
}

#[actix::test]
async fn one_at_a_time_and_what_takes_long_is_followed() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let id = ended(&app, &admin, "north", "closed").await;
    age(&app, &id, 400).await;
    let lock = keep_lock(&app).await;
    let first = purge(&app, &admin, "").await;
    let place = first.header("location").to_owned();
    let first = first.expect(202);
    assert_eq!(first["stage"], "waiting");
    let run = first["run_id"].as_str().unwrap();
    assert_eq!(place, format!("/api/v1/admin/retention/runs/{run}"));
    let second = purge(&app, &admin, "?days_old=5").await;
    let second = second.problem(409, "run_under_way");
    assert_eq!(second["current"]["run_id"], run);
    assert!(second["detail"].as_str().unwrap().contains(run));
    // Looking is allowed all the while.
    purge(&app, &admin, "?dry_run=true").await.expect(200);
    drop(lock);
    let ended = run_ended(&app, &admin, run).await;
    assert_eq!(ended["stage"], "done");
    assert_eq!(ended["counts"]["closed"]["erased"], 1);
    purge(&app, &admin, "?days_old=5").await.expect(200);
    app.end().await;
}
