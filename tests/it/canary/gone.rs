//! After a complaint was erased none of its words is anywhere: no table, no blob, no memory of any node.

use redress::actors::region_desk::Outcome;
use redress::app::Application;
use redress::domain::account::By;
use redress::domain::erasure::{Erasure, Mode, Reason};
use redress::domain::region::RegionId;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{Planted, assert_silent, plant, search};
use crate::support::{Officer, PATIENCE, TestApp, call, eventually};

/// Makes a complaint be finished for long enough.
async fn finish(app: &TestApp, admin: &str, planted: &Planted, client: &Client) {
    let rejected = app.api.set_status(admin, &planted.id, "rejected").await;
    assert_eq!(rejected.status(), 200, "{:?}", rejected.text().await);
    let id: Uuid = planted.id.parse().unwrap();
    for sql in [
        "UPDATE complaints SET status_since = status_since - interval '3 days' WHERE id = $1",
        "UPDATE events SET at = at - interval '3 days' WHERE complaint_id = $1",
    ] {
        client.execute(sql, &[&id]).await.unwrap();
    }
}

async fn erase(node: &Application, planted: &Planted, mode: Mode) {
    let desk = node.desks().of(&RegionId::parse("north").unwrap()).unwrap();
    let erasure = Erasure {
        mode,
        reason: Reason::Purge,
        run: None,
    };
    let ids = [planted.id.parse().unwrap()];
    let outcomes = desk.erase(&ids, erasure, By::System, PATIENCE).await;
    assert!(matches!(outcomes[..], [Outcome::Erased]), "{outcomes:?}");
}

/// All that an officer hears who comes with a position, or without one.
async fn heard(node: &Application, token: &str, since: Option<(&str, i64)>) -> String {
    let address = node.settings().server.listen;
    let mut officer = Officer::connect(address, token).await;
    let came = officer.join("north", since).await;
    assert!(!came.is_empty());
    came.iter().map(|object| format!("{object}\n")).collect()
}

/// Erases as `mode` says what was seen by two nodes, handed out and searched for; then looks everywhere.
async fn nothing_is_left(mode: Mode) {
    let app = TestApp::spawn().await;
    let other = app.another_node().await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    // Somebody else's complaint: the planner's notes of an empty table are not made anew.
    app.submit("north", "somebody else's").await;
    let epoch = {
        let mut officer = app.officer(&admin).await;
        officer.join("north", None).await[0]["epoch"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // They follow on both nodes, which remember what they heard.
    let mut following = app.officer(&admin).await;
    following.join("north", None).await;
    let mut elsewhere = Officer::connect(other.settings().server.listen, &admin).await;
    elsewhere.join("north", None).await;
    let planted = plant(&app.api, &app.demo.api_key, &admin).await;
    let search = "/api/v1/complaints?q=canary7f3a";
    let found = call(app.api.get(search).bearer_auth(&admin))
        .await
        .expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    call(
        app.api
            .get(&format!("{}/export", planted.path()))
            .bearer_auth(&admin),
    )
    .await;
    finish(&app, &admin, &planted, &client).await;
    client.batch_execute("ANALYZE").await.unwrap();
    let before = search::tables(&client).await;
    for table in [
        "complaints",
        "reporters",
        "events",
        "comments",
        "complaint_words",
        "idempotency_keys",
    ] {
        assert!(
            before.iter().any(|place| place.contains(table)),
            "{table}: {before:?}"
        );
    }
    assert!(!search::files(&app.photos(), &planted.photo).is_empty());
    for node in [app.application(), &other] {
        assert!(
            heard(node, &admin, Some((&epoch, 1)))
                .await
                .to_lowercase()
                .contains(super::NEEDLE)
        );
    }

    erase(app.application(), &planted, mode).await;
    eventually("blobs are removed", async || {
        let left = client
            .query_one("SELECT count(*) FROM blob_removals", &[])
            .await
            .unwrap();
        (left.get::<_, i64>(0) == 0).then_some(())
    })
    .await;
    client.batch_execute("VACUUM (ANALYZE)").await.unwrap();
    assert_eq!(search::tables(&client).await, Vec::<String>::new());
    assert_eq!(
        search::files(&app.photos(), &planted.photo),
        Vec::<String>::new()
    );
    // The other node hears of it within about a second.
    let last = "SELECT head FROM region_heads WHERE region_id = 'north'";
    let last: i64 = client.query_one(last, &[]).await.unwrap().get(0);
    for mut officer in [following, elsewhere] {
        loop {
            let object = officer.object().await;
            if object["seq"] == last {
                break;
            }
        }
    }
    for node in [app.application(), &other] {
        for since in [None, Some(0), Some(1), Some(2), Some(last - 1), Some(last)] {
            let since = since.map(|seq| (epoch.as_str(), seq));
            assert_silent("a replay", &heard(node, &admin, since).await);
        }
    }
    for path in [
        "/metrics",
        "/api/v1/complaints?q=canary7f3a",
        "/api/v1/regions/north/snapshot",
        "/api/v1/admin/audit",
    ] {
        let answer = call(app.api.get(path).bearer_auth(&admin)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert_silent(path, &answer.text);
    }
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn nothing_of_an_erased_complaint_is_found_anywhere() {
    nothing_is_left(Mode::Erase).await;
}

#[actix::test]
async fn nothing_personal_of_an_anonymised_complaint_is_found_anywhere() {
    nothing_is_left(Mode::Anonymise).await;
}
