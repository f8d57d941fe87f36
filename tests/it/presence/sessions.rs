//! Presence by what a session is and what it may watch: event streams, regions that are taken and given.

use serde_json::json;

use super::{account, follow, follow_and_be_seen, told, until_turnover};
use crate::support::stream::Stream;
use crate::support::{Officer, TestApp, call};

/// Lets an account watch these regions alone.
async fn may_watch(app: &TestApp, id: &str, regions: &[&str]) {
    let path = format!("/api/v1/admin/accounts/{id}");
    let change = app.api.patch(&path, &json!({"regions": regions}));
    call(change.bearer_auth(&app.admin().await))
        .await
        .expect(200);
}

/// Reads until the socket was told what it may watch now.
async fn read_to_granted(officer: &mut Officer) {
    while officer.object().await["type"] != "granted" {}
}

#[actix::test]
async fn a_region_that_is_taken_and_given_again_tells_presence_only_to_who_asks_again() {
    let app = TestApp::spawn().await;
    let (olga, admin) = (app.olga().await, app.admin().await);
    let (olga_id, admin_id) = (account(&app, &olga).await, account(&app, &admin).await);
    let mut officer = app.officer(&olga).await;
    follow_and_be_seen(&mut officer, "north", &olga_id).await;
    // Meanwhile no round of presence sees that nobody is there.
    let database = app.database().connect().await;
    let lock = "BEGIN; LOCK TABLE presence_nodes IN ACCESS EXCLUSIVE MODE";
    database.batch_execute(lock).await.unwrap();
    for regions in [&["harbour"][..], &["harbour", "north"]] {
        may_watch(&app, &olga_id, regions).await;
        read_to_granted(&mut officer).await;
    }
    officer.join("north", None).await;
    database.batch_execute("ROLLBACK").await.unwrap();

    let mut overseer = app.officer(&admin).await;
    follow_and_be_seen(&mut overseer, "north", &admin_id).await;
    app.submit("north", "a hole").await;
    // Nothing came before the event.
    assert_eq!(officer.event().await["seq"], 1);
    app.end().await;
}

#[actix::test]
async fn who_has_an_event_stream_is_online_until_it_ends_and_is_told_nothing_of_presence() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let olga_id = account(&app, &olga).await;
    let mut watching = app.officer(&otto).await;
    follow(&mut watching, "harbour").await;
    let path = "/api/v1/regions/harbour/events";
    let mut stream = Stream::open(app.api.get(path).bearer_auth(&olga)).await;
    stream.read_to("live").await;
    until_turnover(&mut watching, "joined", &olga_id).await;
    let region = (&*otto, "harbour", &*olga_id);
    told(&app.api, region, "the stream counts", |one| {
        one["sockets"] == 1
    })
    .await;
    may_watch(&app, &olga_id, &["north"]).await;
    until_turnover(&mut watching, "left", &olga_id).await;
    let mut kinds = Vec::new();
    while let Some(block) = stream.block().await {
        kinds.extend(Some(block.kind).filter(|kind| !kind.is_empty()));
    }
    assert_eq!(kinds, ["unsubscribed", "close"]);
    app.end().await;
}
