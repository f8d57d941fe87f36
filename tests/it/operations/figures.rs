//! Figures of complaints are what the database says happened; requests that fail are counted as well.

use serde_json::json;
use tokio_postgres::Client;

use crate::support::{Api, TestApp, call, eventually};

/// One number of the database.
async fn count(client: &Client, sql: &str) -> f64 {
    let row = client.query_one(sql, &[]).await.unwrap();
    row.get::<_, i64>(0) as f64
}

/// The sum of a series over all its labels, of nodes together.
async fn sum(apis: &[&Api], series: &str) -> f64 {
    let mut sum = 0.0;
    for api in apis {
        let page = call(api.get("/metrics")).await.text;
        let lines = page.lines().filter(|line| {
            let rest = line.strip_prefix(series);
            rest.is_some_and(|rest| rest.starts_with(['{', ' ']))
        });
        let values = lines.map(|line| line.rsplit(' ').next().unwrap());
        sum += values
            .map(|value| value.parse::<f64>().unwrap())
            .sum::<f64>();
    }
    sum
}

#[actix::test]
async fn counters_of_all_nodes_are_what_the_event_log_holds() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let there = Api::at(&other.url());
    let olga = app.olga().await;
    for number in 0..12 {
        let region = ["north", "harbour"][number % 10 / 5];
        let api = if number % 2 == 0 { &app.api } else { &there };
        let body = json!({"category": "pothole", "region": region, "address": "Quay 1",
            "description": "a hole"});
        let key = format!("key-{}", number % 10);
        let submitted = api.post("/api/v1/complaints", &body);
        let submitted = submitted
            .header("X-API-Key", &app.demo.api_key)
            .header("Idempotency-Key", key);
        let id = call(submitted).await.expect(201)["id"].clone();
        let id = id.as_str().unwrap().to_owned();
        // Two are retries, which are answered as the first time.
        if number >= 10 {
            continue;
        }
        let path = format!("/api/v1/complaints/{id}");
        let take = api.patch(&format!("{path}/assignee"), &json!({"assignee": "me"}));
        call(take.bearer_auth(&olga)).await.expect(200);
        for status in ["acknowledged", "in_progress"] {
            let answer = api.set_status(&olga, &id, status).await;
            assert_eq!(answer.status(), 200, "{status}");
        }
        if number % 2 == 1 {
            // It goes back to "acknowledged" with that.
            let body = json!({"region": if region == "harbour" { "north" } else { "harbour" }});
            let asked = api.post(&format!("{path}/move"), &body);
            let asked = asked.bearer_auth(&olga);
            call(asked).await.expect(200);
        } else {
            let answer = api.set_status(&olga, &id, "resolved").await;
            assert_eq!(answer.status(), 200);
        }
    }
    let client = app.database().connect().await;
    let nodes = [&app.api, &there];
    for (series, sql) in [
        (
            "complaints_submitted_total",
            "SELECT COUNT(*) FROM complaints",
        ),
        (
            r"complaint_transitions_total",
            // A move that changes the status is told in both regions, and counts once.
            "SELECT COUNT(*) FROM events WHERE kind <> 'complaint.moved_in'
             AND payload::json #>> '{change,status,from}' IS NOT NULL",
        ),
        (
            "complaint_time_to_resolve_seconds_count",
            "SELECT COUNT(*) FROM events WHERE status_after = 'resolved' AND status_before <> 'resolved'",
        ),
        (
            "complaint_time_to_acknowledge_seconds_count",
            "SELECT COUNT(*) FROM events WHERE status_before = 'reported' AND status_after <> 'reported'
             AND kind <> 'complaint.moved_in'",
        ),
    ] {
        let stored = count(&client, sql).await;
        assert!(stored > 0.0, "{series}");
        assert_eq!(sum(&nodes, series).await, stored, "{series}");
    }
    // A gauge of the database is the same on every node, a moment later.
    for node in nodes {
        let stored = count(
            &client,
            "SELECT COUNT(*) FROM complaints WHERE region_id = 'north'",
        )
        .await;
        eventually("the node knows of the other's", async || {
            let page = call(node.get("/metrics")).await.text;
            let north = page
                .lines()
                .filter(|line| line.starts_with(r#"complaints{region="north""#));
            let values = north.map(|line| line.rsplit(' ').next().unwrap());
            let sum: f64 = values.map(|value| value.parse::<f64>().unwrap()).sum();
            (sum == stored).then_some(())
        })
        .await;
    }
    drop(client);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn events_of_another_node_are_timed_by_how_they_were_heard_of() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    app.submit("north", "a hole").await;
    let there = Api::at(&other.url());
    eventually("the other node has published it", async || {
        let page = call(there.get("/metrics")).await.text;
        let heard = page
            .lines()
            .filter(|line| line.starts_with("feed_lag_seconds_count{heard_by="));
        heard
            .filter(|line| line.ends_with(" 1"))
            .count()
            .eq(&1)
            .then_some(())
    })
    .await;
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_count_that_differs_from_the_table_is_found() {
    let app = TestApp::spawn().await;
    app.submit("north", "a hole").await;
    let difference = r#"complaints_recount_difference{region="north"}"#;
    eventually("regions were counted anew", async || {
        let counted = app.metric("complaint_recounts_total").await;
        (counted >= 3.0).then_some(())
    })
    .await;
    assert_eq!(app.metric(difference).await, 0.0);
    // As if a desk had lost count.
    let client = app.database().connect().await;
    let behind_its_back = "UPDATE complaints SET status = 'rejected'";
    client.batch_execute(behind_its_back).await.unwrap();
    eventually("the difference is found", async || {
        (app.metric(difference).await == 2.0).then_some(())
    })
    .await;
    drop(client);
    app.end().await;
}

#[actix::test]
async fn a_deadline_that_has_passed_is_counted_in_its_region() {
    let app = TestApp::spawn().await;
    app.submit("north", "a hole").await;
    let client = app.database().connect().await;
    let late = "UPDATE complaints SET due_at = now() - interval '1 hour'";
    client.batch_execute(late).await.unwrap();
    eventually("it is overdue", async || {
        let north = app.metric(r#"complaints_overdue{region="north"}"#).await;
        (north == 1.0).then_some(())
    })
    .await;
    assert_eq!(
        app.metric(r#"complaints_overdue{region="harbour"}"#).await,
        0.0
    );
    drop(client);
    app.end().await;
}

#[actix::test]
async fn a_handler_that_panics_is_a_counted_500_and_its_connection_goes_on() {
    let app = TestApp::spawn().await;
    let point = format!("{}/http/api/v1/tracking/a-token", app.node());
    fail::cfg(point, "1*panic(by the test)").unwrap();
    let asked = app.api.get("/api/v1/tracking/a-token");
    let answer = call(asked.header("X-Request-Id", "panicked-1")).await;
    assert_eq!(answer.header("x-request-id"), "panicked-1");
    let problem = answer.problem(500, "internal");
    assert_eq!(problem["request_id"], "panicked-1");
    call(app.api.get("/api/v1/regions")).await.expect(200);
    assert_eq!(app.metric("http_panics_total").await, 1.0);
    let series =
        r#"http_requests_total{endpoint="/api/v1/tracking/{token}",method="GET",status="500"}"#;
    assert_eq!(app.metric(series).await, 1.0);
    assert_eq!(app.metric("http_requests_in_flight").await, 1.0);
    app.end().await;
}

#[actix::test]
async fn the_page_is_on_its_own_address_and_asks_for_its_token() {
    let token = "a token of tests";
    let flags = ["--metrics-addr", "127.0.0.1:0", "--metrics-token", token];
    let app = TestApp::with(&flags).await;
    call(app.api.get("/metrics"))
        .await
        .problem(404, "not_found");
    let monitoring = &app.application().settings().monitoring;
    let alone = Api::at(&format!("http://{}", monitoring.metrics_addr.unwrap()));
    for asked in [
        alone.get("/metrics"),
        alone.get("/metrics").bearer_auth("another token"),
        alone.get("/metrics").header("Authorization", "Basic YTpi"),
    ] {
        call(asked).await.problem(401, "unauthorized");
    }
    let page = call(alone.get("/metrics").bearer_auth(token)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("\nready 1\n"), "{}", page.text);
    assert!(!page.text.contains(token));
    call(alone.get("/api/v1/regions"))
        .await
        .problem(404, "not_found");
    app.end().await;
}

#[actix::test]
async fn a_token_holds_for_the_page_beside_everything_else() {
    let app = TestApp::with(&["--metrics-token", "a token of tests"]).await;
    call(app.api.get("/metrics"))
        .await
        .problem(401, "unauthorized");
    let asked = app.api.get("/metrics").bearer_auth("a token of tests");
    assert_eq!(call(asked).await.status, 200);
    app.end().await;
}

#[actix::test]
async fn a_database_that_is_away_is_seen_in_the_figures() {
    let app = TestApp::spawn().await;
    eventually("the database is there", async || {
        (app.metric("database_up").await == 1.0).then_some(())
    })
    .await;
    super::health::set_database(&app, false).await;
    eventually("the database is away", async || {
        let failures = sum(&[&app.api], "database_errors_total").await;
        let is_away = app.metric("database_up").await == 0.0;
        (is_away && failures > 0.0).then_some(())
    })
    .await;
    super::health::set_database(&app, true).await;
    eventually("the database is back", async || {
        (app.metric("database_up").await == 1.0).then_some(())
    })
    .await;
    app.end().await;
}
