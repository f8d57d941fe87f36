//! A photo that was taken is finished exactly once, whatever ends meanwhile.

use serde_json::Value;

use super::Case;
use super::body::Body;
use crate::pictures::made;
use crate::support::process::{ServerProcess, free_address};
use crate::support::world::World;
use crate::support::{Api, TestApp, call, eventually};

/// The events of a photo as they are stored, by kind.
async fn events(client: &tokio_postgres::Client) -> Vec<String> {
    let events = "SELECT kind FROM redress.events WHERE kind LIKE 'photo.%' ORDER BY seq";
    let rows = client.query(events, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[actix::test]
async fn a_node_that_is_killed_in_the_middle_leaves_the_photo_to_the_next() {
    for point in ["photo_added", "photo_pictures_kept", "photo_finished"] {
        let world = World::create(1).await;
        let folder = tempfile::tempdir().unwrap();
        let flags = ["--photo-store", folder.path().to_str().unwrap()];
        let (address, log) = (free_address(), world.log(point));
        let points = format!("kill/{point}=return");
        let mut server = ServerProcess::spawn(world.database.url(), address, &flags, &points, &log);
        assert!(server.is_ready().await);
        let api = Api::at(&format!("http://{address}"));
        let (id, token) = submit(&api, &world).await;
        let path = format!("/api/v1/complaints/{id}/photos");
        let (kind, bytes) = Body::new().file("p", "p", &made::jpeg(64, 48)).end();
        let sending = reqwest::Client::new().post(api.url(&path));
        let sending = sending.header("X-Tracking-Token", &token);
        // Killed at the first point it has no answer any more.
        let sent = sending
            .header("Content-Type", kind)
            .body(bytes)
            .send()
            .await;
        assert!(sent.is_err() || sent.unwrap().status() == 202);
        eventually("the server is killed", async || {
            server.has_ended().then_some(())
        })
        .await;
        drop(server);
        let server = ServerProcess::start(&world.database, address, &flags, &log).await;
        let photo = eventually("the photo is finished", async || {
            let request = api.get(&path).header("X-Tracking-Token", &token);
            let list = call(request).await.expect(200);
            let photo = list["items"][0].clone();
            (photo["status"] == "ready").then_some(photo)
        })
        .await;
        let link = photo["links"]["thumbnail"].as_str().unwrap();
        assert_eq!(reqwest::get(link).await.unwrap().status(), 200);
        let client = world.database.connect().await;
        assert_eq!(
            events(&client).await,
            ["photo.added", "photo.ready"],
            "{point}"
        );
        drop(client);
        assert!(server.terminate().await);
        world.database.remove().await;
    }
}

async fn submit(api: &Api, world: &World) -> (String, String) {
    let body = serde_json::json!({"category": "pothole", "region": "r00", "address": "Quay 1",
        "description": "a hole"});
    let request = api.post("/api/v1/complaints", &body);
    let receipt = call(request.header("X-API-Key", &world.demo.api_key)).await;
    let receipt = receipt.expect(201);
    let text = |member: &str| -> String {
        let value: &Value = &receipt[member];
        value.as_str().unwrap().to_owned()
    };
    (text("id"), text("tracking_token"))
}

/// A photo is finished although the thumbnailer panics at these points.
async fn finished_in_spite_of(points: &[&str], restarts: u64) {
    let mut app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    for point in points {
        app.provoke(point, "1*panic->off");
    }
    let id = case.send_one(&app).await;
    assert_eq!(case.done(&app, &id).await["status"], "ready");
    eventually("it was started again", async || {
        (app.restarts_of("thumbnailer").await == restarts).then_some(())
    })
    .await;
    app.expect_restarts(restarts);
    app.end().await;
}

#[actix::test]
async fn a_thumbnailer_that_panics_with_a_photo_takes_it_up_again() {
    finished_in_spite_of(&["thumbnailer/work"], 1).await;
}

#[actix::test]
async fn a_thumbnailer_that_panics_with_a_message_or_while_starting_starts_again() {
    finished_in_spite_of(&["thumbnailer/handle", "thumbnailer/started"], 2).await;
}

#[actix::test]
async fn a_thumbnailer_that_panics_when_it_looks_looks_again() {
    finished_in_spite_of(&["thumbnailer/look"], 1).await;
}

/// Who handed the photo in hears of no end, and the photo is counted as what it has become.
#[actix::test]
async fn a_photo_whose_desk_panics_at_its_end_is_counted_once() {
    let mut app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    app.provoke("thumbnailer/work", "return");
    let id = case.send_one(&app).await;
    app.provoke("region_desk/committed", "1*panic->off");
    app.provoke("thumbnailer/work", "off");
    assert_eq!(case.done(&app, &id).await["status"], "ready");
    eventually("the desk was started again", async || {
        (app.restarts_of("region_desk").await == 1).then_some(())
    })
    .await;
    app.expect_restarts(1);
    assert_eq!(app.metric(r#"photos_total{outcome="ready"}"#).await, 1.0);
    app.end().await;
}

#[actix::test]
async fn two_nodes_finish_each_photo_once() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let case = Case::new(&app).await;
    let body = (0..10).fold(Body::new(), |body, _| {
        body.file("p", "p", &made::jpeg(64, 48))
    });
    let taken = case.send(&app, body).await.expect(202);
    for photo in taken["items"].as_array().unwrap() {
        let done = case.done(&app, photo["id"].as_str().unwrap()).await;
        assert_eq!(done["status"], "ready");
    }
    let client = app.database().connect().await;
    let events = events(&client).await;
    let ready = events.iter().filter(|kind| *kind == "photo.ready").count();
    assert_eq!((events.len(), ready), (20, 10));
    drop(client);
    other.stop().await;
    app.end().await;
}

/// What lies in an S3-compatible store can be overwritten until its address expires.
#[actix::test]
async fn what_grows_between_upload_and_work_is_not_read_into_memory_and_fails() {
    let mut app = TestApp::with(&["--photo-limit", "200000"]).await;
    let case = Case::new(&app).await;
    app.provoke("thumbnailer/work", "return");
    let id = case.send_one(&app).await;
    let sent = app.photos().join("quarantine").join(&id);
    let mut larger = made::jpeg(64, 48);
    larger.resize(200_001, 0);
    std::fs::write(sent, larger).unwrap();
    app.provoke("thumbnailer/work", "off");
    let photo = case.done(&app, &id).await;
    assert_eq!(photo["status"], "failed");
    let reason = photo["reason"].as_str().unwrap();
    assert!(
        reason.contains("200001") && reason.contains("200000"),
        "{reason}"
    );
    super::quarantine_is_empty(&app).await;
    app.stop().await;
}
