//! What nodes on one database share: live connections, rights, limits.

use redress::app::Application;
use serde_json::Value;

use crate::support::{Api, TestApp, call, eventually};

mod limits;
mod rights;
mod sessions;

fn api(node: &Application) -> Api {
    Api::at(&node.url())
}

/// Waits until a node counts so many live connections on all nodes together.
async fn counted(api: &Api, connections: usize) {
    eventually("a node counts all connections", async || {
        let health = call(api.get("/health")).await.expect(200);
        (health["cluster"]["websocket_connections"] == connections).then_some(())
    })
    .await;
}

async fn stats(app: &TestApp, admin: &str) -> Value {
    let request = app.api.get("/api/v1/websocket/stats");
    call(request.bearer_auth(admin)).await.expect(200)
}
