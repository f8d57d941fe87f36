//! Live connections of all nodes: counted, described, ended, limited.

use serde_json::{Value, json};

use super::{api, counted, stats};
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Answer, Officer, TestApp, call, eventually};

async fn kick(app: &TestApp, admin: &str, session: &str) -> Answer {
    let path = format!("/api/v1/websocket/sessions/{session}");
    call(app.api.delete(&path).bearer_auth(admin)).await
}

/// The one session at a node.
fn session_at<'a>(stats: &'a Value, node: &str) -> &'a Value {
    let sessions = stats["sessions"].as_array().unwrap();
    let mut there = sessions.iter().filter(|session| session["node"] == node);
    let (first, second) = (there.next(), there.next());
    assert!(second.is_none(), "{stats}");
    first.unwrap_or_else(|| panic!("nobody at {node}: {stats}"))
}

#[actix::test]
async fn every_node_counts_and_describes_the_connections_of_all() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let other_name = other.settings().server.node_name.clone();
    let (olga, otto, admin) = (app.olga().await, app.otto().await, app.admin().await);
    let mut here = app.officer(&olga).await;
    here.join("north", None).await;
    let mut there = Officer::connect(other.settings().server.listen, &otto).await;
    there.join("harbour", None).await;
    let _boss = Officer::connect(other.settings().server.listen, &admin).await;
    for node in [&app.api, &api(&other)] {
        counted(node, 3).await;
        let health = call(node.get("/health")).await.expect(200);
        let by_role = json!({"admin": 1, "officer": 2});
        assert_eq!(health["cluster"]["websocket_by_role"], by_role);
        assert_eq!(health["cluster"]["nodes"], 2);
        let live = call(node.get("/api/v1/websocket/health")).await.expect(200);
        assert_eq!(live["cluster"], health["cluster"]);
    }

    let stats = stats(&app, &admin).await;
    assert_eq!(stats["connections"], 3);
    assert_eq!(stats["by_role"], json!({"admin": 1, "officer": 2}));
    assert_eq!(stats["by_region"], json!({"harbour": 1, "north": 1}));
    let nodes = json!([
        {"name": app.node(), "connections": 1, "answered": true},
        {"name": other_name, "connections": 2, "answered": true},
    ]);
    assert_eq!(stats["nodes"], nodes);
    assert_eq!(
        session_at(&stats, app.node())["lag"],
        json!({"north": null})
    );
    let asked = app.database().connect().await;
    let left = asked.query("SELECT FROM session_asks", &[]).await.unwrap();
    assert!(left.is_empty(), "what was asked is forgotten");
    other.stop().await;
    counted(&app.api, 1).await;
    app.end().await;
}

#[actix::test]
async fn an_admin_ends_a_session_of_another_node() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let mut there = Officer::connect(other.settings().server.listen, &olga).await;
    counted(&app.api, 1).await;
    let stats = stats(&app, &admin).await;
    let session = session_at(&stats, &other.settings().server.node_name)["session"].clone();
    let session = session.as_str().unwrap();
    assert_eq!(kick(&app, &admin, session).await.status, 204);
    assert_eq!(there.closed().await.0, 4507);
    counted(&app.api, 0).await;
    kick(&app, &admin, session).await.problem(404, "not_found");
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_node_that_does_not_answer_is_counted_as_it_was_known() {
    let app = TestApp::spawn().await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let flags = ["--node-name", "sleeper"];
    let node = ServerProcess::start(app.database(), free_address(), &flags, log.path()).await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let mut there = Officer::connect(node.address(), &olga).await;
    there.join("north", None).await;
    eventually("its region is known", async || {
        let stats = stats(&app, &admin).await;
        (stats["by_region"]["north"] == 1).then_some(())
    })
    .await;
    let session = stats(&app, &admin).await;
    let session = session_at(&session, "sleeper")["session"].clone();
    node.pause();
    let asleep = stats(&app, &admin).await;
    let ended = kick(&app, &admin, session.as_str().unwrap()).await;
    node.resume();
    assert_eq!(asleep["connections"], 1, "{asleep}");
    assert_eq!(asleep["by_region"], json!({"north": 1}));
    assert_eq!(asleep["nodes"][1]["answered"], false);
    assert_eq!(asleep["sessions"], json!([]));
    ended.problem(503, "unavailable");
    drop((there, node));
    app.end().await;
}

#[actix::test]
async fn sockets_of_an_account_are_limited_on_all_nodes_together() {
    let flags = ["--max-connections-account", "2"];
    let app = TestApp::with(&flags).await;
    let other = app.another_node_with(&flags).await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let address = other.settings().server.listen;
    let here = app.officer(&olga).await;
    counted(&api(&other), 1).await;
    let _there = Officer::connect(address, &olga).await;
    let mut third = Officer::open(Officer::request(address, Some(&olga)))
        .await
        .unwrap();
    assert_eq!(third.closed().await.0, 4504);
    let _another = Officer::connect(address, &otto).await;
    // Else two might still be those without him.
    counted(&api(&other), 3).await;
    drop(here);
    counted(&api(&other), 2).await;
    let _again = Officer::connect(address, &olga).await;
    other.stop().await;
    app.end().await;
}
