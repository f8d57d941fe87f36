//! Every supervised actor panics in a handler, in a future and while starting: the next message is
//! answered, the lost one's caller is told, no event is lost or doubled, and the gauges are right again.

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{Officer, TestApp, eventually};

const ONCE: &str = "1*panic->off";

/// A submission meets a panic at the first of `points`; `restarts` are those of (actor, count).
async fn a_lost_command_is_answered(points: &[&str], restarts: &[(&str, u64)]) {
    let mut app = TestApp::spawn().await;
    let mut officer = app.officer_of_north().await;
    app.submit("north", "before").await;
    points.iter().for_each(|point| app.provoke(point, ONCE));

    let begun = Instant::now();
    let answer = app.try_submit("north", "lost").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("Retry-After"));
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    assert!(
        begun.elapsed().as_secs() < 5,
        "answered by its deadline only"
    );

    app.submit("north", "after").await;
    officer.follow(0, app.head("north").await).await;
    app.assert_log_is_whole().await;
    app.complaint_gauges_are_right().await;
    app.officers_are(1).await;
    for &(actor, count) in restarts {
        assert_eq!(app.restarts_of(actor).await, count, "{actor}");
        app.expect_restarts(count);
    }
    app.end().await;
}

#[actix::test]
async fn a_desk_that_panics_with_a_command_answers_the_next() {
    a_lost_command_is_answered(&["region_desk/take"], &[("region_desk", 1)]).await;
}

#[actix::test]
async fn a_desk_that_panics_with_a_commit_publishes_it_after_its_restart() {
    a_lost_command_is_answered(&["region_desk/committed"], &[("region_desk", 1)]).await;
}

#[actix::test]
async fn a_desk_that_panics_while_starting_starts_again() {
    let points = ["region_desk/committed", "region_desk/started"];
    a_lost_command_is_answered(&points, &[("region_desk", 2)]).await;
}

#[actix::test]
async fn a_lane_that_panics_with_a_command_commits_the_next() {
    a_lost_command_is_answered(&["commit_lane/handle"], &[("commit_lane", 1)]).await;
}

#[actix::test]
async fn a_lane_that_panics_before_its_batch_commits_the_next() {
    a_lost_command_is_answered(&["commit_lane/run"], &[("commit_lane", 1)]).await;
}

#[actix::test]
async fn a_lane_that_panics_after_its_commit_loses_no_event() {
    let points = ["commit_lane/committed", "commit_lane/started"];
    a_lost_command_is_answered(&points, &[("commit_lane", 2)]).await;
}

#[actix::test]
async fn the_sum_of_the_desks_is_right_after_a_panic() {
    let mut app = TestApp::spawn().await;
    app.submit("north", "one").await;
    app.provoke("desks/counted", ONCE);
    app.provoke("desks/started", ONCE);
    app.submit("harbour", "two").await;
    eventually("the panics", async || {
        (app.restarts_of("desks").await == 2).then_some(())
    })
    .await;
    app.submit("old-town", "three").await;
    app.complaint_gauges_are_right().await;
    app.expect_restarts(2);
    app.end().await;
}

#[actix::test]
async fn a_region_whose_desk_was_lost_in_a_panic_gets_one() {
    let mut app = TestApp::spawn().await;
    app.provoke("desks/open", ONCE);
    let body = json!({"id": "south", "name": "South"});
    let create = app.api.post("/api/v1/admin/regions", &body);
    let answer = create.bearer_auth(app.admin().await).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    eventually("the region has a desk", async || {
        let answer = app.try_submit("south", "a hole").await;
        (answer.status() == StatusCode::CREATED).then_some(())
    })
    .await;
    app.expect_restarts(1);
    app.end().await;
}

#[actix::test]
async fn an_event_that_the_front_lost_is_delivered_in_order() {
    let mut app = TestApp::spawn().await;
    let mut officer = app.officer_of_north().await;
    app.provoke("session_registry/publish", ONCE);
    app.provoke("session_registry/started", ONCE);
    app.submit("north", "lost on its way to the shards").await;
    // Nothing else happens in the region: the head poll finds it.
    officer.follow(0, 1).await;
    app.submit("north", "after").await;
    officer.follow(1, 2).await;
    // What was published again is not counted again.
    assert_eq!(app.metric("events_published_total").await, 2.0);
    app.officers_are(1).await;
    app.expect_restarts(2);
    app.end().await;
}

/// On a node with one shard, with the epoch.
async fn an_officer_who_has_one_event() -> (TestApp, Officer, String) {
    let app = TestApp::with(&["--workers", "1"]).await;
    let mut officer = app.officer(&app.olga().await).await;
    let joined = officer.join("north", None).await;
    let epoch = joined[0]["epoch"].as_str().unwrap().to_owned();
    app.submit("north", "one").await;
    officer.follow(0, 1).await;
    (app, officer, epoch)
}

#[actix::test]
async fn sessions_of_a_shard_that_panicked_come_back_and_resume() {
    let (mut app, mut officer, epoch) = an_officer_who_has_one_event().await;
    let token = app.olga().await;
    app.provoke("registry_shard/publish", ONCE);
    app.provoke("registry_shard/started", ONCE);
    app.submit("north", "two").await;
    assert_eq!(officer.closed().await.0, 4001);
    app.officers_are(0).await;
    let mut again = app.officer(&token).await;
    let joined = again.join("north", Some((&epoch, 1))).await;
    assert_eq!(joined[0]["mode"], "resumed");
    assert_eq!(joined[1]["seq"], 2);
    app.submit("north", "three").await;
    again.follow(2, 3).await;
    app.officers_are(1).await;
    app.expect_restarts(2);
    app.end().await;
}

