//! The reporter's word on a resolution.

use serde_json::{Value, json};

use super::{COMPLAINTS, account, patch, post};
use crate::support::{Answer, TestApp, call};

async fn resolved(app: &TestApp) -> (String, String) {
    let olga = app.olga().await;
    let receipt = app.submit("north", "a hole").await;
    let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
    let (id, token) = (text("id"), text("tracking_token"));
    let done = json!({"status": "resolved", "comment": "filled"});
    patch(app, &olga, &id, "/status", &done).await.expect(200);
    (id, token)
}

async fn say(app: &TestApp, id: &str, header: (&str, &str), body: &Value) -> Answer {
    let request = app.api.patch(&format!("{COMPLAINTS}/{id}/status"), body);
    call(request.header(header.0, header.1)).await
}

#[actix::test]
async fn a_reporter_confirms_or_contests_by_the_tracking_token() {
    let app = TestApp::spawn().await;
    let (id, token) = resolved(&app).await;
    let by = ("X-Tracking-Token", token.as_str());
    let silent = say(&app, &id, by, &json!({"action": "contest"})).await;
    assert_eq!(
        silent.faults(),
        [("comment".to_owned(), "required".to_owned())]
    );
    let contest = json!({"action": "contest", "comment": "the hole is back"});
    let now = say(&app, &id, by, &contest).await.expect(200);
    assert_eq!(now["status"], "acknowledged");
    assert!(
        now.get("reporter").is_none() && now.get("version").is_none(),
        "{now}"
    );
    let early = say(&app, &id, by, &json!({"action": "confirm"})).await;
    let early = early.problem(409, "transition_refused");
    assert_eq!(
        early.get("current"),
        None,
        "a reporter may not see all of it"
    );

    let (id, token) = resolved(&app).await;
    let by = ("X-Tracking-Token", token.as_str());
    let now = say(&app, &id, by, &json!({"action": "confirm"}))
        .await
        .expect(200);
    assert_eq!(now["status"], "closed");
    for action in ["reopen", "start", "acknowledge", "resolve"] {
        let body = json!({"action": action, "comment": "x"});
        say(&app, &id, by, &body)
            .await
            .problem(409, "transition_refused");
    }
    app.end().await;
}

#[actix::test]
async fn the_app_that_submitted_it_may_speak_for_the_reporter_and_no_other() {
    let app = TestApp::spawn().await;
    let (id, _) = resolved(&app).await;
    let (_, other) = resolved(&app).await;
    let confirm = json!({"action": "confirm"});
    let wrong = say(&app, &id, ("X-Tracking-Token", other.as_str()), &confirm).await;
    wrong.problem(401, "unauthorized");
    let foreign = json!({"name": "app", "scopes": ["submit", "read"]});
    let created = app.api.post("/api/v1/admin/api-keys", &foreign);
    let created = call(created.bearer_auth(app.admin().await))
        .await
        .expect(201);
    let key = created["key"].as_str().unwrap();
    say(&app, &id, ("X-API-Key", key), &confirm)
        .await
        .problem(403, "forbidden");
    let own = app.demo.api_key.clone();
    let now = say(&app, &id, ("X-API-Key", own.as_str()), &confirm)
        .await
        .expect(200);
    assert_eq!(now["status"], "closed");
    let history = app.api.get(&format!("{COMPLAINTS}/{id}/history"));
    let history = call(history.bearer_auth(app.olga().await))
        .await
        .expect(200);
    assert_eq!(history["items"][0]["by"]["kind"], "api_key");
    app.end().await;
}

#[actix::test]
async fn a_reporter_sees_which_statuses_it_was_in_and_since_when_but_not_by_whom() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let (id, token) = resolved(&app).await;
    let contest = json!({"action": "contest", "comment": "the hole is back"});
    let by = ("X-Tracking-Token", token.as_str());
    say(&app, &id, by, &contest).await.expect(200);
    // What leaves the status alone is no step of it: an assignment, and a move of what nobody has begun.
    let mine = json!({"assignee": "me"});
    patch(&app, &olga, &id, "/assignee", &mine)
        .await
        .expect(200);
    let harbour = json!({"region": "harbour", "comment": "on the quay"});
    post(&app, &olga, &id, "/move", &harbour).await.expect(200);
    let start = json!({"status": "rejected", "comment": "not ours"});
    let now = patch(&app, &olga, &id, "/status", &start).await.expect(200);

    let path = format!("/api/v1/tracking/{token}");
    let view = call(app.api.get(&path)).await.expect(200);
    let steps = view["statuses"].as_array().unwrap();
    let words: Vec<&str> = steps
        .iter()
        .map(|it| it["status"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["reported", "resolved", "acknowledged", "rejected"]);
    let times: Vec<&str> = steps.iter().map(|it| it["at"].as_str().unwrap()).collect();
    assert_eq!(
        (times[0], times[3]),
        (text(&view, "created_at"), text(&now, "status_since"))
    );
    assert!(times.is_sorted(), "{times:?}");
    let members = steps.iter().map(|it| it.as_object().unwrap().len());
    assert_eq!(members.max(), Some(2), "a status and its time: {steps:?}");
    let officer = account(&app, &olga).await;
    assert!(!view.to_string().contains(&officer), "{view}");
    app.end().await;
}

#[actix::test]
async fn whoever_knows_an_id_hears_whether_me_too_can_still_be_said() {
    let app = TestApp::spawn().await;
    let receipt = app.submit("north", "a hole").await;
    let path = format!("{COMPLAINTS}/{}/support", text(&receipt, "id"));
    let state = async || call(app.api.get(&path)).await.expect(200);
    let at_first = json!({"id": receipt["id"], "supporters": 0, "open": true});
    assert_eq!(state().await, at_first);
    call(app.api.post(&path, &json!({}))).await.expect(200);
    assert_eq!(state().await["supporters"], 1);
    let done = json!({"status": "resolved", "comment": "filled"});
    let olga = app.olga().await;
    patch(&app, &olga, text(&receipt, "id"), "/status", &done)
        .await
        .expect(200);
    assert_eq!(state().await["open"], false);
    for unknown in ["00000000-0000-7000-8000-000000000000", "x"] {
        let path = format!("{COMPLAINTS}/{unknown}/support");
        call(app.api.get(&path)).await.problem(404, "not_found");
    }
    app.end().await;
}

fn text<'a>(view: &'a Value, member: &str) -> &'a str {
    view[member].as_str().unwrap()
}
