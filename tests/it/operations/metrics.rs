//! The page that Prometheus scrapes.

use serde_json::json;

use crate::support::{TestApp, call, eventually};

#[actix::test]
async fn every_promised_series_is_on_the_page() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let receipt = app.submit("north", "a hole").await;
    officer.event().await;
    let id = receipt["id"].as_str().unwrap();
    app.api.set_status(&olga, id, "on_hold").await;
    officer.event().await;
    let answer = call(app.api.get("/metrics")).await;
    assert!(answer.header("content-type").starts_with("text/plain"));
    let page = answer.text;
    for series in [
        r#"http_requests_total{endpoint="/api/v1/complaints",method="POST",status="201"} 1"#,
        r#"http_request_duration_seconds_count{endpoint="/api/v1/complaints",method="POST"} 1"#,
        r#"active_complaints_total{status="on_hold"} 1"#,
        r#"active_complaints_total{status="reported"} 0"#,
        r#"active_complaints_total{status="acknowledged"} 0"#,
        r#"active_complaints_total{status="rejected"} 0"#,
        r#"websocket_connections_active{role="officer"} 1"#,
        r#"websocket_connections_active{role="admin"} 0"#,
        "events_published_total 2",
        "events_delivered_total 2",
        "push_latency_seconds_count",
        r#"desk_queue_length{lane="0"}"#,
        r#"desk_queue_length{lane="erasing"}"#,
        "commit_batch_size_count 2",
        "commit_duration_seconds_count 2",
        r#"database_pool_connections{state="idle"}"#,
        r#"database_pool_connections{state="in_use"}"#,
        "memory_allocated_bytes",
        "process_resident_memory_bytes",
        "process_open_fds",
        "build_info{version=",
        "ready 1",
        "http_requests_in_flight 1",
    ] {
        assert!(page.contains(series), "{series} is missing in:\n{page}");
    }
    // A counter without a restart has no series yet, but it is declared in the code.
    for line in page.lines().filter(|line| !line.starts_with('#')) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| {
            name.strip_suffix(suffix)
                .filter(|family| page.contains(&format!("# HELP {family} ")))
        });
        let family = family.unwrap_or(name);
        assert!(
            page.contains(&format!("# HELP {family} ")),
            "no help: {line}"
        );
    }
    app.end().await;
}

#[actix::test]
async fn labels_are_route_templates_whatever_is_asked_for() {
    let app = TestApp::spawn().await;
    let id = "11111111-1111-7111-8111-111111111111";
    for path in [
        format!("/api/v1/complaints/{id}"),
        format!("/api/v1/tracking/{id}"),
        format!("/api/v1/nothing/{id}"),
        format!("/{id}"),
        format!("/docs/{id}"),
        format!("/api/v1/admin/accounts/{id}"),
    ] {
        call(app.api.get(&path)).await;
        call(app.api.patch(&path, &json!({}))).await;
    }
    let strange = app.api.url("/api/v1/regions");
    let method = reqwest::Method::from_bytes(id.as_bytes()).unwrap();
    call(reqwest::Client::new().request(method, strange)).await;
    let page = call(app.api.get("/metrics")).await.text;
    assert!(!page.contains("11111111"), "{page}");
    assert!(
        page.contains(r#"endpoint="/api/v1/complaints/{id}""#),
        "{page}"
    );
    assert!(page.contains(r#"endpoint="unmatched""#), "{page}");
    assert!(page.contains(r#"method="OTHER""#), "{page}");
    app.end().await;
}

#[actix::test]
async fn a_restart_of_an_actor_is_counted() {
    let mut app = TestApp::with(&["--ping-interval-ms", "200"]).await;
    let token = app.olga().await;
    let mut officer = app.officer(&token).await;
    officer.join("north", None).await;
    let point = format!("{}/feed_poll/poll", app.node());
    fail::cfg(point, "1*panic(by the test)").unwrap();
    app.expect_restarts(1);
    eventually("the restart is counted", async || {
        let page = call(app.api.get("/metrics")).await.text;
        let series = page
            .lines()
            .find(|line| line.starts_with("actor_restarts_total{actor=\"feed_poll\"}"));
        series.filter(|line| line.ends_with(" 1")).map(drop)
    })
    .await;
    // The live feed goes on.
    assert_eq!(officer.ping().await["type"], "ping");
    app.end().await;
}
