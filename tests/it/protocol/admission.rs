//! How many sockets are admitted, and how much each may say.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use super::{connect, long_frame, refused, stranger};
use crate::support::officer::Came;
use crate::support::{Officer, TestApp, eventually};

/// The status and `Retry-After` with which an upgrade was refused.
fn refusal(outcome: Result<Officer, Error>) -> (u16, bool) {
    match outcome {
        Err(Error::Http(response)) => {
            let headers = response.headers();
            (
                response.status().as_u16(),
                headers.contains_key("Retry-After"),
            )
        }
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the socket was opened"),
    }
}

async fn open(app: &TestApp, token: Option<&str>) -> Result<Officer, Error> {
    Officer::open(Officer::request(app.address(), token)).await
}

/// Waits until a socket is admitted.
async fn admitted(app: &TestApp, token: Option<&str>) -> Officer {
    eventually("there is room again", async || open(app, token).await.ok()).await
}

async fn refusals(app: &TestApp, reason: &str) -> f64 {
    let series = format!("websocket_refusals_total{{reason=\"{reason}\"}}");
    app.metric(&series).await
}

#[actix::test]
async fn a_full_node_refuses_sockets_until_one_has_left() {
    let app = TestApp::with(&["--max-connections", "2"]).await;
    let token = app.olga().await;
    let first = app.officer(&token).await;
    let _second = stranger(&app).await;
    assert_eq!(refusal(open(&app, Some(&token)).await), (503, true));
    assert_eq!(refusal(open(&app, None).await), (503, true));
    assert_eq!(refusals(&app, "node").await, 2.0);
    drop(first);
    let mut third = admitted(&app, Some(&token)).await;
    assert_eq!(third.object().await["type"], "connected");
    app.end().await;
}

#[actix::test]
async fn an_address_has_so_many_sockets_whatever_others_have() {
    let flags = [
        "--max-connections-address",
        "1",
        "--trusted-proxies",
        "127.0.0.1",
    ];
    let app = TestApp::with(&flags).await;
    let token = app.olga().await;
    let from = |address: &'static str| {
        let mut request = Officer::request(app.address(), Some(&token));
        let headers = request.headers_mut();
        headers.insert("X-Forwarded-For", address.parse().unwrap());
        Officer::open(request)
    };
    let first = from("192.0.2.1").await.unwrap();
    assert_eq!(refusal(from("192.0.2.1").await), (429, true));
    assert_eq!(refusals(&app, "address").await, 1.0);
    let _other = from("192.0.2.2").await.unwrap();
    let _customer = from("2001:db8::1").await.unwrap();
    assert_eq!(refusal(from("2001:db8::2").await), (429, true));
    drop(first);
    eventually("there is room again", async || from("192.0.2.1").await.ok()).await;
    app.end().await;
}

#[actix::test]
async fn an_account_has_so_many_sockets_however_they_sign_in() {
    let app = TestApp::with(&["--max-connections-account", "1"]).await;
    let (token, another) = (app.olga().await, app.olga().await);
    let first = app.officer(&token).await;
    let mut by_header = open(&app, Some(&another)).await.unwrap();
    assert_eq!(by_header.closed().await.0, 4504);
    let mut by_message = stranger(&app).await;
    by_message.say(connect(&another)).await;
    assert_eq!(by_message.closed().await.0, 4504);
    app.officer(&app.otto().await).await;
    drop(first);
    let signed_in = async || {
        let mut officer = open(&app, Some(&token)).await.ok()?;
        match officer.next().await {
            Came::Object(object) if object["type"] == "connected" => Some(officer),
            Came::Object(_) | Came::Close(..) | Came::End => None,
        }
    };
    eventually("the account has room again", signed_in).await;
    app.end().await;
}

#[actix::test]
async fn sockets_that_say_nothing_do_not_keep_out_those_that_sign_in() {
    let app = TestApp::with(&["--max-unauthenticated", "1"]).await;
    let token = app.olga().await;
    let mut first = stranger(&app).await;
    assert_eq!(refusal(open(&app, None).await), (503, true));
    assert_eq!(refusals(&app, "unauthenticated").await, 1.0);
    let _by_header = app.officer(&token).await;
    first.say(connect(&token)).await;
    assert_eq!(first.object().await["type"], "connected");
    // Its place among the strangers is free, and is again when the next one leaves.
    let next = stranger(&app).await;
    assert_eq!(refusal(open(&app, None).await), (503, true));
    drop(next);
    admitted(&app, None).await;
    app.end().await;
}

#[actix::test]
async fn a_stranger_may_say_so_much() {
    let app = TestApp::with(&["--unauthenticated-bytes", "300"]).await;
    let mut officer = stranger(&app).await;
    officer.say_raw(long_frame(200)).await;
    assert_eq!(officer.object().await["code"], "unauthorized");
    officer.say_raw(long_frame(101)).await;
    assert_eq!(officer.closed().await.0, 4500);
    app.end().await;
}

#[actix::test]
async fn sockets_are_opened_at_a_rate() {
    let app = TestApp::with(&["--rate-connections", "1"]).await;
    let mut opened = Vec::new();
    let refused = eventually("one comes too soon", async || {
        match open(&app, None).await {
            Ok(officer) => {
                opened.push(officer);
                None
            }
            refused @ Err(_) => Some(refused),
        }
    })
    .await;
    assert_eq!(refusal(refused), (503, true));
    assert!(refusals(&app, "rate").await >= 1.0);
    admitted(&app, None).await;
    app.end().await;
}

#[actix::test]
async fn a_socket_says_so_much_a_minute_and_pongs_are_free() {
    let app = TestApp::with(&["--rate-commands", "3"]).await;
    let mut officer = app.officer(&app.olga().await).await;
    let subscribe = || json!({"id": 7, "type": "subscribe", "region": "nowhere"});
    for _ in 0..20 {
        officer.say(json!({"type": "pong", "seen": {}})).await;
    }
    for _ in 0..2 {
        assert_eq!(refused(&mut officer, subscribe()).await, "unknown_region");
    }
    let nonsense = json!({"id": 8, "type": "dance"});
    assert_eq!(refused(&mut officer, nonsense.clone()).await, "bad_request");
    assert_eq!(refused(&mut officer, nonsense).await, "rate_limited");
    officer.say(subscribe()).await;
    let refusal: Value = officer.object().await;
    assert_eq!(refusal["code"], "rate_limited");
    assert_eq!(
        (&refusal["id"], &refusal["retryable"]),
        (&json!(7), &json!(true))
    );
    app.end().await;
}

#[actix::test]
async fn limits_switched_off_leave_the_nodes_own() {
    let flags = ["--rate-limits", "off", "--max-connections", "4"];
    let strict = [
        "--max-connections-account",
        "1",
        "--max-connections-address",
        "1",
    ];
    let rates = [
        "--max-unauthenticated",
        "1",
        "--rate-connections",
        "1",
        "--rate-commands",
        "1",
    ];
    let app = TestApp::with(&[&flags[..], &strict, &rates].concat()).await;
    let token = app.olga().await;
    let mut officer = app.officer(&token).await;
    let _another = app.officer(&token).await;
    let _strangers = [stranger(&app).await, stranger(&app).await];
    for _ in 0..3 {
        let subscribe = json!({"id": 7, "type": "subscribe", "region": "nowhere"});
        assert_eq!(refused(&mut officer, subscribe).await, "unknown_region");
    }
    assert_eq!(refusal(open(&app, None).await), (503, true));
    app.end().await;
}
