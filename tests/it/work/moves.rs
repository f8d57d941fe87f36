//! Complaints that go from region to region.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{kinds, patch, post, read, submitted};
use crate::support::{TestApp, eventually};

#[actix::test]
async fn a_move_is_one_event_in_each_region_and_the_counts_follow() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let id = submitted(&app, "north").await;
    patch(&app, &olga, &id, "/assignee", &json!({"assignee": "me"}))
        .await
        .expect(200);
    patch(
        &app,
        &olga,
        &id,
        "/status",
        &json!({"status": "in_progress"}),
    )
    .await
    .expect(200);
    let mut north = app.officer(&olga).await;
    north.join("north", None).await;
    let mut harbour = app.officer(&otto).await;
    harbour.join("harbour", None).await;
    let body = json!({"region": "harbour", "comment": "it is on the quay"});
    let now = post(&app, &olga, &id, "/move", &body).await.expect(200);
    assert_eq!(
        (&now["region"], &now["assignee"]),
        (&json!("harbour"), &Value::Null)
    );
    let (out, into) = (north.event().await, harbour.event().await);
    assert_eq!(
        (&out["kind"], &out["region"]),
        (&json!("complaint.moved_out"), &json!("north"))
    );
    assert_eq!(
        (&into["kind"], &into["region"]),
        (&json!("complaint.moved_in"), &json!("harbour"))
    );
    assert_eq!(
        into["change"]["region"],
        json!({"from": "north", "to": "harbour"})
    );
    assert_eq!(into["complaint"]["region"], "harbour");
    // Who may see it has changed with it; olga works in both.
    assert_eq!(read(&app, &otto, &id).await["id"], json!(id));
    let expected = [
        "complaint.created",
        "complaint.assigned",
        "complaint.status_changed",
        "complaint.moved_out",
        "complaint.moved_in",
    ];
    assert_eq!(kinds(&app, &otto, &id).await, expected);
    app.complaint_gauges_are_right().await;
    app.end().await;
}

#[actix::test]
async fn a_move_to_nowhere_or_by_nobody_is_refused() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let id = submitted(&app, "north").await;
    for region in ["atlantis", "Bad Id", ""] {
        let faults = post(&app, &olga, &id, "/move", &json!({"region": region}))
            .await
            .faults();
        assert_eq!(faults, [("region".to_owned(), "unknown".to_owned())]);
    }
    let same = post(&app, &olga, &id, "/move", &json!({"region": "north"})).await;
    same.problem(409, "same_region");
    let foreign = post(&app, &otto, &id, "/move", &json!({"region": "harbour"})).await;
    foreign.problem(403, "forbidden");
    app.end().await;
}

#[actix::test]
async fn moves_both_ways_at_once_neither_block_nor_lose_anything() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let mut ids = Vec::new();
    for number in 0..20 {
        let region = if number % 2 == 0 { "north" } else { "harbour" };
        ids.push((submitted(&app, region).await, region));
    }
    for round in 0..4 {
        let moves = ids.iter().map(|(id, home)| {
            let away = if *home == "north" { "harbour" } else { "north" };
            let to = if round % 2 == 0 { away } else { home };
            let body = json!({"region": to});
            let (app, olga) = (&app, &olga);
            async move { post(app, olga, id, "/move", &body).await }
        });
        let answers = join_all(moves).await;
        assert!(
            answers.iter().all(|answer| answer.status == 200),
            "{answers:?}"
        );
    }
    for (id, home) in &ids {
        assert_eq!(read(&app, &admin, id).await["region"], json!(home));
        assert_eq!(kinds(&app, &admin, id).await.len(), 1 + 4 * 2);
    }
    app.assert_log_is_whole().await;
    app.complaint_gauges_are_right().await;
    app.end().await;
}

#[actix::test]
async fn who_meets_a_complaint_on_the_move_follows_it_or_is_kept_out() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let id = submitted(&app, "north").await;
    post(&app, &admin, &id, "/move", &json!({"region": "old-town"}))
        .await
        .expect(200);
    let answer = patch(&app, &olga, &id, "", &json!({"severity": "high"})).await;
    answer.problem(403, "forbidden");
    let (there, back) = (json!({"region": "harbour"}), json!({"region": "north"}));
    let edit = json!({"severity": "high"});
    let (moved, edited) = tokio::join!(
        post(&app, &admin, &id, "/move", &there),
        patch(&app, &admin, &id, "", &edit),
    );
    moved.expect(200);
    edited.expect(200);
    post(&app, &admin, &id, "/move", &back).await.expect(200);
    let now = read(&app, &olga, &id).await;
    assert_eq!(now["severity"], "high");
    eventually("the counts follow", async || {
        (app.metric(r#"active_complaints_total{status="reported"}"#)
            .await
            == 1.0)
            .then_some(())
    })
    .await;
    app.end().await;
}
