//! Faults between nodes and Redis: hints are late or lost, and the head poll makes good for them.

use super::{FLAGS, judge, trial};
use crate::support::proxy::{Place, Proxy};
use crate::support::redis::Redis;
use crate::support::trial::Trial;
use crate::support::{Officer, TestApp, eventually};

/// Two nodes with Redis behind a proxy: writers at one, followers at the other.
async fn with_proxy(seed: u64, worst: impl AsyncFnOnce(&TestApp, &Trial, &Proxy, Redis)) {
    let redis = Redis::start().await;
    let proxy = Proxy::before(Place::Tcp(redis.address()), seed).await;
    let url = format!("redis://{}", proxy.address());
    let flags = [&FLAGS[..], &["--redis-url", &url]].concat();
    let app = TestApp::with(&flags).await;
    let other = app.another_node_with(&flags).await;
    let address = other.settings().server.listen;
    let mut trial = trial(&app, seed).await;
    trial.follow(address, 6);
    trial.follow(app.address(), 2);
    trial.goes_on().await;
    worst(&app, &trial, &proxy, redis).await;
    proxy.heal();
    trial.goes_on().await;
    let token = app.admin().await;
    let mut officer = Officer::connect(address, &token).await;
    officer.join("north", None).await;
    judge(trial, &app).await;
    drop(officer);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn a_silent_redis_costs_only_time() {
    with_proxy(31, async |_, trial, proxy, _redis| {
        proxy.black_hole();
        for _ in 0..3 {
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn a_redis_that_stands_still_costs_only_time() {
    with_proxy(33, async |_, trial, _, redis| {
        redis.pause();
        for _ in 0..3 {
            trial.goes_on().await;
        }
        redis.resume();
    })
    .await;
}

#[actix::test]
async fn a_redis_that_is_gone_costs_only_time_and_hints_come_back_by_themselves() {
    with_proxy(32, async |app, trial, proxy, redis| {
        drop(redis);
        trial.goes_on().await;
        let redis = Redis::start().await;
        proxy.forward_to(Place::Tcp(redis.address()));
        let sent = app.metric("feed_hints_total{direction=\"out\"}").await;
        eventually("hints are sent again", async || {
            trial.goes_on().await;
            let more = app.metric("feed_hints_total{direction=\"out\"}").await;
            (more > sent).then_some(())
        })
        .await;
        drop(redis);
    })
    .await;
}
