//! "On my way": who may claim what, and what others see of it.

use serde_json::{Value, json};

use super::{account, claim, follow, next_claims, officers, read_claim, release, submitted};
use crate::support::{TestApp, call, eventually};

#[actix::test]
async fn a_claim_is_made_seen_renewed_and_let_go() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let olga_id = account(&app, &olga).await;
    let id = submitted(&app, "harbour").await;
    let mut watching = app.officer(&otto).await;
    follow(&mut watching, "harbour").await;

    let made = claim(&app.api, &olga, &id, &json!({})).await.expect(200);
    assert_eq!(
        (&made["complaint"], &made["region"]),
        (&json!(id), &json!("harbour"))
    );
    assert_eq!(made["holder"]["id"], olga_id.as_str());
    assert!(!made["holder"]["name"].as_str().unwrap().is_empty());
    let message = next_claims(&mut watching).await;
    assert_eq!(
        (&message["claimed"], &message["released"]),
        (&json!([made]), &json!([]))
    );
    assert_eq!(read_claim(&app.api, &otto, &id).await, made);
    let holder = officers(&app.api, &otto, "harbour").await;
    let holder = holder
        .iter()
        .find(|one| one["id"] == olga_id.as_str())
        .unwrap();
    assert_eq!(holder["claims"], json!([id]));

    let renewed = claim(&app.api, &olga, &id, &json!({"minutes": 240}))
        .await
        .expect(200);
    assert_eq!(renewed["claimed_at"], made["claimed_at"]);
    assert!(
        renewed["until"].as_str() > made["until"].as_str(),
        "{renewed}"
    );
    assert_eq!(
        next_claims(&mut watching).await["claimed"],
        json!([renewed])
    );

    let answer = release(&app.api, &olga, &id).await;
    assert_eq!(answer.status, 204);
    let message = next_claims(&mut watching).await;
    let released = json!([{"complaint": id, "holder": made["holder"], "reason": "released"}]);
    assert_eq!(
        (&message["claimed"], &message["released"]),
        (&json!([]), &released)
    );
    assert_eq!(read_claim(&app.api, &otto, &id).await, Value::Null);
    assert_eq!(
        release(&app.api, &olga, &id).await.status,
        204,
        "nothing to release"
    );
    app.assert_log_is_whole().await;
    assert_eq!(app.head("harbour").await, 1, "a claim is no event");
    app.end().await;
}

#[actix::test]
async fn a_claim_of_another_is_a_conflict_that_names_them_and_an_admin_ends_it() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let id = submitted(&app, "harbour").await;
    let held = claim(&app.api, &olga, &id, &json!({"minutes": 5}))
        .await
        .expect(200);
    let problem = claim(&app.api, &otto, &id, &json!({}))
        .await
        .problem(409, "claimed");
    assert_eq!(problem["current"], held);
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains(held["holder"]["name"].as_str().unwrap()),
        "{detail}"
    );
    assert!(detail.contains(held["until"].as_str().unwrap()), "{detail}");
    release(&app.api, &otto, &id).await.problem(409, "claimed");
    assert_eq!(read_claim(&app.api, &otto, &id).await, held);
    assert_eq!(release(&app.api, &admin, &id).await.status, 204);
    let taken = claim(&app.api, &otto, &id, &json!({})).await.expect(200);
    assert_ne!(taken["holder"], held["holder"]);
    app.end().await;
}

#[actix::test]
async fn only_officers_of_the_region_claim_what_there_is_to_do() {
    let app = TestApp::spawn().await;
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let id = submitted(&app, "north").await;
    let body = json!({});
    claim(&app.api, &otto, &id, &body)
        .await
        .problem(403, "forbidden");
    claim(&app.api, &admin, &id, &body)
        .await
        .problem(403, "forbidden");
    release(&app.api, &otto, &id)
        .await
        .problem(403, "forbidden");
    let path = format!("/api/v1/complaints/{id}/claim");
    call(app.api.put(&path, &body))
        .await
        .problem(401, "unauthorized");
    let by_key = app
        .api
        .put(&path, &body)
        .header("X-API-Key", &app.demo.api_key);
    call(by_key).await.refused("an app is on no way");
    for unknown in ["00000000-0000-7000-8000-000000000000", "x"] {
        claim(&app.api, &olga, unknown, &body)
            .await
            .problem(404, "not_found");
        release(&app.api, &olga, unknown)
            .await
            .problem(404, "not_found");
    }
    for (minutes, code) in [
        (json!(0), "out_of_range"),
        (json!(241), "out_of_range"),
        (json!(-5), "out_of_range"),
        (json!("30"), "wrong_type"),
        (json!(3_000_000_000_i64), "wrong_type"),
        (json!(1.5), "wrong_type"),
    ] {
        let faults = claim(&app.api, &olga, &id, &json!({"minutes": minutes}))
            .await
            .faults();
        assert_eq!(
            faults,
            [("minutes".to_owned(), code.to_owned())],
            "{minutes}"
        );
    }
    let faults = claim(&app.api, &olga, &id, &json!({"hours": 1}))
        .await
        .faults();
    assert_eq!(faults[0].1, "unknown_field");
    app.api.set_status(&olga, &id, "rejected").await;
    let problem = claim(&app.api, &olga, &id, &body)
        .await
        .problem(409, "not_open");
    assert_eq!(problem["current"]["status"], "rejected");
    assert_eq!(read_claim(&app.api, &olga, &id).await, Value::Null);
    app.end().await;
}

