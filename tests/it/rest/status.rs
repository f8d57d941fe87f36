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
        (&olga, "acknowledged"),
        (&olga, "on_hold"),
        (&olga, "resolved"),
        (&admin, "closed"),
        (&admin, "acknowledged"),
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
    assert!(
        detail.contains("start (to in_progress; needs: assignee)"),
        "{detail}"
    );
    app.end().await;
}

#[actix::test]
async fn a_step_without_what_it_needs_says_what_is_missing() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let id = submitted(&app).await;
    for body in [
        json!({"status": "resolved"}),
        json!({"action": "reject"}),
        json!({"action": "hold"}),
    ] {
        let faults = change(&app, &olga, &id, &body).await.faults();
        assert_eq!(faults, [("comment".to_owned(), "required".to_owned())]);
    }
    let start = json!({"status": "in_progress"});
    let problem = change(&app, &olga, &id, &start).await;
    let problem = problem.problem(409, "transition_refused");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("needs: assignee"), "{detail}");
    assign(&app, &olga, &id).await;
    change(&app, &olga, &id, &start).await.expect(200);
    // Steps of the reporter and of the desk are nobody else's.
    let resolve = json!({"action": "resolve", "comment": "filled"});
    change(&app, &olga, &id, &resolve).await.expect(200);
    for action in ["confirm", "contest", "auto_close", "wake"] {
        let body = json!({"action": action, "comment": "x"});
        change(&app, &admin, &id, &body)
            .await
            .problem(409, "transition_refused");
    }
    // An officer waits for the reporter, an admin need not.
    change(&app, &olga, &id, &json!({"action": "close"}))
        .await
        .problem(409, "transition_refused");
    change(&app, &admin, &id, &json!({"action": "close"}))
        .await
        .expect(200);
    let reopen = json!({"action": "reopen", "comment": "it is back"});
    change(&app, &olga, &id, &reopen)
        .await
        .problem(409, "transition_refused");
    let now = change(&app, &admin, &id, &reopen).await.expect(200);
    assert_eq!(now["status"], "in_progress");
    app.end().await;
}

#[actix::test]
async fn a_workflow_is_in_force_from_the_answer_on() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let id = submitted(&app).await;
    let workflow = json!({"edges": {"reported": {"resolve": {"roles": ["admin"]}, "reject": {"require": ["photo"]}}}});
    let request = app.api.put("/api/v1/regions/north/workflow", &workflow);
    call(request.bearer_auth(&admin)).await.expect(200);
    for (action, missing) in [("reject", "photo"), ("resolve", "may: admin")] {
        let body = json!({"action": action, "comment": "x"});
        let problem = change(&app, &olga, &id, &body)
            .await
            .problem(409, "transition_refused");
        assert!(
            problem["detail"].as_str().unwrap().contains(missing),
            "{problem}"
        );
    }
    let body = json!({"action": "resolve", "comment": "x"});
    change(&app, &admin, &id, &body).await.expect(200);
    app.end().await;
}

/// Takes a complaint.
async fn assign(app: &TestApp, token: &str, id: &str) {
    let path = format!("{COMPLAINTS}/{id}/assignee");
    let request = app.api.patch(&path, &json!({"assignee": "me"}));
    call(request.bearer_auth(token)).await.expect(200);
}

#[actix::test]
async fn a_stale_version_changes_nothing_and_shows_the_present_state() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app).await;
    let body = json!({"status": "acknowledged", "version": 1});
    change(&app, &olga, &id, &body).await.expect(200);
    for version in [1, 0, -1, 3, i64::MAX] {
        let body = json!({"status": "resolved", "version": version});
        let problem = change(&app, &olga, &id, &body).await;
        let problem = problem.problem(409, "stale_version");
        assert_eq!(problem["current"]["status"], "acknowledged");
        assert_eq!(problem["current"]["version"], 2);
    }
    app.end().await;
}

#[actix::test]
async fn of_two_changes_of_one_version_at_once_one_wins() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app).await;
    let body = json!({"status": "acknowledged", "version": 1});
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
    let good = json!({"status": "acknowledged"});
    let answer = change(&app, &otto, &id, &good).await;
    answer.problem(403, "forbidden");
    let path = format!("{COMPLAINTS}/{id}/status");
    let key = api_key(&app, &["submit", "read"], &[]).await;
    // An app stands for the reporters of what it submitted, and of nothing else.
    let answer = call(app.api.patch(&path, &good).header("X-API-Key", key)).await;
    answer.problem(403, "forbidden");
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
