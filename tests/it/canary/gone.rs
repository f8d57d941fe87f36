//! After a complaint was erased none of its words is anywhere: no table, no blob, no memory of any node.

use redress::actors::region_desk::Outcome;
use redress::app::Application;
use redress::domain::account::By;
use redress::domain::erasure::{Erasure, Mode, Reason};
use redress::domain::region::RegionId;
use tokio_postgres::Client;
use uuid::Uuid;

use super::{Planted, assert_silent, plant, search};
use crate::support::{Answer, Officer, PATIENCE, TestApp, call, eventually};

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

/// Two nodes that have seen a complaint, an officer at each, and all that they were told.
struct Stage {
    app: TestApp,
    other: Application,
    admin: String,
    client: Client,
    epoch: String,
    following: [Officer; 2],
    planted: Planted,
}

impl Stage {
    async fn set() -> Self {
        let app = TestApp::spawn().await;
        let other = app.another_node().await;
        let (admin, client) = (app.admin().await, app.database().connect().await);
        // Somebody else's complaint: the planner's notes of an empty table are not made anew.
        app.submit("north", "somebody else's").await;
        // They follow on both nodes, which remember what they heard.
        let mut following = app.officer(&admin).await;
        let joined = following.join("north", None).await;
        let epoch = joined[0]["epoch"].as_str().unwrap().to_owned();
        let mut elsewhere = Officer::connect(other.settings().server.listen, &admin).await;
        elsewhere.join("north", None).await;
        let planted = plant(&app.api, &app.demo.api_key, &admin).await;
        Self {
            app,
            other,
            admin,
            client,
            epoch,
            following: [following, elsewhere],
            planted,
        }
    }

    /// Has it handed out and searched for, and ended; everybody knows it then.
    async fn is_known(&self) {
        let search = "/api/v1/complaints?q=canary7f3a";
        let found = self.get(search).await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        let export = format!("{}/export", self.planted.path());
        self.get(&export).await;
        finish(&self.app, &self.admin, &self.planted, &self.client).await;
        self.client.batch_execute("ANALYZE").await.unwrap();
        let before = search::tables(&self.client).await;
        for table in [
            "complaints",
            "reporters",
            "events",
            "comments",
            "complaint_words",
            "idempotency_keys",
        ] {
            let is_there = before.iter().any(|place| place.contains(table));
            assert!(is_there, "{table}: {before:?}");
        }
        assert!(!search::files(&self.app.photos(), &self.planted.photo).is_empty());
        for node in [self.app.application(), &self.other] {
            let heard = heard(node, &self.admin, Some((&self.epoch, 1))).await;
            assert!(heard.to_lowercase().contains(super::NEEDLE));
        }
    }

    async fn get(&self, path: &str) -> Answer {
        call(self.app.api.get(path).bearer_auth(&self.admin)).await
    }

    async fn erase(&self, mode: Mode) {
        erase(self.app.application(), &self.planted, mode).await;
        eventually("blobs are removed", async || {
            let left = "SELECT count(*) FROM blob_removals";
            let left = self.client.query_one(left, &[]).await.unwrap();
            (left.get::<_, i64>(0) == 0).then_some(())
        })
        .await;
    }

    async fn nothing_is_stored(&self) {
        self.client.batch_execute("VACUUM (ANALYZE)").await.unwrap();
        assert_eq!(search::tables(&self.client).await, Vec::<String>::new());
        let files = search::files(&self.app.photos(), &self.planted.photo);
        assert_eq!(files, Vec::<String>::new());
    }

    /// The other node hears of it within about a second; then nobody is told anything any more, wherever they were.
    async fn nothing_is_replayed(&mut self) {
        let last = "SELECT head FROM region_heads WHERE region_id = 'north'";
        let last: i64 = self.client.query_one(last, &[]).await.unwrap().get(0);
        for officer in &mut self.following {
            while officer.object().await["seq"] != last {}
        }
        for node in [self.app.application(), &self.other] {
            for since in [None, Some(0), Some(1), Some(2), Some(last - 1), Some(last)] {
                let since = since.map(|seq| (self.epoch.as_str(), seq));
                assert_silent("a replay", &heard(node, &self.admin, since).await);
            }
        }
    }

    async fn nothing_is_shown(&self) {
        for path in [
            "/metrics",
            "/api/v1/complaints?q=canary7f3a",
            "/api/v1/regions/north/snapshot",
            "/api/v1/admin/audit",
        ] {
            let answer = self.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            assert_silent(path, &answer.text);
        }
    }
}

/// Erases as `mode` says what was seen by two nodes, handed out and searched for; then looks everywhere.
async fn nothing_is_left(mode: Mode) {
    let mut stage = Stage::set().await;
    stage.is_known().await;
    stage.erase(mode).await;
    stage.nothing_is_stored().await;
    stage.nothing_is_replayed().await;
    stage.nothing_is_shown().await;
    stage.other.stop().await;
    stage.app.end().await;
}

#[actix::test]
async fn nothing_of_an_erased_complaint_is_found_anywhere() {
    nothing_is_left(Mode::Erase).await;
}

#[actix::test]
async fn nothing_personal_of_an_anonymised_complaint_is_found_anywhere() {
    nothing_is_left(Mode::Anonymise).await;
}
