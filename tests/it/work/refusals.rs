//! What nobody may do: steps that are not theirs, texts without end, mergers with regions of others.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{COMPLAINTS, read};
use crate::support::{TestApp, call};

const STATUSES: [&str; 7] = [
    "reported",
    "acknowledged",
    "in_progress",
    "on_hold",
    "resolved",
    "closed",
    "rejected",
];
const ACTIONS: [&str; 11] = [
    "acknowledge",
    "start",
    "hold",
    "resolve",
    "reject",
    "close",
    "reopen",
    "confirm",
    "contest",
    "wake",
    "auto_close",
];

/// Whether staff of the region may take the step by docs/RULES.md, with a comment and nobody who has the
/// complaint.
fn is_for_staff(status: &str, action: &str, is_admin: bool) -> bool {
    match action {
        "acknowledge" => status == "reported",
        "hold" => ["reported", "acknowledged", "in_progress"].contains(&status),
        "resolve" | "reject" => {
            ["reported", "acknowledged", "in_progress", "on_hold"].contains(&status)
        }
        "close" => status == "resolved" && is_admin,
        "reopen" => status == "resolved" || is_admin && ["closed", "rejected"].contains(&status),
        _ => false,
    }
}

/// A complaint in a status that nobody has; its id and tracking token.
async fn complaint_in(app: &TestApp, admin: &str, status: &str) -> (String, String) {
    let receipt = app.submit("north", "a hole").await;
    let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
    let (id, token) = (text("id"), text("tracking_token"));
    let steps: &[&str] = match status {
        "reported" => &[],
        "closed" => &["resolved", "closed"],
        _ => std::slice::from_ref(&status),
    };
    if status == "in_progress" {
        // Nobody has it afterwards, which only the database can bring about.
        let client = app.database().connect().await;
        let set = format!("UPDATE complaints SET status = 'in_progress' WHERE id = '{id}'");
        client.batch_execute(&set).await.unwrap();
        return (id, token);
    }
    for step in steps {
        let answer = app.api.set_status(admin, &id, step).await;
        assert!(answer.status().is_success(), "{step}");
    }
    (id, token)
}

#[actix::test]
async fn every_step_that_is_not_theirs_is_refused_to_everybody_and_changes_nothing() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let strangers_key = "rk_000000000000000000000000000000000000000000000000";
    for status in STATUSES {
        let (id, tracking) = complaint_in(&app, &admin, status).await;
        let before = read(&app, &admin, &id).await;
        assert_eq!(before["status"], status);
        let path = format!("{COMPLAINTS}/{id}/status");
        for action in ACTIONS {
            let body = json!({"action": action, "comment": "x"});
            let ask = |sign: &dyn Fn(RequestBuilder) -> RequestBuilder| {
                call(sign(app.api.patch(&path, &body)))
            };
            let by_reporter = status == "resolved" && ["confirm", "contest"].contains(&action);
            let refusals = [
                (
                    is_for_staff(status, action, false),
                    ask(&|it| it.bearer_auth(&olga)).await,
                ),
                (
                    is_for_staff(status, action, true),
                    ask(&|it| it.bearer_auth(&admin)).await,
                ),
                (false, ask(&|it| it.bearer_auth(&otto)).await),
                (
                    by_reporter,
                    ask(&|it| it.header("X-Tracking-Token", &tracking)).await,
                ),
                (
                    by_reporter,
                    ask(&|it| it.header("X-API-Key", &app.demo.api_key)).await,
                ),
                (
                    false,
                    ask(&|it| it.header("X-API-Key", strangers_key)).await,
                ),
                (false, ask(&|it| it).await),
            ];
            let may_change = refusals.iter().any(|(is_legal, _)| *is_legal);
            for (who, (is_legal, answer)) in refusals.into_iter().enumerate() {
                let what = format!("{action} from {status} by {who}");
                if is_legal {
                    // Whoever came before may have taken it.
                    assert!([200, 409].contains(&answer.status), "{what}: {answer:?}");
                } else {
                    answer.refused(&what);
                }
            }
            if may_change {
                restore(&app, &id, &before).await;
            }
            assert_eq!(
                read(&app, &admin, &id).await,
                before,
                "{action} from {status}"
            );
        }
    }
    app.end().await;
}

