//! What is no photo, or no upload, is refused clearly and leaves nothing.

use std::time::Duration;

use reqwest::Client;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::body::Body;
use super::{Case, files, quarantine_is_empty, until};
use crate::pictures::made;
use crate::support::call::{read_to_end, status_of};
use crate::support::{TestApp, call};

#[actix::test]
async fn what_is_no_accepted_picture_is_refused_by_its_first_bytes() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    for (name, bytes) in [
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(),
        ),
        ("a.jpg", b"<html><script>alert(1)</script></html>".to_vec()),
        ("a.heic", heic),
        ("a.jpg", b"MZ\x90\0".to_vec()),
        ("a.png", vec![0; 100_000]),
    ] {
        let answer = case
            .send(&app, Body::new().file("photo", name, &bytes))
            .await;
        let problem = answer.problem(415, "not_accepted");
        assert!(
            problem["detail"].as_str().unwrap().contains("JPEG"),
            "{problem}"
        );
    }
    let empty = case.send(&app, Body::new().file("photo", "", b"")).await;
    assert!([415, 422].contains(&empty.status), "{empty:?}");
    let cut = &made::png(40, 30)[..20];
    let cut = case
        .send(&app, Body::new().file("photo", "a.png", cut))
        .await;
    cut.problem(422, "unusable_photo");
    // A good one before a bad one goes with it.
    let both = Body::new()
        .file("a", "a.jpg", &made::jpeg(40, 30))
        .file("b", "b", b"text");
    case.send(&app, both).await.problem(415, "not_accepted");
    assert_eq!(case.list(&app).await, Vec::<serde_json::Value>::new());
    quarantine_is_empty(&app).await;
    app.end().await;
}

#[actix::test]
async fn a_photo_that_breaks_further_on_fails_with_the_reason_and_leaves_no_byte() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let case = Case::new(&app).await;
    let whole = made::jpeg(400, 300);
    let half = &whole[..whole.len() / 2];
    let taken = case
        .send(&app, Body::new().file("photo", "a.jpg", half))
        .await
        .expect(202);
    let failed = until(&mut officer, "photo.failed").await;
    let news = &failed["change"]["photo"];
    assert_eq!(news["id"], taken["items"][0]["id"]);
    assert!(
        news["reason"].as_str().unwrap().contains("incomplete"),
        "{news}"
    );
    let photo = case.done(&app, news["id"].as_str().unwrap()).await;
    assert_eq!(
        (&photo["status"], &photo["reason"]),
        (&json!("failed"), &news["reason"])
    );
    assert!(photo.get("links").is_none());
    quarantine_is_empty(&app).await;
    assert!(files(&app.photos()).is_empty());
    assert_eq!(app.metric(r#"photos_total{outcome="failed"}"#).await, 1.0);
    app.end().await;
}

#[actix::test]
async fn what_is_no_upload_is_refused_and_leaves_nothing() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let photo = made::jpeg(40, 30);
    let send = |body: Body| case.send(&app, body);
    let none = send(Body::new().text("kind", "after")).await.faults();
    assert_eq!(none[0].1, "required");
    let kind = send(Body::new().file("a", "a", &photo).text("kind", "selfie")).await;
    assert_eq!(kind.faults()[0].0, "kind");
    let unknown = send(Body::new().file("a", "a", &photo).text("place", "x")).await;
    assert_eq!(
        unknown.faults()[0],
        ("place".into(), "unknown_field".into())
    );
    let long = send(Body::new().text("kind", &"after".repeat(10_000))).await;
    assert_eq!(long.faults()[0].0, "kind");
    let head = format!(
        "Content-Disposition: form-data; name=\"a\"; filename=\"{}\"\r\n",
        "x".repeat(100_000)
    );
    send(Body::new().part(&head, &photo))
        .await
        .refused("a head without an end");
    let nameless = Body::new().part("Content-Type: image/jpeg\r\n", &photo);
    send(nameless).await.refused("a part without a name");
    let token = ("X-Tracking-Token", &case.token);
    let url = app.api.url(&case.path());
    let json = Client::new()
        .post(&url)
        .header(token.0, token.1)
        .json(&json!({}));
    call(json).await.problem(415, "wrong_media_type");
    let (kind, bytes) = Body::new().file("a", "a", &photo).broken_off();
    let cut = Client::new().post(&url).header(token.0, token.1);
    let cut = call(cut.header("Content-Type", kind).body(bytes)).await;
    cut.problem(400, "malformed");
    let query = Client::new()
        .post(format!("{url}?kind=selfie"))
        .header(token.0, token.1);
    assert_eq!(call(query).await.faults()[0].0, "kind");
    assert!(case.list(&app).await.is_empty());
    quarantine_is_empty(&app).await;
    app.end().await;
}

#[actix::test]
async fn an_upload_that_stands_still_or_breaks_off_leaves_nothing() {
    let app = TestApp::with(&["--body-deadline", "0.3"]).await;
    let case = Case::new(&app).await;
    let mut noise = made::jpeg(40, 30);
    noise.resize(200_000, 7);
    let (kind, bytes) = Body::new().file("a", "a.jpg", &noise).end();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Tracking-Token: {}\r\n\
         Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        case.path(),
        case.token,
        bytes.len()
    );
    for stands_still in [true, false] {
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&bytes[..100_000]).await.unwrap();
        if stands_still {
            let answer = read_to_end(stream).await;
            assert_eq!(status_of(&answer), 408, "{answer}");
        } else {
            tokio::time::timeout(Duration::from_secs(5), stream.shutdown())
                .await
                .unwrap()
                .unwrap();
            read_to_end(stream).await;
        }
        quarantine_is_empty(&app).await;
    }
    assert!(case.list(&app).await.is_empty());
    app.end().await;
}
