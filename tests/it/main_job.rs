//! The main job: a complaint that is submitted is stored and reaches the region's officers live.

use reqwest::StatusCode;

use crate::support::TestApp;

#[actix::test]
async fn a_complaint_reaches_the_officers_of_its_region_and_no_other() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let mut north = app.officer(&olga).await;
    north.join("north", None).await;
    let mut old_town = app.officer(&otto).await;
    old_town.join("old-town", None).await;

    let receipt = app.submit("north", "a deep hole").await;
    let event = north.event().await;
    assert_eq!(event["kind"], "complaint.created");
    assert_eq!(event["seq"], 1);
    assert_eq!(event["complaint"]["id"], receipt["id"]);

    let id = receipt["id"].as_str().unwrap();
    let answer = app.api.set_status(&olga, id, "acknowledged").await;
    assert_eq!(answer.status(), StatusCode::OK);
    let event = north.event().await;
    assert_eq!(
        (&event["seq"], &event["kind"]),
        (&2.into(), &"complaint.status_changed".into())
    );
    assert_eq!(event["change"]["status"]["from"], "reported");

    app.submit("old-town", "another").await;
    assert_eq!(old_town.event().await["region"], "old-town");
    app.end().await;
}
