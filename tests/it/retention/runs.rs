//! What is told of runs: a list, one of them, its progress.

use serde_json::{Value, json};

use super::{get, keep_lock, old, purge};
use crate::support::TestApp;
use crate::support::call::call;
use crate::support::stream::Stream;

#[actix::test]
async fn runs_are_listed_with_who_asked_for_what_and_what_came_of_it() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    old(&app, &admin, "north", ("closed", 40)).await;
    let mut asked = Vec::new();
    for query in ["", "?complaint_status=closed&days_old=2", "?days_old=3"] {
        let done = purge(&app, &admin, query).await.expect(200);
        asked.push(done["run_id"].clone());
    }
    let page = get(&app, &admin, "/runs?limit=2").await.expect(200);
    let ids = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|run| run["id"].clone()).collect()
    };
    assert_eq!(ids(&page), [asked[2].clone(), asked[1].clone()]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = get(&app, &admin, &format!("/runs?cursor={cursor}")).await;
    let rest = rest.expect(200);
    assert_eq!(ids(&rest), [asked[0].clone()]);
    let first = &rest["items"][0];
    assert_eq!(first["origin"], "request");
    assert!(first["asked_by"].is_string());
    assert_eq!(first["stage"], "done");
    assert_eq!(first["node"], app.node());
    assert_eq!(first["counts"]["closed"]["due"], 1);
    assert_eq!(first["counts"]["closed"]["erased"], 1);
    assert!(first["took_ms"].as_i64().unwrap() >= 0);
    let narrow = &page["items"][1];
    assert_eq!(narrow["complaint_status"], "closed");
    assert_eq!(narrow["days_old"], 2);
    assert_eq!(narrow["cut_offs"].as_array().unwrap().len(), 1);
    let one = asked[0].as_str().unwrap();
    assert_eq!(
        &get(&app, &admin, &format!("/runs/{one}")).await.expect(200),
        first
    );
    let none = format!("/runs/{}", uuid::Uuid::nil());
    get(&app, &admin, &none).await.problem(404, "not_found");
    get(&app, &admin, "/runs/7").await.problem(404, "not_found");
    get(&app, &admin, "/runs?limit=0")
        .await
        .problem(422, "validation");
    app.end().await;
}

/// Where a run is followed.
fn events_of(run: &Value) -> String {
    let run = run.as_str().unwrap();
    format!("/api/v1/admin/retention/runs/{run}/events")
}

#[actix::test]
async fn a_run_is_followed_to_its_end() {
    let app = TestApp::with(&["--retention-batch", "1"]).await;
    let admin = app.admin().await;
    for _ in 0..5 {
        old(&app, &admin, "north", ("closed", 40)).await;
    }
    let lock = keep_lock(&app).await;
    let run = purge(&app, &admin, "").await.expect(202)["run_id"].clone();
    let path = events_of(&run);
    let mut stream = Stream::open(app.api.get(&path).bearer_auth(&admin)).await;
    let first = stream.message().await;
    assert_eq!(first.kind, "run");
    assert_eq!(first.message["stage"], "waiting");
    drop(lock);
    let last = stream.last().await;
    assert_eq!(last.message["stage"], "done");
    assert_eq!(last.message["counts"]["closed"]["erased"], json!(5));
    // Of one that is over there is one message.
    let mut over = Stream::open(app.api.get(&path).bearer_auth(&admin)).await;
    assert_eq!(over.message().await.message["stage"], "done");
    assert_eq!(over.block().await, None);
    app.end().await;
}

#[actix::test]
async fn who_is_no_admin_any_more_follows_no_run() {
    let app = TestApp::spawn().await;
    let (admin, second) = (app.admin().await, app.admin().await);
    old(&app, &admin, "north", ("closed", 40)).await;
    let lock = keep_lock(&app).await;
    let run = purge(&app, &admin, "").await.expect(202)["run_id"].clone();
    let path = events_of(&run);
    let mut stays = Stream::open(app.api.get(&path).bearer_auth(&admin)).await;
    let mut leaves = Stream::open(app.api.get(&path).bearer_auth(&second)).await;
    for stream in [&mut stays, &mut leaves] {
        assert_eq!(stream.message().await.message["stage"], "waiting");
    }
    let logout = app.api.post("/api/v1/auth/logout", &json!({}));
    call(logout.bearer_auth(&second)).await.expect(204);
    assert_eq!(leaves.block().await, None, "the run still waits");
    drop(lock);
    assert_eq!(stays.last().await.message["stage"], "done");
    app.end().await;
}
