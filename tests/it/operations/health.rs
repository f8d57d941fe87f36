//! Health, also while the database is away.

use serde_json::json;

use crate::support::{TestApp, call, eventually};

/// Shuts the door of the app's database and ends all connections, or opens it again.
pub(super) async fn set_database(app: &TestApp, is_open: bool) {
    let client = app.database().administer().await;
    let name = app.database().name();
    let door = format!("ALTER DATABASE \"{name}\" ALLOW_CONNECTIONS {is_open}");
    client.batch_execute(&door).await.unwrap();
    if !is_open {
        let end =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1";
        client.query(end, &[&name]).await.unwrap();
    }
}

#[actix::test]
async fn a_well_node_says_how_it_is() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let officer = app.officer(&olga).await;
    let health = call(app.api.get("/health")).await.expect(200);
    assert_eq!(health["status"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert!(health["timestamp"].as_str().unwrap().ends_with('Z'));
    assert!(health["database_round_trip_ms"].as_f64().unwrap() > 0.0);
    let connected = json!({"officer": 1, "admin": 0});
    eventually("the socket is counted", async || {
        let health = call(app.api.get("/health")).await.expect(200);
        let is_counted = health["websocket_connections"] == 1;
        (is_counted && health["websocket_by_role"] == connected).then_some(())
    })
    .await;
    let live = call(app.api.get("/api/v1/websocket/health"))
        .await
        .expect(200);
    assert_eq!(
        (&live["status"], &live["connections"]),
        (&json!("ok"), &json!(1))
    );
    assert_eq!(call(app.api.get("/livez")).await.text, "alive\n");
    assert_eq!(call(app.api.get("/readyz")).await.text, "ready\n");
    drop(officer);
    eventually("the socket is gone", async || {
        let health = call(app.api.get("/health")).await.expect(200);
        (health["websocket_connections"] == 0).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn while_the_database_is_away_the_node_says_so_and_recovers_by_itself() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    set_database(&app, false).await;
    eventually("the node is not ready", async || {
        (call(app.api.get("/readyz")).await.status == 503).then_some(())
    })
    .await;
    let health = call(app.api.get("/health")).await.expect(503);
    assert_eq!(health["status"], "unavailable");
    assert!(health["database_round_trip_ms"].is_null());
    assert_eq!(call(app.api.get("/livez")).await.status, 200);
    assert_eq!(call(app.api.get("/metrics")).await.status, 200);
    let body =
        json!({"category": "pothole", "region": "north", "address": "a", "description": "b"});
    let id = "00000000-0000-7000-8000-000000000000";
    for request in [
        app.api.get("/api/v1/complaints").bearer_auth(&admin),
        app.api
            .get(&format!("/api/v1/complaints/{id}"))
            .bearer_auth(&admin),
        app.api
            .get("/api/v1/regions/north/snapshot")
            .bearer_auth(&admin),
        app.api.post("/api/v1/complaints", &body),
        app.api.post(
            "/api/v1/auth/login",
            &json!({"email": "a@b.c", "password": "x"}),
        ),
    ] {
        let answer = call(request).await;
        assert_eq!(answer.header("retry-after"), "1", "{answer:?}");
        answer.problem(503, "unavailable");
    }
    // What needs no database is still answered.
    call(app.api.get("/api/v1/regions")).await.expect(200);
    set_database(&app, true).await;
    eventually("the node is ready again", async || {
        (call(app.api.get("/readyz")).await.status == 200).then_some(())
    })
    .await;
    eventually("complaints are taken again", async || {
        let answer = call(app.api.post("/api/v1/complaints", &body)).await;
        (answer.status == 201).then_some(())
    })
    .await;
    call(app.api.get("/api/v1/complaints").bearer_auth(&admin))
        .await
        .expect(200);
    app.end().await;
}

#[actix::test]
async fn the_database_is_asked_now_and_then_for_all_who_ask() {
    let app = TestApp::spawn().await;
    let holder = app.database().connect().await;
    let hold = "BEGIN; LOCK TABLE redress.installation IN ACCESS EXCLUSIVE MODE";
    let asked = async |path| call(app.api.get(path)).await.status;
    eventually("an answer holds for the next ones", async || {
        let before = asked("/health").await;
        holder.batch_execute(hold).await.unwrap();
        let held = [asked("/health").await, asked("/readyz").await];
        holder.batch_execute("ROLLBACK").await.unwrap();
        (before == 200 && held == [200, 200]).then_some(())
    })
    .await;
    holder.batch_execute(hold).await.unwrap();
    eventually("it does not hold for long", async || {
        (asked("/health").await == 503).then_some(())
    })
    .await;
    assert_eq!(asked("/readyz").await, 503);
    holder.batch_execute("ROLLBACK").await.unwrap();
    eventually("the node is well again", async || {
        (asked("/readyz").await == 200).then_some(())
    })
    .await;
    app.end().await;
}