/// Brings a complaint back to how it was before a step that is allowed.
async fn restore(app: &TestApp, id: &str, before: &Value) {
    let text = |member: &str| match before[member].as_str() {
        Some(text) => format!("'{text}'"),
        None => "NULL".to_owned(),
    };
    let set = format!(
        "UPDATE complaints SET status = {}, version = {}, updated_at = {}, status_since = {},
            acknowledged_at = {}, resolved_at = {}, hold_until = {}, due_at = {} WHERE id = '{id}'",
        text("status"),
        before["version"],
        text("updated_at"),
        text("status_since"),
        text("acknowledged_at"),
        text("resolved_at"),
        text("hold_until"),
        text("due_at"),
    );
    let client = app.database().connect().await;
    client.batch_execute(&set).await.unwrap();
}

#[actix::test]
async fn ten_thousand_characters_are_refused_wherever_a_text_is_taken() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = app.submit("north", "a hole").await;
    let id = id["id"].as_str().unwrap();
    let other = app.submit("north", "the same hole").await;
    let long = "é".repeat(10_000);
    let path = format!("{COMPLAINTS}/{id}");
    let api = &app.api;
    for (field, request) in [
        (
            "text",
            api.post(&format!("{path}/comments"), &json!({"text": long})),
        ),
        (
            "description",
            api.patch(&path, &json!({"description": long})),
        ),
        ("address", api.patch(&path, &json!({"address": long}))),
        (
            "comment",
            api.patch(
                &format!("{path}/status"),
                &json!({"status": "resolved", "comment": long}),
            ),
        ),
        (
            "comment",
            api.post(
                &format!("{path}/move"),
                &json!({"region": "harbour", "comment": long}),
            ),
        ),
        (
            "comment",
            api.post(
                &format!("{path}/merge"),
                &json!({"into": other["id"], "comment": long}),
            ),
        ),
        (
            "reporter",
            api.post(&format!("{path}/support"), &json!({"reporter": long})),
        ),
    ] {
        let request = match field {
            "reporter" => request.header("X-API-Key", &app.demo.api_key),
            _ => request.bearer_auth(&olga),
        };
        let faults = call(request).await.faults();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].0, field, "{faults:?}");
    }
    let bulk = json!({"ids": [id], "comment": {"text": long}});
    let bulk = api
        .post(&format!("{COMPLAINTS}/bulk"), &bulk)
        .bearer_auth(&olga);
    let result = &call(bulk).await.expect(200)["results"][0];
    assert_eq!(result["problem"]["errors"][0]["field"], "text");
    let search = api.get(&format!("{COMPLAINTS}?q={}", "x".repeat(5_000)));
    call(search.bearer_auth(&olga))
        .await
        .refused("a long search");
    let now = read(&app, &olga, id).await;
    assert_eq!(now["version"], 1);
    app.end().await;
}

#[actix::test]
async fn nobody_merges_from_or_into_a_region_of_others() {
    let app = TestApp::spawn().await;
    let otto = app.otto().await;
    let mut ids = Vec::new();
    for region in ["harbour", "north"] {
        let receipt = app.submit(region, "a hole").await;
        ids.push(receipt["id"].as_str().unwrap().to_owned());
    }
    for (id, into) in [(&ids[0], &ids[1]), (&ids[1], &ids[0])] {
        let path = format!("{COMPLAINTS}/{id}/merge");
        let request = app.api.post(&path, &json!({"into": into}));
        call(request.bearer_auth(&otto))
            .await
            .problem(403, "forbidden");
    }
    app.end().await;
}
