//! Duplicates and supporters.

use serde_json::{Value, json};

use super::{COMPLAINTS, patch, post, read, submitted};
use crate::support::{Answer, TestApp, call};

async fn support(app: &TestApp, id: &str, key: &str, user: &str) -> Answer {
    let path = format!("{COMPLAINTS}/{id}/support");
    let request = app.api.post(&path, &json!({"reporter": user}));
    call(request.header("X-API-Key", key)).await
}

#[actix::test]
async fn a_duplicate_is_closed_and_its_people_count_for_the_other() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let (first, second) = (
        submitted(&app, "north").await,
        submitted(&app, "harbour").await,
    );
    let key = app.demo.api_key.clone();
    for user in ["a", "b", "a"] {
        support(&app, &second, &key, user).await.expect(200);
    }
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let body = json!({"into": first, "comment": "the same hole"});
    let now = post(&app, &olga, &second, "/merge", &body)
        .await
        .expect(200);
    assert_eq!(
        (&now["status"], &now["duplicate_of"]),
        (&json!("closed"), &json!(first))
    );
    let event = officer.event().await;
    assert_eq!(event["change"]["supporters"], json!({"from": 0, "to": 3}));
    assert_eq!(event["change"]["duplicate"], json!(second));
    assert_eq!(read(&app, &olga, &first).await["supporters"], 3);
    // No chains, no rings, nothing into itself or nothing.
    let third = submitted(&app, "north").await;
    for (id, into) in [(&third, &second), (&third, &third)] {
        let answer = post(&app, &olga, id, "/merge", &json!({"into": into})).await;
        answer.problem(409, "cannot_merge");
    }
    for into in ["x", "00000000-0000-0000-0000-000000000000"] {
        let answer = post(&app, &olga, &third, "/merge", &json!({"into": into})).await;
        assert_eq!(answer.faults()[0].0, "into");
    }
    let again = post(&app, &olga, &second, "/merge", &json!({"into": first})).await;
    again.problem(409, "not_open");
    app.complaint_gauges_are_right().await;
    app.end().await;
}

#[actix::test]
async fn each_person_supports_once_however_they_come() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app, "north").await;
    let key = app.demo.api_key.clone();
    for (user, count) in [("a", 1), ("a", 1), ("b", 2)] {
        let answer = support(&app, &id, &key, user).await.expect(200);
        assert_eq!(answer["supporters"], count);
    }
    let path = format!("{COMPLAINTS}/{id}/support");
    for count in [3, 3] {
        let anonymous = call(app.api.post(&path, &json!({}))).await.expect(200);
        assert_eq!(anonymous, json!({"id": id, "supporters": count}));
    }
    let staff = post(&app, &olga, &id, "/support", &json!({}))
        .await
        .expect(200);
    assert_eq!(staff["supporters"], 4);
    let nameless = call(app.api.post(&path, &json!({})).header("X-API-Key", &key)).await;
    assert_eq!(nameless.faults()[0].0, "reporter");
    let now = read(&app, &olga, &id).await;
    assert_eq!(
        (&now["version"], &now["supporters"]),
        (&json!(1), &json!(4))
    );
    let done = json!({"status": "resolved", "comment": "filled"});
    patch(&app, &olga, &id, "/status", &done).await.expect(200);
    let late = call(app.api.post(&path, &json!({"reporter": null}))).await;
    assert_eq!(
        late.status, 200,
        "who counted before is told so: {}",
        late.text
    );
    let late = support(&app, &id, &key, "c").await.problem(409, "not_open");
    assert_eq!(late.get("current"), None::<&Value>);
    app.end().await;
}
