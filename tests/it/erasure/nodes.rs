//! What one node erases, the others forget, too.

use redress::domain::erasure::Mode;
use redress::domain::region::RegionId;
use serde_json::Value;

use super::{comment, erase, erased, rejected, until, where_is};
use crate::support::officer::Came;
use crate::support::{Officer, TestApp, eventually};

async fn epoch(app: &TestApp) -> String {
    let client = app.database().connect().await;
    let row = client
        .query_one("SELECT epoch FROM installation", &[])
        .await;
    row.unwrap().get(0)
}

#[actix::test]
async fn another_node_replays_nothing_of_it_from_its_memory() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let (admin, address) = (app.admin().await, other.settings().server.listen);
    let mut watching = Officer::connect(address, &admin).await;
    watching.join("north", None).await;
    app.submit("north", "stays").await;
    let id = rejected(&app, &admin, "north").await;
    let epoch = epoch(&app).await;
    until(&mut watching, "complaint.status_changed").await;
    // Before, the other node has it in memory.
    let mut before = Officer::connect(address, &admin).await;
    let came = before.join("north", Some((&epoch, 1))).await;
    assert_eq!((&came[0]["mode"], came.len()), (&"resumed".into(), 4));
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    let news = until(&mut watching, "complaint.erased").await;
    assert_eq!(news["seq"], 4);
    for (since, mode) in [(2, "snapshot"), (3, "resumed")] {
        let mut back = Officer::connect(address, &admin).await;
        let came = back.join("north", Some((&epoch, since))).await;
        assert_eq!(came[0]["mode"], mode, "since {since}");
        assert!(!came.iter().any(|it| it.to_string().contains("canary")));
    }
    // A new node knows nothing of what was.
    let third = app.another_node().await;
    let mut back = Officer::connect(third.settings().server.listen, &admin).await;
    assert_eq!(
        back.join("north", Some((&epoch, 2))).await[0]["mode"],
        "snapshot"
    );
    let client = app.database().connect().await;
    assert_eq!(where_is(&client, "canary").await, []);
    third.stop().await;
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn who_watches_at_a_node_that_the_erasure_overtook_comes_back_for_a_snapshot() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let (admin, address) = (app.admin().await, other.settings().server.listen);
    let id = rejected(&app, &admin, "north").await;
    let mut watching = Officer::connect(address, &admin).await;
    watching.join("north", None).await;
    // The other node hears nothing for a while: what carries news to it stands still.
    let point = format!(
        "{}/session_registry/publish",
        other.settings().server.node_name
    );
    fail::cfg(&point, "pause").unwrap();
    app.submit("north", "stands still with it").await;
    let north = RegionId::parse("north").unwrap();
    let stands = async || (other.desks().of(&north)?.head() == 3).then_some(());
    eventually(
        "the other node's desk has the last that it can have",
        stands,
    )
    .await;
    assert_eq!(comment(&app, &admin, id, "zyzzyva").await, 201);
    erased(&erase(app.application(), "north", &[id], Mode::Erase).await);
    fail::remove(&point);
    let mut told = Vec::new();
    let code = loop {
        match watching.next().await {
            Came::Object(object) => told.push(object),
            Came::Close(code, _) => break code,
            Came::End => panic!("no close frame: {told:?}"),
        }
    };
    assert_eq!(code, 4001, "{told:?}");
    assert!(
        !told.iter().any(|it| it.to_string().contains("zyzzyva")),
        "{told:?}"
    );
    let last = told
        .iter()
        .filter(|it| it["type"] == "event")
        .map(|it| it["seq"].as_i64());
    let last = last.max().flatten().unwrap_or(2);
    let mut back = Officer::connect(address, &admin).await;
    let came = back.join("north", Some((&epoch(&app).await, last))).await;
    assert_eq!(came[0]["mode"], "snapshot", "since {last}");
    assert_eq!(came.last().map(|it| &it["seq"]), Some(&Value::from(5)));
    other.stop().await;
    app.end().await;
}
