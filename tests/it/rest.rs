//! REST: what clients of every kind may do with complaints, and what they see.

mod deadlines;
mod duplicates;
mod exports;
mod filters;
mod idempotency;
mod lists;
mod orders;
mod places;
mod readings;
mod rules;
mod searches;
mod status;
mod submissions;
mod visibility;

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, call};

const COMPLAINTS: &str = "/api/v1/complaints";

/// A submission that is good everywhere: by region.
fn complaint(region: &str) -> Value {
    json!({"category": "pothole", "region": region, "address": "Quay 1", "description": "a hole"})
}

/// Submits by the demo's API key.
async fn submit(app: &TestApp, body: &Value) -> Answer {
    let request = app.api.post(COMPLAINTS, body);
    call(request.header("X-API-Key", &app.demo.api_key)).await
}

/// Creates an API key as the admin; the key itself.
async fn api_key(app: &TestApp, scopes: &[&str], regions: &[&str]) -> String {
    let body = json!({"name": "app", "scopes": scopes, "regions": regions});
    let request = app.api.post("/api/v1/admin/api-keys", &body);
    let created = call(request.bearer_auth(app.admin().await)).await;
    created.expect(201)["key"].as_str().unwrap().to_owned()
}

/// A page of a list.
async fn list(app: &TestApp, token: &str, query: &str) -> Value {
    let path = format!("{COMPLAINTS}?{query}");
    call(app.api.get(&path).bearer_auth(token))
        .await
        .expect(200)
}

/// Submits a complaint that differs from the usual in some members; its id.
async fn submitted_as(app: &TestApp, differs: &Value) -> String {
    let mut body = complaint("north");
    for (member, value) in differs.as_object().unwrap() {
        body[member] = value.clone();
    }
    let receipt = submit(app, &body).await.expect(201);
    receipt["id"].as_str().unwrap().to_owned()
}

/// Submits a complaint at a point; its id.
async fn submitted_at(app: &TestApp, latitude: f64, longitude: f64) -> String {
    submitted_as(app, &json!({"latitude": latitude, "longitude": longitude})).await
}

/// Writes many complaints of the region north behind the server's back, a second apart.
async fn fill(client: &tokio_postgres::Client, count: u32) {
    let made = format!(
        "INSERT INTO complaints (id, region_id, category_id, status, severity, description, version,
                                 created_at, updated_at, status_since)
         SELECT (lpad(to_hex(1700000000000 + n * 1000), 12, '0') || '7000800000000000' || lpad(to_hex(n), 4, '0'))::uuid,
                'north', 'pothole', 'reported', 'low', 'hole number ' || n, 1, at, at, at
         FROM (SELECT n, to_timestamp(1700000000 + n) AS at FROM generate_series(1, {count}) AS n) AS row"
    );
    client.batch_execute(&made).await.unwrap();
    // There are no events of them that the words could follow.
    let words =
        "INSERT INTO complaint_words SELECT id, words_of(complaints, 'simple') FROM complaints";
    client.batch_execute(words).await.unwrap();
}

fn ids(listing: &Value) -> Vec<String> {
    let items = listing["items"].as_array().unwrap();
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    items.iter().map(id).collect()
}
