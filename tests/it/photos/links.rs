//! Signed links: good for one picture until their time is over, and void when anything is changed.

use super::Case;
use crate::support::{TestApp, call, eventually};

#[actix::test]
async fn a_link_opens_one_picture_and_no_other() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let (id, other) = (case.send_one(&app).await, case.send_one(&app).await);
    let photo = case.done(&app, &id).await;
    case.done(&app, &other).await;
    let link = photo["links"]["thumbnail"].as_str().unwrap();
    let client = reqwest::Client::new();
    let (rest, signature) = link.split_once("&signature=").unwrap();
    let (path, expires) = rest.split_once("?expires=").unwrap();
    let later = expires.parse::<i64>().unwrap() + 1;
    for forged in [
        link.replace("thumbnail", "original"),
        link.replace(&id, &other),
        format!("{path}?expires={later}&signature={signature}"),
        format!("{rest}&signature=AAAAAAAAAAAAAAAAAAAAAA"),
        format!("{rest}&signature="),
    ] {
        call(client.get(&forged)).await.problem(403, "forbidden");
    }
    for half in [rest.to_owned(), format!("{path}?signature={signature}")] {
        call(client.get(&half)).await.problem(400, "malformed");
    }
    call(client.get(path)).await.problem(401, "unauthorized");
    assert_eq!(call(client.get(link)).await.status, 200);
    app.end().await;
}

#[actix::test]
async fn a_link_expires() {
    let app = TestApp::with(&["--photo-link-ttl", "2"]).await;
    let case = Case::new(&app).await;
    let id = case.send_one(&app).await;
    let photo = case.done(&app, &id).await;
    let link = photo["links"]["preview"].as_str().unwrap();
    let client = reqwest::Client::new();
    assert_eq!(call(client.get(link)).await.status, 200);
    let expired = eventually("the link expires", async || {
        let answer = call(client.get(link)).await;
        (answer.status != 200).then_some(answer)
    });
    expired.await.problem(403, "link_expired");
    let again = case.photo(&app, &id).await.expect(200);
    let link = again["links"]["preview"].as_str().unwrap();
    assert_eq!(call(client.get(link)).await.status, 200);
    app.end().await;
}
