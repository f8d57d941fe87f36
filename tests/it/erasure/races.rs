//! Erasing against reopening, holding and writing: the row lock decides, and nothing is half erased.

use redress::actors::region_desk::Outcome;
use redress::domain::change::Refusal;
use redress::domain::erasure::Mode;
use serde_json::json;
use uuid::Uuid;

use super::{comment, count, erase, rejected, where_is};
use crate::support::{TestApp, call, eventually};

const ROUNDS: usize = 12;

/// Lets an erasure and something else wait for the same row, and then go on together, in either order.
async fn meet<T>(
    app: &TestApp,
    id: Uuid,
    other_first: bool,
    other: impl AsyncFn() -> T,
) -> (Outcome, T) {
    let mut locker = app.database().connect().await;
    let lock = locker.transaction().await.unwrap();
    let row = "SELECT id FROM complaints WHERE id = $1 FOR UPDATE";
    lock.query_one(row, &[&id]).await.unwrap();
    let watcher = app.database().connect().await;
    let waits = async || {
        eventually("somebody waits for the row", async || {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                AND datname = current_database()";
            (count(&watcher, waiting).await > 0).then_some(())
        })
        .await;
    };
    let erasing = async || {
        erase(app.application(), "north", &[id], Mode::Erase)
            .await
            .remove(0)
    };
    let free = async {
        waits().await;
        lock.rollback().await.unwrap();
    };
    if other_first {
        let (other, outcome, ()) = futures_util::future::join3(
            other(),
            async {
                waits().await;
                erasing().await
            },
            free,
        )
        .await;
        (outcome, other)
    } else {
        let (outcome, other, ()) = futures_util::future::join3(
            erasing(),
            async {
                waits().await;
                other().await
            },
            free,
        )
        .await;
        (outcome, other)
    }
}

async fn is_there(app: &TestApp, admin: &str, id: Uuid) -> bool {
    let path = format!("/api/v1/complaints/{id}");
    call(app.api.get(&path).bearer_auth(admin)).await.status == 200
}

#[actix::test]
async fn a_complaint_that_is_reopened_while_it_is_erased_is_one_or_the_other() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let admin = app.admin().await;
    for round in 0..ROUNDS {
        let id = rejected(&app, &admin, "north").await;
        let reopen = async || {
            let path = format!("/api/v1/complaints/{id}/status");
            let request = app
                .api
                .patch(&path, &json!({"action": "reopen", "comment": "not done"}));
            call(request.bearer_auth(&admin)).await.status
        };
        let (outcome, reopened) = meet(&app, id, round % 2 == 0, reopen).await;
        match (outcome, reopened) {
            (Outcome::Erased, 404) => assert!(!is_there(&app, &admin, id).await),
            (Outcome::Refused(Refusal::Active(_)), 200) => {
                assert!(is_there(&app, &admin, id).await)
            }
            other => panic!("{other:?}"),
        }
    }
    app.complaint_gauges_are_right().await;
    app.assert_log_is_whole().await;
    app.end().await;
}

#[actix::test]
async fn a_complaint_that_is_held_while_it_is_erased_is_one_or_the_other() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    for round in 0..ROUNDS {
        let id = rejected(&app, &admin, "north").await;
        let hold = async || {
            let path = format!("/api/v1/complaints/{id}/hold");
            let request = app.api.put(&path, &json!({"reason": "a trial"}));
            call(request.bearer_auth(&admin)).await.status
        };
        let (outcome, held) = meet(&app, id, round % 2 == 0, hold).await;
        match (outcome, held) {
            (Outcome::Erased, 404) => assert!(!is_there(&app, &admin, id).await),
            (Outcome::Refused(Refusal::Held { .. }), 200) => {
                assert!(is_there(&app, &admin, id).await);
            }
            other => panic!("{other:?}"),
        }
    }
    let strays =
        "SELECT count(*) FROM legal_holds WHERE complaint_id NOT IN (SELECT id FROM complaints)";
    assert_eq!(count(&client, strays).await, 0);
    app.end().await;
}

#[actix::test]
async fn what_is_written_to_a_complaint_while_it_is_erased_goes_with_it_or_is_refused() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    for round in 0..ROUNDS {
        let id = rejected(&app, &admin, "north").await;
        let write = async || comment(&app, &admin, id, "zyzzyva").await;
        let (outcome, written) = meet(&app, id, round % 2 == 0, write).await;
        assert!(matches!(outcome, Outcome::Erased), "{outcome:?}");
        assert!([201, 404].contains(&written), "{written}");
        assert_eq!(where_is(&client, "zyzzyva").await, []);
    }
    app.assert_log_is_whole().await;
    app.end().await;
}

#[actix::test]
async fn all_that_comes_at_once_shares_no_batch_with_the_erasure_of_its_complaint() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let (admin, client) = (app.admin().await, app.database().connect().await);
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(rejected(&app, &admin, "north").await);
    }
    let each = ids.iter().map(|&id| {
        let (app, admin) = (&app, &admin);
        async move {
            let write = |_| comment(app, admin, id, "zyzzyva");
            let before = futures_util::future::join_all((0..3).map(write));
            let erasing = erase(
                app.application(),
                "north",
                std::slice::from_ref(&id),
                Mode::Erase,
            );
            let after = futures_util::future::join_all((0..3).map(write));
            let (_, outcomes, _) = futures_util::future::join3(before, erasing, after).await;
            assert!(matches!(outcomes[..], [Outcome::Erased]), "{outcomes:?}");
        }
    });
    futures_util::future::join_all(each).await;
    assert_eq!(where_is(&client, "zyzzyva").await, []);
    assert_eq!(count(&client, "SELECT count(*) FROM complaints").await, 0);
    app.assert_log_is_whole().await;
    app.end().await;
}
