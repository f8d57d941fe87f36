//! What new rules mean for complaints under way: docs/RULES.md, "Rules that change under way".

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::timers::{let_time_pass, set_deadlines};
use super::{patch, read, submitted};
use crate::support::{TestApp, call, eventually};

async fn set_workflow(app: &TestApp, document: &Value) {
    let request = app.api.put("/api/v1/regions/north/workflow", document);
    call(request.bearer_auth(app.admin().await))
        .await
        .expect(200);
}

#[actix::test]
async fn changed_deadlines_count_for_what_begins_afterwards() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let due = async |id: &str| -> SignedDuration {
        let now = read(&app, &olga, id).await;
        let time = |member: &str| now[member].as_str().unwrap().parse::<Timestamp>().unwrap();
        time("due_at").duration_since(time("created_at"))
    };
    let hours = SignedDuration::from_hours;
    let acknowledge = json!({"status": "acknowledged"});
    set_deadlines(
        &app,
        &json!([{"acknowledge_within": "10h", "resolve_within": "50h"}]),
    )
    .await;
    let first = submitted(&app, "north").await;
    let second = submitted(&app, "north").await;
    set_deadlines(
        &app,
        &json!([{"acknowledge_within": "1h", "resolve_within": "5h"}]),
    )
    .await;
    let third = submitted(&app, "north").await;
    for (id, expected) in [(&first, 10), (&second, 10), (&third, 1)] {
        assert_eq!(due(id).await, hours(expected), "what runs goes on");
    }
    patch(&app, &olga, &first, "/status", &acknowledge)
        .await
        .expect(200);
    assert_eq!(due(&first).await, hours(5), "another one begins");
    set_deadlines(
        &app,
        &json!([{"acknowledge_within": "2h", "resolve_within": "3h"}]),
    )
    .await;
    assert_eq!(due(&first).await, hours(5));
    for id in [&first, &second] {
        patch(&app, &olga, id, "", &json!({"severity": "low"}))
            .await
            .expect(200);
    }
    assert_eq!(
        due(&first).await,
        hours(5),
        "a correction leaves what runs alone"
    );
    assert_eq!(
        due(&second).await,
        hours(2),
        "but gives a reported one its rule anew"
    );
    // Without rules what runs goes on too, and its first level is reached.
    set_deadlines(&app, &json!([])).await;
    assert_eq!(due(&second).await, hours(2));
    let_time_pass(&app, &second, "3 hours").await;
    eventually("it is escalated", async || {
        (read(&app, &olga, &second).await["escalation"] == 1).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn a_shorter_confirmation_window_leaves_reporters_their_time_and_a_longer_one_adds_to_it() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let resolve = json!({"status": "resolved", "comment": "filled"});
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = submitted(&app, "north").await;
        patch(&app, &olga, &id, "/status", &resolve)
            .await
            .expect(200);
        ids.push(id);
    }
    set_workflow(&app, &json!({"confirmation_window": "1d"})).await;
    let late = submitted(&app, "north").await;
    patch(&app, &olga, &late, "/status", &resolve)
        .await
        .expect(200);
    for id in ids.iter().chain([&late]) {
        let_time_pass(&app, id, "2 days").await;
    }
    let status = async |id: &str| read(&app, &olga, id).await["status"].clone();
    eventually(
        "what was resolved since then closes by itself",
        async || (status(&late).await == "closed").then_some(()),
    )
    .await;
    assert_eq!(status(&ids[0]).await, "resolved", "it has its 14 days");
    // The officer may close it by now.
    let close = json!({"status": "closed"});
    patch(&app, &olga, &ids[0], "/status", &close)
        .await
        .expect(200);
    // A longer window, by the time that the old one is over, leaves time.
    set_workflow(&app, &json!({"confirmation_window": "30d"})).await;
    let_time_pass(&app, &ids[1], "13 days").await;
    let client = app.database().connect().await;
    let waits = format!(
        "SELECT timer_at = status_since + INTERVAL '720 hours' FROM complaints WHERE id = '{}'",
        ids[1]
    );
    eventually("its timer is set anew", async || {
        let row = client.query_one(&waits, &[]).await.unwrap();
        row.get::<_, bool>(0).then_some(())
    })
    .await;
    assert_eq!(status(&ids[1]).await, "resolved");
    let refused = patch(&app, &olga, &ids[1], "/status", &close).await;
    refused.problem(409, "transition_refused");
    app.end().await;
}
