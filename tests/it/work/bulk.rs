//! One action on many complaints.

use serde_json::{Value, json};

use super::{account, submitted};
use crate::support::{Answer, TestApp, call};

async fn bulk(app: &TestApp, token: &str, body: &Value) -> Answer {
    let request = app.api.post("/api/v1/complaints/bulk", body);
    call(request.bearer_auth(token)).await
}

#[actix::test]
async fn each_complaint_of_a_bulk_is_done_or_refused_by_itself() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let me = account(&app, &olga).await;
    let mut ids = Vec::new();
    for region in ["north", "harbour", "old-town"] {
        ids.push(submitted(&app, region).await);
    }
    ids.push("00000000-0000-0000-0000-000000000000".into());
    ids.push("nonsense".into());
    let answer = bulk(
        &app,
        &olga,
        &json!({"ids": ids, "assignee": {"assignee": "me"}}),
    )
    .await;
    let request_id = answer.header("x-request-id").to_owned();
    let results = answer.expect(200)["results"].clone();
    for (index, id) in ids.iter().enumerate() {
        assert_eq!(results[index]["id"], json!(id), "in their order");
    }
    for done in [0, 1] {
        assert_eq!(results[done]["complaint"]["assignee"], json!(me));
    }
    for (refused, status) in [(2, 403), (3, 404), (4, 404)] {
        assert_eq!(results[refused]["problem"]["status"], status);
        assert_eq!(results[refused]["problem"]["request_id"], request_id);
    }
    let two = &ids[..2];
    let comment = json!({"ids": two, "comment": {"text": "seen", "visibility": "public"}});
    bulk(&app, &olga, &comment).await.expect(200);
    let step = json!({"ids": two, "status": {"status": "in_progress"}});
    let results = bulk(&app, &olga, &step).await.expect(200)["results"].clone();
    assert!(
        results
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["complaint"]["status"] == "in_progress")
    );
    let away = json!({"ids": two, "move": {"region": "old-town"}});
    let results = bulk(&app, &olga, &away).await.expect(200)["results"].clone();
    assert!(
        results
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["complaint"]["region"] == "old-town")
    );
    app.assert_log_is_whole().await;
    app.end().await;
}

#[actix::test]
async fn a_bulk_without_sense_does_nothing() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let id = submitted(&app, "north").await;
    let many: Vec<String> = (0..201).map(|number| format!("id-{number}")).collect();
    let close = json!({"status": "closed"});
    for (body, field, code) in [
        (json!({"ids": [], "status": close}), "ids", "out_of_range"),
        (json!({"ids": many, "status": close}), "ids", "out_of_range"),
        (
            json!({"ids": [id, id], "status": close}),
            "ids",
            "duplicate",
        ),
        // Written in another way it is the same complaint.
        (
            json!({"ids": [id, id.to_uppercase()], "status": close}),
            "ids",
            "duplicate",
        ),
        (
            json!({"ids": [id.replace('-', ""), id], "comment": {"text": "x"}}),
            "ids",
            "duplicate",
        ),
        (json!({"ids": [id]}), "status", "invalid"),
        (
            json!({"ids": [id], "status": close, "comment": {"text": "x"}}),
            "status",
            "invalid",
        ),
    ] {
        let faults = bulk(&app, &olga, &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())]);
    }
    app.end().await;
}