#[actix::test]
async fn an_officer_is_on_the_way_to_a_bounded_number_of_complaints() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut ids = Vec::new();
    for _ in 0..21 {
        ids.push(submitted(&app, "north").await);
    }
    for id in &ids[..20] {
        claim(&app.api, &olga, id, &json!({})).await.expect(200);
    }
    claim(&app.api, &olga, &ids[20], &json!({}))
        .await
        .problem(409, "too_many_claims");
    claim(&app.api, &olga, &ids[0], &json!({}))
        .await
        .expect(200);
    assert_eq!(release(&app.api, &olga, &ids[0]).await.status, 204);
    claim(&app.api, &olga, &ids[20], &json!({}))
        .await
        .expect(200);
    app.end().await;
}

#[actix::test]
async fn residents_and_apps_do_not_see_who_is_on_the_way() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let receipt = app.submit("north", "a hole").await;
    let id = receipt["id"].as_str().unwrap();
    let made = claim(&app.api, &olga, id, &json!({})).await.expect(200);
    let token = receipt["tracking_token"].as_str().unwrap();
    let path = format!("/api/v1/complaints/{id}");
    let by_app = app.api.get(&path).header("X-API-Key", &app.demo.api_key);
    let by_reporter = app.api.get(&path).header("X-Tracking-Token", token);
    let tracked = app.api.get(&format!("/api/v1/tracking/{token}"));
    for request in [by_app, by_reporter, tracked] {
        let answer = call(request).await;
        assert!(
            !answer
                .text
                .contains(made["holder"]["name"].as_str().unwrap())
        );
        assert_eq!(answer.expect(200)["claim"], Value::Null);
    }
    app.end().await;
}

#[actix::test]
async fn lists_show_the_claim_to_staff() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let (id, other) = (
        submitted(&app, "north").await,
        submitted(&app, "north").await,
    );
    let made = claim(&app.api, &olga, &id, &json!({})).await.expect(200);
    let path = "/api/v1/complaints?region=north";
    let items = eventually("the list has the claim", async || {
        let list = call(app.api.get(path).bearer_auth(&olga)).await.expect(200);
        let items = list["items"].as_array().unwrap().clone();
        items
            .iter()
            .any(|item| item["claim"] == made)
            .then_some(items)
    })
    .await;
    for item in items {
        let is_claimed = item["id"] == id.as_str();
        assert!(is_claimed || item["id"] == other.as_str());
        assert_eq!(item.get("claim").is_some(), is_claimed, "{item}");
    }
    let by_app = app.api.get(path).header("X-API-Key", &app.demo.api_key);
    assert!(!call(by_app).await.text.contains("claim"));
    app.end().await;
}

#[actix::test]
async fn claims_that_changed_all_at_once_are_all_told() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let olga_id = account(&app, &olga).await;
    let mut watching = app.officer(&otto).await;
    follow(&mut watching, "harbour").await;
    // More than a node reads at a time, with one number.
    let claim_all = format!(
        "WITH clock AS (UPDATE claim_clock SET version = version + 1 RETURNING version)
        INSERT INTO claims (complaint_id, region_id, holder_id, claimed_at, until, version)
        SELECT gen_random_uuid(), 'harbour', '{olga_id}', now(), now() + interval '1 hour', clock.version
        FROM clock, generate_series(1, 1234)"
    );
    let client = app.database().connect().await;
    client.execute(&claim_all, &[]).await.unwrap();
    let told = next_claims(&mut watching).await;
    let listed = told["claims"].as_array().unwrap().len();
    assert_eq!((listed, &told["more"]), (200, &json!(1034)));
    app.end().await;
}
