//! What a desk does by itself when a time has come: escalate, wake up, close.

use serde_json::{Value, json};

use super::{account, kinds, patch, read, submitted};
use crate::support::officer::Officer;
use crate::support::{TestApp, call, eventually};

/// Makes all times of a complaint lie so far in the past that what waits for them is due.
pub(super) async fn let_time_pass(app: &TestApp, id: &str, time: &str) {
    let shift = format!(
        "UPDATE complaints SET due_at = due_at - INTERVAL '{time}', hold_until = hold_until - INTERVAL '{time}',
            status_since = status_since - INTERVAL '{time}', timer_at = timer_at - INTERVAL '{time}'
         WHERE id = '{id}'"
    );
    let client = app.database().connect().await;
    client.batch_execute(&shift).await.unwrap();
}

pub(super) async fn set_deadlines(app: &TestApp, rules: &Value) {
    let request = app.api.put("/api/v1/categories/pothole/deadlines", rules);
    call(request.bearer_auth(app.admin().await))
        .await
        .expect(200);
}

pub(super) async fn watching(app: &TestApp, token: &str) -> Officer {
    let mut officer = app.officer(token).await;
    officer.join("north", None).await;
    officer
}

#[actix::test]
async fn a_deadline_that_passes_escalates_level_by_level_once_each() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let me = account(&app, &olga).await;
    let levels = json!([{"after": "0s"}, {"after": "1h", "reassign_to": me}, {"after": "1h"}]);
    set_deadlines(
        &app,
        &json!([{"acknowledge_within": "4h", "escalations": levels}]),
    )
    .await;
    let id = submitted(&app, "north").await;
    let mut officer = watching(&app, &olga).await;
    for (time, level) in [("4 hours", 1), ("1 hour", 2), ("1 hour", 3)] {
        let_time_pass(&app, &id, time).await;
        let event = officer.event().await;
        assert_eq!(event["kind"], "complaint.escalated");
        assert_eq!(event["by"], json!({"kind": "system"}));
        let from_to = json!({"from": level - 1, "to": level});
        assert_eq!(event["change"]["escalation"], from_to);
        let assignee = if level == 1 { Value::Null } else { json!(me) };
        assert_eq!(event["complaint"]["assignee"], assignee);
    }
    let_time_pass(&app, &id, "9 days").await;
    // A comment is no answer to a deadline, and the last level is the last.
    let comment = json!({"text": "x"});
    super::post(&app, &olga, &id, "/comments", &comment)
        .await
        .expect(201);
    assert_eq!(officer.event().await["kind"], "complaint.commented");
    let escalations = kinds(&app, &olga, &id).await;
    let count = escalations
        .iter()
        .filter(|kind| *kind == "complaint.escalated")
        .count();
    assert_eq!(count, 3);
    assert!(app.metric("timer_lateness_seconds_count").await >= 3.0);
    app.end().await;
}

#[actix::test]
async fn a_complaint_on_hold_wakes_up_and_one_that_nobody_contests_is_closed() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app, "north").await;
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(48);
    let hold = json!({"status": "on_hold", "comment": "parts", "hold_until": until.to_string()});
    patch(&app, &olga, &id, "/status", &hold).await.expect(200);
    let mut officer = watching(&app, &olga).await;
    let_time_pass(&app, &id, "49 hours").await;
    let woken = officer.event().await;
    assert_eq!(
        woken["change"]["status"],
        json!({"from": "on_hold", "to": "acknowledged"})
    );
    assert_eq!(woken["by"]["kind"], "system");
    let resolve = json!({"status": "resolved", "comment": "filled"});
    patch(&app, &olga, &id, "/status", &resolve)
        .await
        .expect(200);
    officer.event().await;
    let_time_pass(&app, &id, "14 days").await;
    let closed = officer.event().await;
    assert_eq!(
        closed["change"]["status"],
        json!({"from": "resolved", "to": "closed"})
    );
    app.complaint_gauges_are_right().await;
    app.end().await;
}

#[actix::test]
async fn two_nodes_fire_each_timer_once_also_those_missed_while_none_ran() {
    let mut app = TestApp::with(&["--rate-limits", "off"]).await;
    set_deadlines(&app, &json!([{"acknowledge_within": "4h"}])).await;
    for _ in 0..300 {
        submitted(&app, "north").await;
    }
    app.stop().await;
    let client = app.database().connect().await;
    let due = "UPDATE complaints SET due_at = now() - INTERVAL '1 minute', timer_at = now() - INTERVAL '1 minute'";
    client.batch_execute(due).await.unwrap();
    let one = app.another_node().await;
    let two = app.another_node().await;
    let open = "SELECT COUNT(*) FROM complaints WHERE timer_at <= now()";
    eventually("every timer has fired", async || {
        let waiting: i64 = client.query_one(open, &[]).await.unwrap().get(0);
        (waiting == 0).then_some(())
    })
    .await;
    let escalated = "SELECT COUNT(*), COUNT(DISTINCT complaint_id) FROM events WHERE kind = 'complaint.escalated'";
    let row = client.query_one(escalated, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (300, 300));
    one.stop().await;
    two.stop().await;
    drop(client);
    app.remove().await;
}

#[actix::test]
async fn the_timer_poll_goes_on_after_panics() {
    let mut app = TestApp::spawn().await;
    let olga = app.olga().await;
    set_deadlines(&app, &json!([{"acknowledge_within": "4h"}])).await;
    let id = submitted(&app, "north").await;
    app.provoke("timer_poll/poll", "1*panic->off");
    app.provoke("timer_poll/started", "1*panic->off");
    eventually("the poll was restarted twice", async || {
        (app.restarts_of("timer_poll").await == 2).then_some(())
    })
    .await;
    app.expect_restarts(2);
    let_time_pass(&app, &id, "5 hours").await;
    eventually("the complaint is escalated", async || {
        let now = read(&app, &olga, &id).await;
        (now["escalation"] == 1).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn what_is_due_is_found_by_an_index() {
    let app = TestApp::spawn().await;
    let client = app.database().connect().await;
    // Of an empty table PostgreSQL would read all: whether it could do otherwise is the question.
    client
        .batch_execute("SET enable_seqscan = off; SET enable_sort = off")
        .await
        .unwrap();
    let due = include_str!("../../../sql/queries/timers/due.sql");
    let due = due.replace("$1", "now()").replace("$2", "100");
    let due = due.lines().filter(|line| !line.starts_with("--"));
    let explain = format!("EXPLAIN {}", due.collect::<Vec<_>>().join("\n"));
    let plan = client.simple_query(&explain).await.unwrap();
    let plan = format!("{plan:?}");
    for part in [
        "Index Scan using complaints_by_timer on complaints",
        "Index Cond: (timer_at <= now())",
    ] {
        assert!(plan.contains(part), "no {part}: {plan}");
    }
    assert!(!plan.contains("Sort"), "{plan}");
    app.end().await;
}
