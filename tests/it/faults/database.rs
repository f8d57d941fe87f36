//! Faults between node and PostgreSQL: writers hear 503 or wait, sockets stay, and all goes on by itself.

use std::time::Duration;

use super::{FLAGS, judge, trial};
use crate::support::postgres::TestDatabase;
use crate::support::proxy::{Proxy, Way};
use crate::support::trial::Trial;
use crate::support::{TestApp, eventually};

/// A node whose database is behind a proxy; `worst` is done to it, and then it is healed.
async fn with_proxy(seed: u64, worst: impl AsyncFnOnce(&TestApp, &Trial, &Proxy)) {
    let database = TestDatabase::create().await;
    let proxy = Proxy::before(database.place(), seed).await;
    let url = database.url_by(proxy.address());
    let own = ["--database-url", &url, "--database-answer-wait", "3"];
    let flags = [&FLAGS[..], &own].concat();
    let app = TestApp::on(database, &flags).await;
    let mut trial = trial(&app, seed).await;
    trial.follow(app.address(), 8);
    trial.goes_on().await;
    worst(&app, &trial, &proxy).await;
    proxy.heal();
    trial.goes_on().await;
    judge(trial, &app).await;
    app.assert_log_is_whole().await;
    app.end().await;
}

/// Waits until the node says that it cannot write.
async fn refuses(app: &TestApp) {
    eventually("a submission is answered 503", async || {
        let answer = app.try_submit("north", "while the database is away").await;
        (answer.status() == 503).then_some(())
    })
    .await;
}

#[actix::test]
async fn cut_connections_lose_nothing() {
    with_proxy(21, async |_, trial, proxy| {
        for _ in 0..5 {
            proxy.reset();
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn while_the_database_refuses_connections_writers_hear_503_and_sockets_stay() {
    with_proxy(22, async |app, _, proxy| {
        proxy.refuse(true);
        proxy.reset();
        refuses(app).await;
        let lost = app.metric("websocket_closes_total{code=\"4001\"}").await;
        assert_eq!(lost, 0.0, "sockets stay");
    })
    .await;
}

#[actix::test]
async fn a_silent_database_costs_503s_and_nothing_else() {
    with_proxy(23, async |app, _, proxy| {
        proxy.black_hole();
        refuses(app).await;
    })
    .await;
}

#[actix::test]
async fn a_silent_database_that_never_comes_back_on_the_old_connections_costs_503s_and_nothing_else()
 {
    with_proxy(24, async |app, _, proxy| {
        proxy.black_hole();
        refuses(app).await;
        proxy.reset();
    })
    .await;
}

#[actix::test]
async fn connections_that_fall_silent_for_good_are_given_up_for_new_ones() {
    with_proxy(26, async |_, trial, proxy| {
        for _ in 0..2 {
            proxy.strand();
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn a_slow_line_to_the_database_is_only_slow() {
    with_proxy(25, async |_, trial, proxy| {
        proxy.make(Way {
            latency: Duration::from_millis(20),
            jitter: Duration::from_millis(20),
            slice: Some(100),
            ..Way::default()
        });
        for _ in 0..3 {
            trial.goes_on().await;
        }
    })
    .await;
}
