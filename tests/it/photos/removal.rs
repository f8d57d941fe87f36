//! A photo that is removed is gone: its row, its bytes, its links, and the officers hear of it.

use serde_json::json;

use super::body::Body;
use super::{Case, files, until};
use crate::pictures::made;
use crate::support::{TestApp, call};

#[actix::test]
async fn a_removed_photo_is_gone_and_told() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let case = Case::new(&app).await;
    let id = case.send_one(&app).await;
    let photo = case.done(&app, &id).await;
    let link = photo["links"]["original"].as_str().unwrap().to_owned();
    let path = format!("{}/{id}", case.path());
    let removed = call(app.api.delete(&path).bearer_auth(&olga)).await;
    assert_eq!((removed.status, removed.text.as_str()), (204, ""));
    let told = until(&mut officer, "photo.removed").await;
    assert_eq!(
        told["change"]["photo"],
        json!({"id": id, "kind": "evidence"})
    );
    call(reqwest::Client::new().get(&link))
        .await
        .problem(404, "not_found");
    case.photo(&app, &id).await.problem(404, "not_found");
    assert!(files(&app.photos()).is_empty());
    let again = call(app.api.delete(&path).bearer_auth(&olga)).await;
    again.problem(404, "not_found");
    app.end().await;
}

#[actix::test]
async fn a_reporter_removes_what_they_sent_and_nothing_else() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let case = Case::new(&app).await;
    let own = case.send_one(&app).await;
    let body = Body::new().file("p", "p", &made::jpeg(16, 16));
    let theirs = call(case.sending(&app, body).bearer_auth(&olga))
        .await
        .expect(202);
    let theirs = theirs["items"][0]["id"].as_str().unwrap();
    let remove = |id: &str| app.api.delete(&format!("{}/{id}", case.path()));
    let by_token = |id: &str| remove(id).header("X-Tracking-Token", &case.token);
    call(by_token(theirs)).await.problem(403, "forbidden");
    let by_key = remove(&own).header("X-API-Key", &app.demo.api_key);
    call(by_key).await.problem(403, "forbidden");
    assert_eq!(call(by_token(&own)).await.status, 204);
    assert_eq!(case.list(&app).await.len(), 1);
    app.end().await;
}
