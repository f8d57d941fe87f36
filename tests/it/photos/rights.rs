//! Who may send, see and remove photos: as the complaint, and nobody else.

use reqwest::RequestBuilder;
use serde_json::json;

use super::Case;
use super::body::Body;
use crate::pictures::made;
use crate::support::{TestApp, call};

#[actix::test]
async fn only_those_who_may_send_and_see() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let case = Case::new(&app).await;
    let other = Case::new(&app).await;
    let foreign = foreign_key(&app, &admin).await;
    let id = case.send_one(&app).await;
    case.done(&app, &id).await;
    let body = || Body::new().file("p", "p", &made::jpeg(16, 16));
    let picture = format!("/api/v1/photos/{id}/thumbnail");
    let requests = || {
        [
            case.sending(&app, body()),
            app.api.get(&case.path()),
            app.api.get(&format!("{}/{id}", case.path())),
            app.api.get(&picture),
            app.api.delete(&format!("{}/{id}", case.path())),
        ]
    };
    let refused = async |status: u16, with: &dyn Fn(RequestBuilder) -> RequestBuilder| {
        for request in requests() {
            let answer = call(with(request)).await;
            assert_eq!(answer.status, status, "{answer:?}");
        }
    };
    refused(401, &|request| request).await;
    refused(403, &|request| request.bearer_auth(&otto)).await;
    refused(403, &|request| request.header("X-API-Key", &foreign)).await;
    refused(401, &|request| {
        request.header("X-Tracking-Token", &other.token)
    })
    .await;
    refused(401, &|request| {
        request.header("X-Tracking-Token", "nonsense")
    })
    .await;
    for token in [&olga, &admin] {
        let [send, list, one, picture, _] = requests();
        call(send.bearer_auth(token)).await.expect(202);
        let list = call(list.bearer_auth(token)).await.expect(200);
        assert!(
            list["items"][1]["account"].is_string(),
            "staff see who sent it"
        );
        call(one.bearer_auth(token)).await.expect(200);
        let picture = call(picture.bearer_auth(token)).await;
        assert_eq!(picture.status, 200);
        assert_eq!(picture.header("cache-control"), "private, no-cache");
    }
    let [_, list, ..] = requests();
    let list = call(list.header("X-API-Key", &app.demo.api_key))
        .await
        .expect(200);
    assert_eq!(list["items"][1].get("account"), None);
    app.end().await;
}

/// A key that submits to another region.
async fn foreign_key(app: &TestApp, admin: &str) -> String {
    let body = json!({"name": "other", "scopes": ["submit", "read"], "regions": ["harbour"]});
    let made = call(
        app.api
            .post("/api/v1/admin/api-keys", &body)
            .bearer_auth(admin),
    )
    .await;
    let made = made.expect(201);
    made["key"].as_str().unwrap().to_owned()
}

#[actix::test]
async fn what_is_not_there_is_not_found() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let (case, other) = (Case::new(&app).await, Case::new(&app).await);
    let id = case.send_one(&app).await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    for path in [
        format!("{}/{nobody}", case.path()),
        format!("{}/x", case.path()),
        format!("{}/{id}", other.path()),
        format!("/api/v1/photos/{nobody}/preview"),
        format!("/api/v1/photos/{id}/negative"),
        "/api/v1/photos/x/preview".to_owned(),
        format!("/api/v1/complaints/{nobody}/photos"),
    ] {
        let answer = call(app.api.get(&path).bearer_auth(&olga)).await;
        answer.problem(404, "not_found");
    }
    let body = Body::new().file("p", "p", &made::jpeg(16, 16));
    let nowhere = Case {
        id: nobody.to_owned(),
        token: String::new(),
    };
    let sent = call(nowhere.sending(&app, body).bearer_auth(&olga)).await;
    sent.problem(404, "not_found");
    app.end().await;
}