#[actix::test]
async fn an_event_that_the_front_lost_reaches_a_new_shard_too() {
    let (mut app, mut officer, epoch) = an_officer_who_has_one_event().await;
    let token = app.olga().await;
    // The front begins anew, and then the shard: it learns of the desk of north by neither.
    app.provoke("session_registry/publish", ONCE);
    app.submit("harbour", "lost with the front").await;
    app.provoke("registry_shard/publish", ONCE);
    app.submit("old-town", "lost with the shard").await;
    assert_eq!(officer.closed().await.0, 4001);
    let mut again = app.officer(&token).await;
    again.join("north", Some((&epoch, 1))).await;
    app.provoke("session_registry/publish", ONCE);
    app.submit("north", "lost on its way to the shard").await;
    again.follow(1, 2).await;
    app.expect_restarts(3);
    app.end().await;
}

#[actix::test]
async fn a_session_lost_while_entering_is_told_to_come_back() {
    let mut app = TestApp::with(&["--workers", "1"]).await;
    let token = app.olga().await;
    app.provoke("registry_shard/enter", ONCE);
    let mut officer = app.officer(&token).await;
    assert_eq!(officer.closed().await.0, 4001);
    let _second = app.officer(&token).await;
    app.officers_are(1).await;
    app.expect_restarts(1);
    app.end().await;
}

#[actix::test]
async fn a_session_that_panics_ends_only_its_own_socket() {
    let app = TestApp::with(&["--workers", "1"]).await;
    let mut neighbour = app.officer_of_north().await;
    let mut officer = app.officer_of_north().await;
    app.officers_are(2).await;
    app.provoke("ws_session/handle", ONCE);
    officer.say(json!({"type": "pong"})).await;
    assert_eq!(officer.closed().await.0, 4001);
    app.officers_are(1).await;
    app.submit("north", "for the neighbour").await;
    neighbour.follow(0, 1).await;

    app.provoke("ws_session/started", ONCE);
    let request = crate::support::Officer::request(app.address(), Some(&app.olga().await));
    let mut failing = crate::support::Officer::open(request).await.unwrap();
    assert_eq!(failing.closed().await.0, 4001);
    app.officers_are(1).await;
    app.end().await;
}

#[actix::test]
async fn the_word_keeper_goes_on_after_panics() {
    let mut app = TestApp::spawn().await;
    app.provoke("word_keeper/look", ONCE);
    app.provoke("word_keeper/started", ONCE);
    eventually("the panics", async || {
        (app.restarts_of("word_keeper").await == 2).then_some(())
    })
    .await;
    app.expect_restarts(2);
    app.submit("north", "nobody searches for it").await;
    let client = app.database().connect().await;
    let noted = "SELECT FROM complaint_words WHERE words @@ 'searches'";
    eventually("its words are noted all the same", async || {
        let rows = client.query(noted, &[]).await.unwrap();
        (rows.len() == 1).then_some(())
    })
    .await;
    drop(client);
    app.end().await;
}

#[actix::test]
async fn the_recounter_goes_on_after_panics() {
    let mut app = TestApp::spawn().await;
    app.provoke("recounter/look", ONCE);
    app.provoke("recounter/started", ONCE);
    eventually("the panics", async || {
        (app.restarts_of("recounter").await == 2).then_some(())
    })
    .await;
    app.expect_restarts(2);
    let counted = app.metric("complaint_recounts_total").await;
    eventually("regions are counted anew all the same", async || {
        (app.metric("complaint_recounts_total").await > counted).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn the_head_poll_goes_on_after_panics() {
    let mut app = TestApp::spawn().await;
    let mut officer = app.officer_of_north().await;
    app.provoke("feed_poll/poll", ONCE);
    app.provoke("feed_poll/started", ONCE);
    eventually("the panics", async || {
        (app.restarts_of("feed_poll").await == 2).then_some(())
    })
    .await;
    app.provoke("session_registry/publish", ONCE);
    app.submit("north", "only the poll finds it").await;
    officer.follow(0, 1).await;
    app.expect_restarts(3);
    app.end().await;
}

#[actix::test]
async fn the_grant_watch_goes_on_after_panics() {
    let mut app = TestApp::spawn().await;
    let token = app.olga().await;
    let mut officer = app.officer(&token).await;
    app.provoke("grant_watch/check", ONCE);
    app.provoke("grant_watch/started", ONCE);
    eventually("the panics", async || {
        (app.restarts_of("grant_watch").await == 2).then_some(())
    })
    .await;
    let logout = app.api.post("/api/v1/auth/logout", &json!({}));
    logout.bearer_auth(&token).send().await.unwrap();
    assert_eq!(officer.closed().await.0, 4007);
    app.expect_restarts(2);
    app.end().await;
}

#[actix::test]
async fn an_actor_that_panics_without_end_makes_the_process_end() {
    let mut app = TestApp::spawn().await;
    app.provoke("grant_watch/started", "panic");
    app.provoke("grant_watch/check", "panic");
    eventually("the budget is spent", async || {
        (app.gave_up() == 1).then_some(())
    })
    .await;
    let restarts = app.restarts_of("grant_watch").await;
    app.expect_restarts(restarts);
    app.expect_to_give_up();
    app.end().await;
}
