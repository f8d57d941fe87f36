//! Where and when a photo was taken: used when whoever sends it says so, and for what is missing only.

use serde_json::{Value, json};

use super::body::Body;
use super::{Case, until};
use crate::pictures::block::{Block, Entry};
use crate::pictures::made::{jpeg, with_segments};
use crate::support::{TestApp, call};

/// A photo that says it was taken at these whole minutes of arc, in November 2026.
fn taken_at(latitude: u32, longitude: u32) -> Vec<u8> {
    let mut block = Block::new(true);
    let angle = |block: &Block, tag, minutes: u32| -> Entry {
        block.angle(tag, [(minutes / 60, 1), (minutes % 60, 1), (0, 1)])
    };
    block.camera = vec![block.text(0x9003, "2026:11:25 08:30:15")];
    block.place = vec![
        block.text(1, "N"),
        angle(&block, 2, latitude),
        block.text(3, "E"),
        angle(&block, 4, longitude),
    ];
    with_segments(&jpeg(64, 48), &[(0xE1, block.for_jpeg())])
}

/// 54.1333 north, 7.6 east: in `north`.
fn in_north() -> Vec<u8> {
    taken_at(54 * 60 + 8, 7 * 60 + 36)
}

fn wanting(photo: &[u8]) -> Body {
    let body = Body::new().text("use_photo_location", "true");
    body.file("photo", "a.jpg", photo)
}

/// Sends a body and returns the photo when it is done, and its complaint as staff see it then.
async fn after(app: &TestApp, case: &Case, body: Body) -> (Value, Value) {
    let answer = case.send(app, body).await.expect(202);
    let photo = case
        .done(app, answer["items"][0]["id"].as_str().unwrap())
        .await;
    assert_eq!(photo["status"], "ready");
    let path = format!("/api/v1/complaints/{}", case.id);
    let seen = call(app.api.get(&path).bearer_auth(app.olga().await)).await;
    (photo, seen.expect(200))
}

#[actix::test]
async fn a_complaint_without_a_point_gets_it_from_its_photo_and_officers_hear_it() {
    let mut app = TestApp::spawn().await;
    let mut officer = app.officer(&app.olga().await).await;
    officer.join("north", None).await;
    let case = Case::new(&app).await;
    let (photo, complaint) = after(&app, &case, wanting(&in_north())).await;
    assert_eq!(photo["taken_at"], "2026-11-25T08:30:15");
    let latitude = complaint["latitude"].as_f64().unwrap();
    assert!((latitude - (54.0 + 8.0 / 60.0)).abs() < 1e-9, "{complaint}");
    assert_eq!(complaint["longitude"], 7.6);
    assert_eq!(complaint["address"], "Quay 1", "what was told stays");
    assert_eq!(complaint["version"], 2);

    let updated = until(&mut officer, "complaint.updated").await;
    assert_eq!(updated["by"], json!({"kind": "system"}));
    assert_eq!(updated["change"]["place"]["to"]["longitude"], 7.6);
    let ready = until(&mut officer, "photo.ready").await;
    let next = updated["seq"].as_i64().map(|seq| seq + 1);
    assert_eq!(ready["seq"].as_i64(), next);
    assert_eq!(ready["complaint"]["longitude"], 7.6);
    assert_eq!(ready["change"]["photo"]["taken_at"], "2026-11-25T08:30:15");

    // A second photo, taken elsewhere, moves nothing.
    let elsewhere = wanting(&taken_at(54 * 60 + 7, 7 * 60 + 37));
    let (_, complaint) = after(&app, &case, elsewhere).await;
    assert_eq!(
        (&complaint["longitude"], &complaint["version"]),
        (&json!(7.6), &json!(2))
    );
    app.stop().await;
}

#[actix::test]
async fn nothing_is_used_that_was_not_asked_for_or_cannot_be() {
    let mut app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let silent = Body::new().file("photo", "a.jpg", &in_north());
    let (photo, complaint) = after(&app, &case, silent).await;
    assert!(photo.get("taken_at").is_none(), "{photo}");
    assert!(complaint["latitude"].is_null(), "{complaint}");

    let no = Body::new().text("use_photo_location", "false");
    let no = no.file("photo", "a.jpg", &in_north());
    let (_, complaint) = after(&app, &case, no).await;
    assert!(complaint["latitude"].is_null(), "{complaint}");

    // In another region, and in none.
    for (latitude, longitude) in [(54 * 60 + 6, 7 * 60 + 35), (12 * 60, 12 * 60)] {
        let photo = wanting(&taken_at(latitude, longitude));
        let (photo, complaint) = after(&app, &case, photo).await;
        assert_eq!(photo["taken_at"], "2026-11-25T08:30:15");
        assert!(complaint["latitude"].is_null(), "{complaint}");
    }

    // No place in the file.
    let (photo, complaint) = after(&app, &case, wanting(&jpeg(64, 48))).await;
    assert!(photo.get("taken_at").is_none(), "{photo}");
    assert!(complaint["latitude"].is_null(), "{complaint}");

    let wrong = Body::new().text("use_photo_location", "perhaps");
    let wrong = wrong.file("photo", "a.jpg", &in_north());
    let refused = case.send(&app, wrong).await.expect(422);
    assert_eq!(refused["errors"][0]["field"], "use_photo_location");
    app.stop().await;
}
