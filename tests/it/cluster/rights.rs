//! Rights that change at one node are looked at by the others at once, by whatever carries hints.

use std::time::Duration;

use redress::app::Application;
use serde_json::json;

use super::api;
use crate::support::redis::Redis;
use crate::support::{Officer, TestApp, call, eventually};

/// The polls find everything out within a second: without them only what nodes tell each other counts.
fn without_polls(node: &str) {
    fail::cfg(format!("{node}/grant_watch/round"), "return").unwrap();
}

/// Logs out at one node and waits for the end of the login's socket at the other.
async fn logged_out(app: &TestApp, other: &Application) -> Option<u16> {
    let token = app.olga().await;
    let mut officer = Officer::connect(other.settings().server.listen, &token).await;
    let logout = app.api.post("/api/v1/auth/logout", &json!({}));
    assert_eq!(call(logout.bearer_auth(&token)).await.status, 204);
    // Nothing is heard before the node listens.
    let closed = tokio::time::timeout(Duration::from_secs(2), officer.closed()).await;
    closed.ok().map(|(code, _)| code)
}

async fn told_at_once(flags: &[&str]) {
    let app = TestApp::with(flags).await;
    let other = app.another_node_with(flags).await;
    without_polls(app.node());
    without_polls(&other.settings().server.node_name);
    let code = eventually("a logout is told", async || logged_out(&app, &other).await).await;
    assert_eq!(code, 4007);

    // Of the node's own changes it needs no word from others; regions come and go by the same way.
    let token = app.olga().await;
    let mut here = app.officer(&token).await;
    let mut there = Officer::connect(other.settings().server.listen, &token).await;
    let me = call(app.api.get("/api/v1/auth/me").bearer_auth(&token)).await;
    let id = me.expect(200)["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/admin/accounts/{id}");
    let change = api(&other).patch(&path, &json!({"regions": ["north"]}));
    call(change.bearer_auth(app.admin().await))
        .await
        .expect(200);
    for officer in [&mut here, &mut there] {
        let told = officer.object().await;
        assert_eq!(told, json!({"type": "granted", "regions": ["north"]}));
    }
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_logout_ends_sockets_on_other_nodes_by_the_databases_word() {
    told_at_once(&[]).await;
}

#[actix::test]
async fn a_logout_ends_sockets_on_other_nodes_by_word_of_redis() {
    let redis = Redis::start().await;
    told_at_once(&["--redis-url", &redis.url()]).await;
}
