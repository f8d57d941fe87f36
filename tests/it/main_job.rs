//! The main job: a complaint that is submitted is stored and reaches the region's officers live.

use reqwest::StatusCode;

use crate::support::{TestApp, eventually};

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

#[actix::test]
async fn regions_of_several_lanes_are_told_and_summed_up() {
    let app = TestApp::with(&["--commit-lanes", "2"]).await;
    let mut admin = app.officer(&app.admin().await).await;
    // North is on the first lane, beside the registry's front and the sum of counts; old-town is not.
    for region in ["north", "old-town"] {
        admin.join(region, None).await;
        let receipt = app.submit(region, "a deep hole").await;
        let event = admin.event().await;
        assert_eq!(event["region"], region);
        assert_eq!(event["complaint"]["id"], receipt["id"]);
    }
    eventually("both are counted", async || {
        let reported = app
            .metric(r#"active_complaints_total{status="reported"}"#)
            .await;
        (reported == 2.0).then_some(())
    })
    .await;
    for lane in ["0", "1"] {
        let queue = format!(r#"desk_queue_length{{lane="{lane}"}}"#);
        assert_eq!(app.metric(&queue).await, 0.0);
    }
    app.end().await;
}
