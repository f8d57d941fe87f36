//! The audit trail: what leaves an entry, that none can be changed, and that a changed one is found.

mod chain;
mod commands;
mod requests;

use serde_json::Value;

use crate::support::{TestApp, call};

const AUDIT: &str = "/api/v1/admin/audit";

/// The entries of a filter, newest first, without those of reading the trail itself.
async fn entries(app: &TestApp, query: &str) -> Vec<Value> {
    let request = app.api.get(&format!("{AUDIT}?limit=200&{query}"));
    let page = call(request.bearer_auth(app.admin().await)).await;
    let page = page.expect(200);
    let items = page["items"].as_array().unwrap().iter();
    let own = format!("GET {AUDIT}");
    items
        .filter(|entry| entry["action"] != own.as_str())
        .cloned()
        .collect()
}
