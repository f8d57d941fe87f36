//! Retention: complaints go when their time is up, and nothing else does.

mod command;
mod kills;
mod policy;
mod purge;
mod races;
mod runs;
mod schedule;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, call, eventually};

/// Submits to a region and has an admin bring the complaint to its end; its id.
async fn ended(app: &TestApp, admin: &str, region: &str, status: &str) -> String {
    let receipt = app.submit(region, "a hole of no interest any more").await;
    let id = receipt["id"].as_str().unwrap().to_owned();
    let steps: &[&str] = match status {
        "closed" => &["resolved", "closed"],
        "reported" => &[],
        _ => &[status],
    };
    for step in steps {
        let answer = app.api.set_status(admin, &id, step).await;
        assert_eq!(answer.status(), 200, "{step}");
    }
    id
}

/// Has a complaint have entered its status so many days ago.
async fn age(app: &TestApp, id: &str, days: i32) {
    let client = app.database().connect().await;
    let sql = "UPDATE complaints SET status_since = now() - make_interval(days => $1) WHERE id::text = $2";
    assert_eq!(client.execute(sql, &[&days, &id]).await.unwrap(), 1);
}

/// A complaint that ended so many days ago; its id.
async fn old(app: &TestApp, admin: &str, region: &str, (status, days): (&str, i32)) -> String {
    let id = ended(app, admin, region, status).await;
    age(app, &id, days).await;
    id
}

/// `DELETE /admin/purge` with a query.
async fn purge(app: &TestApp, token: &str, query: &str) -> Answer {
    let path = format!("/api/v1/admin/purge{query}");
    call(app.api.delete(&path).bearer_auth(token)).await
}

async fn get(app: &TestApp, token: &str, path: &str) -> Answer {
    let path = format!("/api/v1/admin/retention{path}");
    call(app.api.get(&path).bearer_auth(token)).await
}

async fn put(app: &TestApp, token: &str, document: &Value) -> Answer {
    let request = app.api.put("/api/v1/admin/retention", document);
    call(request.bearer_auth(token)).await
}

/// The ids of all complaints that are left, in order.
async fn left(app: &TestApp) -> Vec<String> {
    let client = app.database().connect().await;
    let sql = "SELECT id::text FROM complaints ORDER BY id";
    let rows = client.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Waits for the end of a run; what is told of it then.
async fn run_ended(app: &TestApp, token: &str, run: &str) -> Value {
    eventually("the run ends", async || {
        let found = get(app, token, &format!("/runs/{run}")).await.expect(200);
        let is_over = ["done", "failed"].contains(&found["stage"].as_str().unwrap());
        is_over.then_some(found)
    })
    .await
}

/// Keeps the lock of runs, as another node would; it ends with the connection.
async fn keep_lock(app: &TestApp) -> tokio_postgres::Client {
    let client = app.database().connect().await;
    let sql = "SELECT pg_advisory_lock(hashtextextended('redress retention redress', 0))";
    client.execute(sql, &[]).await.unwrap();
    client
}

#[actix::test]
async fn nobody_but_admins_has_to_do_with_it() {
    let app = TestApp::spawn().await;
    let (olga, run) = (app.olga().await, uuid::Uuid::nil());
    for (method, path) in [
        (Method::GET, "/api/v1/admin/retention".to_owned()),
        (Method::PUT, "/api/v1/admin/retention".to_owned()),
        (Method::GET, "/api/v1/admin/retention/runs".to_owned()),
        (Method::GET, format!("/api/v1/admin/retention/runs/{run}")),
        (
            Method::GET,
            format!("/api/v1/admin/retention/runs/{run}/events"),
        ),
        (Method::DELETE, "/api/v1/admin/purge?days_old=-1".to_owned()),
    ] {
        let request = || {
            let client = reqwest::Client::new();
            client.request(method.clone(), app.api.url(&path))
        };
        call(request()).await.problem(401, "unauthorized");
        let key = request().header("X-API-Key", &app.demo.api_key);
        call(key).await.problem(401, "unauthorized");
        let officer = request().bearer_auth(&olga).json(&json!({}));
        call(officer).await.problem(403, "forbidden");
    }
    app.end().await;
}
