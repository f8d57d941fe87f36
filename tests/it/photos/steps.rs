//! A workflow that asks for a photo is content with one that can be looked at.

use serde_json::json;

use super::Case;
use super::body::Body;
use crate::pictures::made;
use crate::support::{TestApp, call};

#[actix::test]
async fn a_step_that_needs_a_photo_can_be_taken_when_there_is_one() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let case = Case::new(&app).await;
    let workflow = json!({"edges": {"reported": {"resolve": {"require": ["photo"]}}}});
    let path = "/api/v1/regions/north/workflow";
    call(app.api.put(path, &workflow).bearer_auth(&admin))
        .await
        .expect(200);
    let path = format!("/api/v1/complaints/{}/status", case.id);
    let body = json!({"action": "resolve", "comment": "done"});
    let resolve = async || call(app.api.patch(&path, &body).bearer_auth(&olga)).await;
    let refused = resolve().await.problem(409, "transition_refused");
    assert!(
        refused["detail"].as_str().unwrap().contains("photo"),
        "{refused}"
    );
    // One that failed shows nothing.
    let whole = made::jpeg(400, 300);
    let half = Body::new().file("p", "p", &whole[..whole.len() / 2]);
    let failed = case.send(&app, half).await.expect(202);
    let failed = case
        .done(&app, failed["items"][0]["id"].as_str().unwrap())
        .await;
    assert_eq!(failed["status"], "failed");
    resolve().await.problem(409, "transition_refused");
    let id = case.send_one(&app).await;
    case.done(&app, &id).await;
    assert_eq!(resolve().await.expect(200)["status"], "resolved");
    app.end().await;
}
