//! The bytes of erased photos go, however often it takes.

use std::fs;
use std::path::Path;

use redress::domain::erasure::Mode;
use serde_json::Value;
use uuid::Uuid;

use super::{age, blobs_are_removed, count, enter, erase, erased, submitted};
use crate::photos::body::Body;
use crate::pictures::made;
use crate::support::{TestApp, call, eventually};

/// Every file below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let below = entries.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path) } else { 1 }
    });
    below.sum()
}

/// Sends a photo to a complaint by staff; its answer.
async fn send(app: &TestApp, admin: &str, id: Uuid) -> Value {
    let (kind, bytes) = Body::new().file("p", "p", &made::jpeg(64, 48)).end();
    let url = app.api.url(&format!("/api/v1/complaints/{id}/photos"));
    let request = reqwest::Client::new().post(url).bearer_auth(admin);
    call(request.header("Content-Type", kind).body(bytes))
        .await
        .expect(202)
}

/// A rejected complaint with a photo that is ready.
async fn with_photo(app: &TestApp, admin: &str) -> (Uuid, Value) {
    let id = submitted(app, "north").await;
    send(app, admin, id).await;
    let photo = eventually("the photo is ready", async || {
        let request = app.api.get(&format!("/api/v1/complaints/{id}/photos"));
        let list = call(request.bearer_auth(admin)).await.expect(200);
        let photo = list["items"][0].clone();
        (photo["status"] == "ready").then_some(photo)
    })
    .await;
    eventually("nothing is left in quarantine", async || {
        (files(&app.photos().join("quarantine")) == 0).then_some(())
    })
    .await;
    enter(app, admin, id, "rejected").await;
    age(&app.database().connect().await, id).await;
    (id, photo)
}

#[actix::test]
async fn no_blob_is_left_of_what_is_erased_or_anonymised() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    for mode in [Mode::Erase, Mode::Anonymise] {
        let (id, photo) = with_photo(&app, &admin).await;
        assert_eq!(files(&app.photos()), 3);
        erased(&erase(app.application(), "north", &[id], mode).await);
        // The row is gone with the commit, the bytes soon behind it.
        let link = photo["links"]["original"].as_str().unwrap();
        call(reqwest::Client::new().get(link))
            .await
            .problem(404, "not_found");
        blobs_are_removed(&client).await;
        assert_eq!(files(&app.photos()), 0, "{mode:?}");
    }
    let stones = "SELECT count(*) FROM tombstones WHERE photos = 1 AND bytes > 0";
    assert_eq!(count(&client, stones).await, 2);
    eventually("the metric says so", async || {
        let removed = app.metric("blob_removals_total{outcome=\"removed\"}").await;
        let pending = app.metric("blobs_pending_removal").await;
        (removed == 2.0 && pending == 0.0).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn a_store_that_does_not_delete_is_asked_again() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, photo) = with_photo(&app, &admin).await;
    // A folder in the place of a file cannot be removed as one.
    let photo = photo["id"].as_str().unwrap();
    let sent = app.photos().join("quarantine").join(photo);
    fs::create_dir_all(sent.join("in the way")).unwrap();
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    eventually("it fails", async || {
        let failed = app.metric("blob_removals_total{outcome=\"failed\"}").await;
        (failed >= 1.0).then_some(())
    })
    .await;
    assert_eq!(
        count(&client, "SELECT count(*) FROM blob_removals").await,
        1
    );
    fs::remove_dir_all(&sent).unwrap();
    // Not before its pause is over, which the test does not wait for.
    let due = "UPDATE blob_removals SET due_at = now()";
    client.execute(due, &[]).await.unwrap();
    blobs_are_removed(&client).await;
    assert_eq!(files(&app.photos()), 0);
    app.end().await;
}

#[actix::test]
async fn a_photo_that_is_being_made_into_pictures_is_removed_once_more_later() {
    let app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, _) = with_photo(&app, &admin).await;
    let pending = "UPDATE photos SET status = 'pending', leased_until = now() + interval '1 hour'";
    client.execute(pending, &[]).await.unwrap();
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    eventually("it is removed for the first time", async || {
        let waits = "SELECT count(*) FROM blob_removals WHERE again_at IS NULL AND due_at > now() + interval '9 minutes'";
        (count(&client, waits).await == 1).then_some(())
    })
    .await;
    assert_eq!(files(&app.photos()), 0);
    client
        .execute("UPDATE blob_removals SET due_at = now()", &[])
        .await
        .unwrap();
    blobs_are_removed(&client).await;
    app.end().await;
}

#[actix::test]
async fn a_remover_that_panics_goes_on() {
    let mut app = TestApp::spawn().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let (id, _) = with_photo(&app, &admin).await;
    app.provoke("blob_remover/look", "1*panic->off");
    eventually("the panic", async || {
        (app.restarts_of("blob_remover").await == 1).then_some(())
    })
    .await;
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    blobs_are_removed(&client).await;
    assert_eq!(files(&app.photos()), 0);
    app.expect_restarts(1);
    app.end().await;
}
