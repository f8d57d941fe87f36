//! An upload is told at once and again when it is ready; its pictures are served bare, whole and in parts.

use serde_json::json;

use super::body::Body;
use super::{Case, files, quarantine_is_empty, until};
use crate::pictures::made;
use crate::support::{TestApp, call};

#[actix::test]
async fn an_officer_sees_a_photo_come_and_become_ready_and_opens_it() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let case = Case::new(&app).await;
    let body = Body::new().text("kind", "before").file(
        "whatever",
        "../../etc/passwd",
        &made::jpeg(400, 300),
    );
    let taken = case.send(&app, body).await.expect(202);
    let photo = &taken["items"][0];
    assert_eq!(
        (&photo["status"], &photo["kind"]),
        (&json!("pending"), &json!("before"))
    );
    assert!(photo.get("links").is_none(), "{photo}");
    let added = until(&mut officer, "photo.added").await;
    assert_eq!(added["by"], json!({"kind": "resident"}));
    assert_eq!(added["change"]["photo"]["id"], photo["id"]);
    assert_eq!(added["change"]["photo"]["status"], "pending");
    let ready = until(&mut officer, "photo.ready").await;
    assert_eq!(
        ready["seq"].as_i64(),
        added["seq"].as_i64().map(|seq| seq + 1)
    );
    let news = &ready["change"]["photo"];
    assert_eq!(
        (&news["width"], &news["height"]),
        (&json!(400), &json!(300))
    );
    assert!(!news["placeholder"].as_str().unwrap().is_empty());
    assert_eq!(
        ready["complaint"]["version"], 1,
        "nobody's version is stale"
    );

    let path = format!("{}/{}", case.path(), photo["id"].as_str().unwrap());
    let seen = call(app.api.get(&path).bearer_auth(&olga))
        .await
        .expect(200);
    assert_eq!(seen["status"], "ready");
    for picture in ["original", "preview", "thumbnail"] {
        let link = seen["links"][picture].as_str().unwrap();
        let answer = reqwest::get(link).await.unwrap();
        assert_eq!(answer.status(), 200, "{link}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "image/jpeg");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("cache-control").ends_with("immutable"));
        let name = header("content-disposition");
        assert!(
            name.starts_with("inline") && !name.contains("passwd"),
            "{name}"
        );
        let bytes = answer.bytes().await.unwrap();
        assert_eq!(bytes[..3], [0xff, 0xd8, 0xff], "a JPEG");
    }
    quarantine_is_empty(&app).await;
    assert_eq!(
        files(&app.photos()).len(),
        3,
        "three pictures and nothing else"
    );
    assert_eq!(app.metric(r#"photos_total{outcome="ready"}"#).await, 1.0);
    app.end().await;
}

#[actix::test]
async fn a_picture_is_served_in_parts_and_only_when_it_is_not_known() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let id = case.send_one(&app).await;
    let photo = case.done(&app, &id).await;
    assert_eq!(photo["status"], "ready", "{photo}");
    let link = photo["links"]["preview"].as_str().unwrap();
    let client = reqwest::Client::new();
    let whole = client.get(link).send().await.unwrap();
    let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
    let whole = whole.bytes().await.unwrap();
    let part = client.get(link).header("Range", "bytes=2-9");
    let part = part.header("If-Range", &etag).send().await.unwrap();
    assert_eq!(part.status(), 206);
    let range = part.headers()["content-range"].to_str().unwrap().to_owned();
    assert_eq!(range, format!("bytes 2-9/{}", whole.len()));
    assert_eq!(part.bytes().await.unwrap(), whole[2..10]);
    let last = client.get(link).header("Range", "bytes=-5");
    let last = last.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(last, whole[whole.len() - 5..]);
    let other = client.get(link).header("Range", "bytes=2-9");
    let other = other
        .header("If-Range", "\"another\"")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 200, "the part would be of something else");
    let behind = client.get(link).header("Range", "bytes=99999999-");
    call(behind).await.problem(416, "no_such_bytes");
    let known = client.get(link).header("If-None-Match", &etag);
    let known = known.send().await.unwrap();
    assert_eq!(known.status(), 304);
    assert_eq!(known.headers()["etag"].to_str().unwrap(), etag);
    assert!(known.bytes().await.unwrap().is_empty());
    app.end().await;
}

#[actix::test]
async fn the_reporter_sees_photos_with_the_public_view_and_links_are_no_news() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let id = case.send_one(&app).await;
    case.done(&app, &id).await;
    let public = call(app.api.get(&format!("/api/v1/tracking/{}", case.token))).await;
    let public = public.expect(200);
    let photo = &public["photos"][0];
    assert_eq!(
        (&photo["id"], &photo["by"]),
        (&json!(id), &json!("resident"))
    );
    assert!(photo.get("account").is_none());
    assert_eq!(
        reqwest::get(photo["links"]["thumbnail"].as_str().unwrap())
            .await
            .unwrap()
            .status(),
        200
    );
    app.end().await;
}

#[actix::test]
async fn ten_photos_of_every_format_come_in_one_body() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let mut body = Body::new();
    for number in 0..5 {
        let part = format!("p{number}");
        body =
            body.file(&part, "a.jpg", &made::jpeg(40, 30))
                .file(&part, "b.txt", &made::png(40, 30));
    }
    let key = &app.demo.api_key;
    let sending = case.sending(&app, body.text("kind", "after"));
    let taken = call(sending.header("X-API-Key", key)).await.expect(202);
    let items = taken["items"].as_array().unwrap();
    assert_eq!(items.len(), 10);
    for item in items {
        assert_eq!(
            (&item["kind"], &item["by"]),
            (&json!("after"), &json!("api_key"))
        );
        let done = case.done(&app, item["id"].as_str().unwrap()).await;
        assert_eq!(done["status"], "ready", "{done}");
    }
    app.end().await;
}
