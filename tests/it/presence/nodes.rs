//! Presence and claims of several nodes on one database.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    account, claim, follow, next_claims, read_claim, release, submitted, told, until_turnover,
};
use crate::support::process::{ServerProcess, free_address};
use crate::support::{Api, Officer, TestApp, call, eventually};

#[actix::test]
async fn who_is_online_at_one_node_is_online_at_the_other() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let other_api = Api::at(&other.url());
    let (olga, otto) = (app.olga().await, app.otto().await);
    let otto_id = account(&app, &otto).await;
    let mut watching = app.officer(&olga).await;
    follow(&mut watching, "harbour").await;
    let mut there = Officer::connect(other.settings().server.listen, &otto).await;
    there.join("harbour", None).await;
    until_turnover(&mut watching, "joined", &otto_id).await;
    let mut here = app.officer(&otto).await;
    here.join("harbour", None).await;
    for api in [&app.api, &other_api] {
        let region = (&*olga, "harbour", &*otto_id);
        told(api, region, "two sockets on two nodes", |one| {
            one["sockets"] == 2
        })
        .await;
    }
    drop(here);
    told(&other_api, (&olga, "harbour", &otto_id), "one", |one| {
        one["sockets"] == 1
    })
    .await;
    // A node that stops says so: nobody waits for it to age.
    other.stop().await;
    until_turnover(&mut watching, "left", &otto_id).await;
    let client = app.database().connect().await;
    let nodes: i64 = client
        .query_one("SELECT count(*) FROM presence_nodes", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(nodes, 1);
    drop(client);
    app.end().await;
}

#[actix::test]
async fn who_was_online_at_a_node_that_was_killed_is_not_for_long() {
    let app = TestApp::spawn().await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let node = ServerProcess::start(app.database(), free_address(), &[], log.path()).await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let otto_id = account(&app, &otto).await;
    let mut there = Officer::connect(node.address(), &otto).await;
    there.join("harbour", None).await;
    let id = submitted(&app, "harbour").await;
    let made = claim(&node.api(), &otto, &id, &json!({})).await.expect(200);
    let region = (&*olga, "harbour", &*otto_id);
    told(&app.api, region, "otto is online", |one| {
        one["online"] == true
    })
    .await;
    node.kill();
    told(&app.api, region, "otto is offline", |one| {
        one["online"] == false
    })
    .await;
    assert_eq!(
        read_claim(&app.api, &olga, &id).await,
        made,
        "the grace has just begun"
    );
    app.end().await;
}

#[actix::test]
async fn of_officers_who_claim_at_once_on_two_nodes_one_is_on_the_way() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let other = app.another_node().await;
    let nodes = [app.api.clone(), Api::at(&other.url())];
    let tokens = [app.olga().await, app.otto().await];
    for _ in 0..5 {
        let id = submitted(&app, "harbour").await;
        let body = json!({});
        let asking = (0..40).map(|turn| claim(&nodes[turn / 2 % 2], &tokens[turn % 2], &id, &body));
        let answers = join_all(asking).await;
        let mut holders = BTreeSet::new();
        for answer in answers {
            let holder = if answer.status == 200 {
                answer.expect(200)["holder"]["id"].clone()
            } else {
                answer.problem(409, "claimed")["current"]["holder"]["id"].clone()
            };
            holders.insert(holder.as_str().unwrap().to_owned());
        }
        assert_eq!(holders.len(), 1, "one winner, whom all were told");
    }
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_claim_at_one_node_is_seen_live_at_the_other() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let other_api = Api::at(&other.url());
    let (olga, otto) = (app.olga().await, app.otto().await);
    let id = submitted(&app, "harbour").await;
    let mut watching = app.officer(&otto).await;
    follow(&mut watching, "harbour").await;
    let made = claim(&other_api, &olga, &id, &json!({})).await.expect(200);
    assert_eq!(read_claim(&app.api, &otto, &id).await, made);
    assert_eq!(next_claims(&mut watching).await["claimed"], json!([made]));
    assert_eq!(release(&other_api, &olga, &id).await.status, 204);
    assert_eq!(read_claim(&app.api, &otto, &id).await, Value::Null);
    let message = next_claims(&mut watching).await;
    assert_eq!(message["released"][0]["reason"], "released");
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn nodes_write_again_what_the_database_has_lost() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let other_api = Api::at(&other.url());
    let olga = app.olga().await;
    let olga_id = account(&app, &olga).await;
    let mut officer = app.officer(&olga).await;
    officer.join("north", None).await;
    let region = (&*olga, "north", &*olga_id);
    told(&other_api, region, "olga is online", |one| {
        one["online"] == true
    })
    .await;
    // As after a crash of the database, which empties unlogged tables.
    let client = app.database().connect().await;
    client
        .batch_execute("TRUNCATE presence_nodes CASCADE")
        .await
        .unwrap();
    eventually("it is written again", async || {
        let rows = client.query("SELECT FROM presence", &[]).await.unwrap();
        (rows.len() == 1).then_some(())
    })
    .await;
    told(&other_api, region, "olga is online again", |one| {
        one["online"] == true
    })
    .await;
    drop(client);
    call(other_api.get("/readyz")).await.expect(200);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn nobody_seems_to_go_while_the_database_gives_no_answer() {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let otto_id = account(&app, &otto).await;
    let mut there = Officer::connect(other.settings().server.listen, &otto).await;
    there.join("harbour", None).await;
    let id = submitted(&app, "harbour").await;
    claim(&app.api, &olga, &id, &json!({})).await.expect(200);
    told(
        &app.api,
        (&olga, "harbour", &otto_id),
        "otto is online",
        |one| one["online"] == true,
    )
    .await;
    let mut watching = app.officer(&olga).await;
    follow(&mut watching, "harbour").await;

    let client = app.database().connect().await;
    let refused = async || {
        let sql = "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()";
        client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
    };
    let before = refused().await;
    let hide = "ALTER TABLE presence_nodes RENAME TO hidden";
    client.batch_execute(hide).await.unwrap();
    eventually("both nodes were refused more than once", async || {
        (refused().await >= before + 6).then_some(())
    })
    .await;
    let show = "ALTER TABLE hidden RENAME TO presence_nodes";
    client.batch_execute(show).await.unwrap();
    app.submit("harbour", "all is well").await;
    loop {
        let message = watching.object().await;
        if message["type"] == "event" {
            break;
        }
        let gone = |member: &str| {
            message[member]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        };
        assert!(!gone("left") && !gone("released"), "{message}");
    }
    drop(there);
    until_turnover(&mut watching, "left", &otto_id).await;
    drop(client);
    other.stop().await;
    app.end().await;
}
