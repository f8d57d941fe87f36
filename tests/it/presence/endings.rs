//! How a claim ends by itself, and what outlives a panic.

use serde_json::{Value, json};

use super::{
    account, claim, follow, follow_and_be_seen, next_claims, read_claim, release, submitted, told,
};
use crate::support::{Officer, TestApp, call, eventually};

const ONCE: &str = "1*panic->off";

/// Waits until a claim's row is as a condition in SQL says.
async fn row_is(app: &TestApp, id: &str, condition: &str) {
    let client = app.database().connect().await;
    let sql = format!("SELECT FROM claims WHERE complaint_id = '{id}' AND {condition}");
    eventually(condition, async || {
        (client.query(&sql, &[]).await.unwrap().len() == 1).then_some(())
    })
    .await;
}

/// Otto watches harbour, olga has claimed a complaint there, and otto has seen it.
async fn claimed(app: &TestApp) -> (Officer, String) {
    let (olga, otto) = (app.olga().await, app.otto().await);
    let id = submitted(app, "harbour").await;
    let mut watching = app.officer(&otto).await;
    follow(&mut watching, "harbour").await;
    let made = claim(&app.api, &olga, &id, &json!({})).await.expect(200);
    assert_eq!(next_claims(&mut watching).await["claimed"], json!([made]));
    (watching, id)
}

/// Waits until the release of a claim is told, and checks its reason.
async fn released(watching: &mut Officer, id: &str, reason: &str) {
    let message = next_claims(watching).await;
    assert_eq!(message["released"][0]["complaint"], id, "{message}");
    assert_eq!(message["released"][0]["reason"], reason, "{message}");
}

#[actix::test]
async fn a_claim_ends_by_its_time() {
    let app = TestApp::spawn().await;
    let (mut watching, id) = claimed(&app).await;
    let client = app.database().connect().await;
    let sooner = "WITH clock AS (UPDATE claim_clock SET version = version + 1 RETURNING version)
        UPDATE claims SET until = clock_timestamp() + interval '1500 ms', version = clock.version FROM clock";
    client.execute(sooner, &[]).await.unwrap();
    // The nearer end may be told first.
    while next_claims(&mut watching).await["released"] == json!([]) {}
    row_is(
        &app,
        &id,
        "ends_at <= clock_timestamp() AND released_at IS NULL",
    )
    .await;
    let otto = app.otto().await;
    assert_eq!(read_claim(&app.api, &otto, &id).await, Value::Null);
    claim(&app.api, &otto, &id, &json!({})).await.expect(200);
    app.end().await;
}

#[actix::test]
async fn a_claim_ends_with_its_complaint_its_region_and_its_holders_rights() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let (mut watching, id) = claimed(&app).await;
    app.api.set_status(&olga, &id, "rejected").await;
    released(&mut watching, &id, "closed").await;

    let id = submitted(&app, "harbour").await;
    claim(&app.api, &olga, &id, &json!({})).await.expect(200);
    next_claims(&mut watching).await;
    let body = json!({"region": "north", "comment": "it is theirs"});
    let path = format!("/api/v1/complaints/{id}/move");
    call(app.api.post(&path, &body).bearer_auth(&olga))
        .await
        .expect(200);
    released(&mut watching, &id, "moved").await;
    claim(&app.api, &olga, &id, &json!({})).await.expect(200);

    let id = submitted(&app, "harbour").await;
    claim(&app.api, &olga, &id, &json!({})).await.expect(200);
    next_claims(&mut watching).await;
    let olga_id = account(&app, &olga).await;
    let path = format!("/api/v1/admin/accounts/{olga_id}");
    let narrower = app.api.patch(&path, &json!({"regions": ["north"]}));
    call(narrower.bearer_auth(&admin)).await.expect(200);
    released(&mut watching, &id, "revoked").await;
    app.end().await;
}

#[actix::test]
async fn a_claim_lapses_when_its_holder_has_been_gone_for_the_grace() {
    let app = TestApp::with(&["--claim-grace", "0.5"]).await;
    let olga = app.olga().await;
    let mut driving = app.officer(&olga).await;
    driving.join("north", None).await;
    let (mut watching, id) = claimed(&app).await;
    // Any region will do: the claim is in another.
    row_is(&app, &id, "attended").await;
    drop(driving);
    released(&mut watching, &id, "disconnected").await;
    assert_eq!(read_claim(&app.api, &olga, &id).await, Value::Null);
    app.end().await;
}

