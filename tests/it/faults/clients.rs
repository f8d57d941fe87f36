//! Faults between client and node.

use std::time::Duration;

use super::{FLAGS, judge, trial};
use crate::support::proxy::{Place, Proxy, Towards, Way};
use crate::support::trial::Trial;
use crate::support::{TestApp, eventually};

/// Writers at the node, followers behind a proxy; `worst` is done to it, and then it is healed.
async fn with_proxy(seed: u64, worst: impl AsyncFnOnce(&TestApp, &Trial, &Proxy)) {
    let app = TestApp::with(&FLAGS).await;
    let proxy = Proxy::before(Place::Tcp(app.address()), seed).await;
    let mut trial = trial(&app, seed).await;
    trial.follow(proxy.address(), 8);
    trial.goes_on().await;
    worst(&app, &trial, &proxy).await;
    proxy.heal();
    trial.goes_on().await;
    judge(trial, &app).await;
    eventually("the proxy carries nothing any more", async || {
        (proxy.open() == 0).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn latency_and_jitter_lose_nothing() {
    with_proxy(11, async |_, trial, proxy| {
        proxy.make(Way {
            latency: Duration::from_millis(40),
            jitter: Duration::from_millis(60),
            ..Way::default()
        });
        for _ in 0..3 {
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn single_bytes_lose_nothing() {
    with_proxy(12, async |_, trial, proxy| {
        proxy.make(Way {
            slice: Some(1),
            ..Way::default()
        });
        for _ in 0..3 {
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn who_has_little_bandwidth_falls_behind_and_loses_nothing() {
    with_proxy(13, async |_, trial, proxy| {
        proxy.make_one(
            Towards::Client,
            Way {
                bandwidth: Some(20_000),
                ..Way::default()
            },
        );
        for _ in 0..3 {
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn clients_that_vanish_without_an_end_are_noticed_and_come_back_whole() {
    with_proxy(14, async |app, _, proxy| {
        proxy.black_hole();
        eventually("the node gives up on silent clients", async || {
            let closed = app.metric("websocket_closes_total{code=\"4003\"}").await;
            (closed >= 4.0).then_some(())
        })
        .await;
    })
    .await;
}

#[actix::test]
async fn resets_lose_nothing() {
    with_proxy(15, async |_, trial, proxy| {
        for _ in 0..5 {
            proxy.reset();
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn half_closed_connections_end_and_their_clients_come_back() {
    with_proxy(16, async |_, trial, proxy| {
        for side in [
            Towards::Client,
            Towards::Server,
            Towards::Client,
            Towards::Server,
        ] {
            proxy.half_close(side);
            trial.goes_on().await;
        }
    })
    .await;
}

#[actix::test]
async fn all_who_are_cut_at_once_come_back_at_once_and_whole() {
    with_proxy(18, async |app, trial, _| {
        trial.cut(true);
        app.officers_are(0).await;
        trial.cut(false);
    })
    .await;
}

#[actix::test]
async fn who_is_refused_comes_back_whole() {
    with_proxy(17, async |app, trial, proxy| {
        proxy.refuse(true);
        proxy.reset();
        app.officers_are(0).await;
        let written = trial.acknowledged() + 20;
        eventually("the others write on", async || {
            (trial.acknowledged() >= written).then_some(())
        })
        .await;
    })
    .await;
}
