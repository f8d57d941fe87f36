//! Reporters who follow their complaint by its tracking token.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::api::expect;
use crate::support::stream::Stream;
use crate::support::{TestApp, call, eventually};

/// A complaint of `north`, as its reporter knows it.
struct Reported {
    id: String,
    path: String,
}

impl Reported {
    async fn submit(app: &TestApp) -> Self {
        let receipt = app.submit("north", "a hole").await;
        let text = |member: &str| receipt[member].as_str().unwrap().to_owned();
        let path = format!("/api/v1/tracking/{}", text("tracking_token"));
        let id = text("id");
        Self { id, path }
    }

    /// A stream, behind what the client has.
    async fn follow(&self, app: &TestApp, shown: &str) -> Stream {
        let request = app.api.get(&format!("{}/events", self.path));
        Stream::open(request.header("Last-Event-ID", shown)).await
    }

    /// What asking shows.
    async fn view(&self, app: &TestApp) -> Value {
        expect(app.api.get(&self.path), StatusCode::OK).await
    }

    async fn comment(&self, app: &TestApp, token: &str, visibility: &str) {
        let body = json!({"text": format!("{visibility} words"), "visibility": visibility});
        let path = format!("/api/v1/complaints/{}/comments", self.id);
        let request = app.api.post(&path, &body).bearer_auth(token);
        expect(request, StatusCode::CREATED).await;
    }
}

#[actix::test]
async fn a_reporter_sees_what_asking_shows_whenever_it_changes() {
    let app = TestApp::with(&["--ping-interval-ms", "500"]).await;
    let olga = app.olga().await;
    let reported = Reported::submit(&app).await;
    let mut stream = reported.follow(&app, "").await;
    let now = stream.message().await;
    assert_eq!(
        (now.kind.as_str(), &now.message),
        ("complaint", &reported.view(&app).await)
    );
    assert_eq!(app.metric("reporters_following_active").await, 1.0);

    let answer = app
        .api
        .set_status(&olga, &reported.id, "acknowledged")
        .await;
    assert!(answer.status().is_success());
    assert_eq!(stream.message().await.message["status"], "acknowledged");
    reported.comment(&app, &olga, "public").await;
    let commented = stream.message().await;
    assert_eq!(commented.message["comments"][0]["text"], "public words");

    // An internal comment is no news, and neither are those of others.
    reported.comment(&app, &olga, "internal").await;
    Reported::submit(&app).await;
    let heartbeat = stream.block().await.unwrap();
    assert_eq!(heartbeat.kind, "", "{}", heartbeat.text);
    let answer = app.api.set_status(&olga, &reported.id, "rejected").await;
    assert!(answer.status().is_success());
    let rejected = stream.message().await;
    assert_eq!(rejected.message, reported.view(&app).await);
    assert_eq!(rejected.message["comments"].as_array().unwrap().len(), 1);
    assert!(!rejected.text.contains("internal"), "{}", rejected.text);

    // Whoever comes back hears only what is new.
    let mut again = reported.follow(&app, rejected.id.as_deref().unwrap()).await;
    while !again.block().await.unwrap().text.is_empty() {}
    let mut late = reported
        .follow(&app, commented.id.as_deref().unwrap())
        .await;
    assert_eq!(late.message().await.id, rejected.id);
    drop((stream, again, late));
    eventually("those who left are noticed", async || {
        let following = app.metric("reporters_following_active").await;
        (following == 0.0).then_some(())
    })
    .await;
    app.end().await;
}

#[actix::test]
async fn what_happens_on_another_node_is_seen_here() {
    let app = TestApp::spawn().await;
    let reported = Reported::submit(&app).await;
    let mut stream = reported.follow(&app, "").await;
    stream.message().await;
    let other = app.another_node().await;
    let path = format!("{}/api/v1/complaints/{}/status", other.url(), reported.id);
    let body = json!({"status": "acknowledged"});
    let request = reqwest::Client::new().patch(path).json(&body);
    expect(request.bearer_auth(app.olga().await), StatusCode::OK).await;
    assert_eq!(stream.message().await.message["status"], "acknowledged");
    drop(stream);
    other.stop().await;
    app.end().await;
}

#[actix::test]
async fn reporters_are_bounded_in_number_and_keep_no_officer_out() {
    let flags = ["--max-tracking-streams", "1", "--max-connections", "1"];
    let app = TestApp::with(&flags).await;
    let reported = Reported::submit(&app).await;
    let stream = reported.follow(&app, "").await;
    let refused = call(app.api.get(&format!("{}/events", reported.path))).await;
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(refused.status, 503);
    app.officer_of_north().await;
    let unknown = app.api.get("/api/v1/tracking/AAAA/events");
    call(unknown).await.problem(404, "not_found");
    drop(stream);
    app.end().await;
}

#[actix::test]
async fn a_server_that_stops_sends_reporters_away() {
    let mut app = TestApp::spawn().await;
    let reported = Reported::submit(&app).await;
    let mut stream = reported.follow(&app, "").await;
    stream.message().await;
    let (last, ()) = futures_util::join!(stream.last(), app.stop());
    assert_eq!(last.kind, "reconnect");
    assert!(last.message["after_ms"].is_u64(), "{last:?}");
    app.remove().await;
}