#[actix::test]
async fn who_comes_back_within_the_grace_keeps_the_claim() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut driving = app.officer(&olga).await;
    driving.join("harbour", None).await;
    let (_watching, id) = claimed(&app).await;
    row_is(&app, &id, "attended AND lapses_at IS NULL").await;
    drop(driving);
    row_is(&app, &id, "lapses_at < until").await;
    let before = read_claim(&app.api, &olga, &id).await;
    let mut driving = app.officer(&olga).await;
    driving.join("harbour", None).await;
    row_is(&app, &id, "lapses_at IS NULL").await;
    assert_eq!(read_claim(&app.api, &olga, &id).await, before);
    app.end().await;
}

#[actix::test]
async fn who_has_no_socket_at_all_keeps_the_claim_to_its_time() {
    let app = TestApp::with(&["--claim-grace", "0.1"]).await;
    let otto = app.otto().await;
    let (_watching, id) = claimed(&app).await;
    let seen = submitted(&app, "harbour").await;
    claim(&app.api, &otto, &seen, &json!({})).await.expect(200);
    // Claims were looked after since: otto, who watches, was noticed.
    row_is(&app, &seen, "attended").await;
    row_is(
        &app,
        &id,
        "NOT attended AND lapses_at IS NULL AND ends_at = until",
    )
    .await;
    app.end().await;
}

#[actix::test]
async fn a_claim_outlives_its_server() {
    let mut app = TestApp::spawn().await;
    let (_watching, id) = claimed(&app).await;
    let olga = app.olga().await;
    let before = read_claim(&app.api, &olga, &id).await;
    app.restart(&[]).await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    assert_eq!(read_claim(&app.api, &olga, &id).await, before);
    claim(&app.api, &otto, &id, &json!({}))
        .await
        .problem(409, "claimed");
    let mut watching = app.officer(&otto).await;
    let [_, claims] = follow(&mut watching, "harbour").await;
    if claims["claims"] == json!([]) {
        assert_eq!(next_claims(&mut watching).await["claimed"], json!([before]));
    }
    assert_eq!(release(&app.api, &olga, &id).await.status, 204);
    released(&mut watching, &id, "released").await;
    app.end().await;
}

#[actix::test]
async fn presence_goes_on_after_panics_and_tells_nothing_twice() {
    let mut app = TestApp::spawn().await;
    let olga = app.olga().await;
    let olga_id = account(&app, &olga).await;
    let (mut watching, id) = claimed(&app).await;
    app.provoke("presence/round", ONCE);
    app.provoke("presence/started", ONCE);
    eventually("the panics", async || {
        (app.restarts_of("presence").await == 2).then_some(())
    })
    .await;
    let mut coming = app.officer(&olga).await;
    coming.join("harbour", None).await;
    // What was told before the panic is not told again, nor did anybody seem to go.
    loop {
        let message = watching.object().await;
        assert_ne!(message["type"], "claims", "{message}");
        assert!(
            message["left"].as_array().is_none_or(Vec::is_empty),
            "{message}"
        );
        if message["joined"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["id"] == olga_id.as_str()))
        {
            break;
        }
    }
    app.provoke("presence/claims", ONCE);
    assert_eq!(release(&app.api, &olga, &id).await.status, 204);
    released(&mut watching, &id, "released").await;
    eventually("the panic", async || {
        (app.restarts_of("presence").await == 3).then_some(())
    })
    .await;
    app.expect_restarts(3);
    app.end().await;
}

#[actix::test]
async fn followers_of_a_shard_that_panicked_come_back_and_are_told_again() {
    let mut app = TestApp::with(&["--workers", "1"]).await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let (olga_id, otto_id) = (account(&app, &olga).await, account(&app, &otto).await);
    let mut watching = app.officer(&otto).await;
    follow_and_be_seen(&mut watching, "harbour", &otto_id).await;
    app.provoke("registry_shard/follow_presence", ONCE);
    let mut failing = app.officer(&olga).await;
    let message = json!({"type": "subscribe", "region": "harbour", "presence": true});
    failing.say(message).await;
    assert_eq!(failing.closed().await.0, 4001);
    assert_eq!(watching.closed().await.0, 4001);
    let mut watching = app.officer(&otto).await;
    follow(&mut watching, "harbour").await;
    let mut coming = app.officer(&olga).await;
    coming.join("harbour", None).await;
    let region = (&*otto, "harbour", &*olga_id);
    told(&app.api, region, "olga is online once", |one| {
        one["sockets"] == 1
    })
    .await;
    app.expect_restarts(1);
    app.end().await;
}
