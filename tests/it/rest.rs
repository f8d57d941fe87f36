//! REST: what clients of every kind may do with complaints, and what they see.

mod deadlines;
mod idempotency;
mod lists;
mod rules;
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

fn ids(listing: &Value) -> Vec<String> {
    let items = listing["items"].as_array().unwrap();
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    items.iter().map(id).collect()
}
