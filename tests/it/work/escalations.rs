//! Escalations to people who have left since the rule was set.

use serde_json::{Value, json};

use super::timers::{let_time_pass, set_deadlines, watching};
use super::{kinds, patch, read, submitted};
use crate::support::{TestApp, call, eventually};

/// Changes an account as the admin; the account as it is now.
async fn change(app: &TestApp, id: &str, change: &Value) -> Value {
    let path = format!("/api/v1/admin/accounts/{id}");
    let request = app.api.patch(&path, change);
    call(request.bearer_auth(app.admin().await))
        .await
        .expect(200)
}

/// A new officer of the region north; the account's id.
async fn ann(app: &TestApp) -> String {
    let draft = json!({"email": "ann@other.example", "name": "Ann", "role": "officer",
        "regions": ["north"], "password": "a good long password"});
    let request = app.api.post("/api/v1/admin/accounts", &draft);
    let account = call(request.bearer_auth(app.admin().await))
        .await
        .expect(201);
    account["id"].as_str().unwrap().to_owned()
}

#[actix::test]
async fn an_escalation_to_somebody_who_left_is_reached_once_and_says_so() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let ann = ann(&app).await;
    let levels = json!([{"reassign_to": ann}, {"after": "1h", "reassign_to": ann}]);
    let rules = json!([{"region": "north", "acknowledge_within": "4h", "escalations": levels}]);
    set_deadlines(&app, &rules).await;
    let broken =
        [1, 2].map(|level| json!({"category": "pothole", "region": "north", "level": level}));
    let mut officer = watching(&app, &olga).await;
    for leaving in [
        json!({"active": false}),
        json!({"regions": ["harbour"]}),
        json!({"role": "admin"}),
    ] {
        let id = submitted(&app, "north").await;
        officer.event().await;
        // Nothing keeps her from leaving, and the answer says what that breaks.
        let left = change(&app, &ann, &leaving).await;
        assert_eq!(left["broken_escalations"], json!(broken), "{leaving}");
        let_time_pass(&app, &id, "4 hours").await;
        let event = officer.event().await;
        assert_eq!(event["kind"], "complaint.escalated");
        let expected = json!({"escalation": {"from": 0, "to": 1}, "not_reassigned_to": ann});
        assert_eq!(event["change"], expected, "{leaving}");
        assert_eq!(event["complaint"]["assignee"], Value::Null);
        let back = json!({"active": true, "role": "officer", "regions": ["north"]});
        let back = change(&app, &ann, &back).await;
        assert_eq!(back.get("broken_escalations"), None);
        let_time_pass(&app, &id, "1 hour").await;
        let event = officer.event().await;
        assert_eq!(event["change"]["escalation"], json!({"from": 1, "to": 2}));
        assert_eq!(event["complaint"]["assignee"], json!(ann));
        let history = read(&app, &olga, &format!("{id}/history")).await;
        assert_eq!(history["items"][1]["change"], expected);
        let escalations = kinds(&app, &olga, &id).await;
        assert_eq!(escalations[1..], ["complaint.escalated"; 2]);
    }
    app.end().await;
}

#[actix::test]
async fn who_holds_a_complaint_keeps_it_when_the_next_has_left() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let ann = ann(&app).await;
    let rules = json!([{"acknowledge_within": "4h", "escalations": [{"reassign_to": ann}]}]);
    set_deadlines(&app, &rules).await;
    let id = submitted(&app, "harbour").await;
    let taken = patch(&app, &olga, &id, "/assignee", &json!({"assignee": "me"})).await;
    let holder = taken.expect(200)["assignee"].clone();
    // The rule is for all regions, and she works in another one.
    let_time_pass(&app, &id, "4 hours").await;
    let escalated = eventually("it is escalated", async || {
        let now = read(&app, &olga, &id).await;
        (now["escalation"] == 1).then_some(now)
    })
    .await;
    assert_eq!(escalated["assignee"], holder);
    app.end().await;
}

#[actix::test]
async fn on_two_nodes_escalations_to_somebody_who_left_are_reached_once_each() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let ann = ann(&app).await;
    let rules = json!([{"acknowledge_within": "4h", "escalations": [{"reassign_to": ann}]}]);
    set_deadlines(&app, &rules).await;
    for _ in 0..100 {
        submitted(&app, "north").await;
    }
    let other = app.another_node().await;
    change(&app, &ann, &json!({"active": false})).await;
    let client = app.database().connect().await;
    let due = "UPDATE complaints SET due_at = due_at - INTERVAL '5 hours', timer_at = timer_at - INTERVAL '5 hours'";
    client.batch_execute(due).await.unwrap();
    let count = async |sql: &str| -> i64 { client.query_one(sql, &[]).await.unwrap().get(0) };
    eventually("every timer has fired", async || {
        let waiting = "SELECT COUNT(*) FROM complaints WHERE timer_at <= now()";
        (count(waiting).await == 0).then_some(())
    })
    .await;
    let escalated = "SELECT COUNT(*) FROM events WHERE kind = 'complaint.escalated'";
    assert_eq!(count(escalated).await, 100);
    let named = format!(
        "SELECT COUNT(DISTINCT complaint_id) FROM events WHERE kind = 'complaint.escalated'
         AND payload::jsonb->'change'->>'not_reassigned_to' = '{ann}'"
    );
    assert_eq!(count(&named).await, 100);
    let given = "SELECT COUNT(*) FROM complaints WHERE assignee_id IS NOT NULL";
    assert_eq!(count(given).await, 0);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn only_who_can_have_complaints_is_named_in_a_rule() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let ann = ann(&app).await;
    let set = |region: Option<&str>| {
        let rules = json!([{"region": region, "resolve_within": "1d", "escalations": [{"reassign_to": ann}]}]);
        let request = app.api.put("/api/v1/categories/pothole/deadlines", &rules);
        call(request.bearer_auth(&admin))
    };
    for region in [None, Some("north")] {
        set(region).await.expect(200);
    }
    assert_eq!(set(Some("harbour")).await.faults()[0].0, "reassign_to");
    for leaving in [
        json!({"regions": []}),
        json!({"regions": ["north"], "role": "admin"}),
    ] {
        change(&app, &ann, &leaving).await;
        for region in [None, Some("north")] {
            assert_eq!(set(region).await.faults()[0].0, "reassign_to", "{leaving}");
        }
    }
    app.end().await;
}
