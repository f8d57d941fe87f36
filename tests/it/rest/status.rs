//! Changes of status: what is allowed, what is refused, and what a refusal shows.

use serde_json::{Value, json};

use super::{COMPLAINTS, api_key, complaint, submit};
use crate::support::{Answer, TestApp, call};

async fn change(app: &TestApp, token: &str, id: &str, body: &Value) -> Answer {
    let path = format!("{COMPLAINTS}/{id}/status");
    call(app.api.patch(&path, body).bearer_auth(token)).await
}

async fn submitted(app: &TestApp) -> String {
    let receipt = submit(app, &complaint("north")).await.expect(201);
    receipt["id"].as_str().unwrap().to_owned()
}

#[actix::test]
async fn a_complaint_goes_through_its_life_one_version_a_step() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let id = submitted(&app).await;
    let steps = [
        (&olga, "in_progress"),
        (&olga, "on_hold"),
        (&olga, "resolved"),
        (&olga, "closed"),
        (&admin, "in_progress"),
    ];
    for (step, (token, status)) in steps.into_iter().enumerate() {
        let body = json!({"status": status, "comment": "done so", "version": step + 1});
        let now = change(&app, token, &id, &body).await.expect(200);
        assert_eq!(now["status"], status);
        assert_eq!(now["version"], step + 2);
        assert_eq!(now["updated_at"], now["status_since"]);
    }
    app.end().await;
}

#[actix::test]
async fn a_refused_step_says_what_is_allowed_and_shows_the_present_state() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app).await;
    let problem = change(&app, &olga, &id, &json!({"status": "closed"})).await;
    let problem = problem.problem(409, "transition_refused");
    assert_eq!(problem["current"]["status"], "reported");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("in_progress"), "{detail}");
    app.end().await;
}

#[actix::test]
async fn a_stale_version_changes_nothing_and_shows_the_present_state() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app).await;
    let body = json!({"status": "in_progress", "version": 1});
    change(&app, &olga, &id, &body).await.expect(200);
    for version in [1, 0, -1, 3, i64::MAX] {
        let body = json!({"status": "resolved", "version": version});
        let problem = change(&app, &olga, &id, &body).await;
        let problem = problem.problem(409, "stale_version");
        assert_eq!(problem["current"]["status"], "in_progress");
        assert_eq!(problem["current"]["version"], 2);
    }
    app.end().await;
}

#[actix::test]
async fn of_two_changes_of_one_version_at_once_one_wins() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app).await;
    let body = json!({"status": "in_progress", "version": 1});
    let tries = (0..8).map(|_| change(&app, &olga, &id, &body));
    let answers = futures_util::future::join_all(tries).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    let lost = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((won, lost), (1, 7));
    app.end().await;
}

#[actix::test]
async fn a_change_by_the_wrong_person_or_of_the_wrong_form_is_refused() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let id = submitted(&app).await;
    let good = json!({"status": "in_progress"});
    let answer = change(&app, &otto, &id, &good).await;
    answer.problem(403, "forbidden");
    let path = format!("{COMPLAINTS}/{id}/status");
    let key = api_key(&app, &["submit", "read"], &[]).await;
    let answer = call(app.api.patch(&path, &good).header("X-API-Key", key)).await;
    answer.problem(401, "unauthorized");
    let answer = call(app.api.patch(&path, &good)).await;
    answer.problem(401, "unauthorized");
    for missing in ["00000000-0000-0000-0000-000000000000", "x", "%00"] {
        let answer = change(&app, &olga, missing, &good).await;
        answer.problem(404, "not_found");
    }
    for (body, field) in [
        (json!({"status": "gone"}), "status"),
        (
            json!({"status": "resolved", "comment": "x".repeat(4001)}),
            "comment",
        ),
        (
            json!({"status": "resolved", "comment": "a\u{0}b"}),
            "comment",
        ),
    ] {
        let faults = change(&app, &olga, &id, &body).await.faults();
        assert_eq!(faults[0].0, field);
    }
    for body in [json!({}), json!({"status": "resolved", "by": "me"})] {
        let answer = change(&app, &olga, &id, &body).await;
        answer.problem(422, "validation");
    }
    app.end().await;
}
