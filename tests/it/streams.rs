//! The live feed as event streams (SSE), as officers' clients without WebSocket see it.

mod endings;
mod tracking;

use reqwest::RequestBuilder;
use serde_json::json;

use crate::support::stream::Stream;
use crate::support::{TestApp, call};

const NORTH: &str = "/api/v1/regions/north/events";

/// The request for a stream.
fn request(app: &TestApp, token: &str, path: &str) -> RequestBuilder {
    app.api.get(path).bearer_auth(token)
}

/// A stream, read up to `live`.
async fn live(app: &TestApp, token: &str, path: &str) -> Stream {
    let mut stream = Stream::open(request(app, token, path)).await;
    stream.read_to("live").await;
    stream
}

/// The texts of the complaints that come up to `live`, by snapshot or by events.
async fn replayed(stream: &mut Stream) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let block = stream.message().await;
        match block.kind.as_str() {
            "event" => ids.push(block.id.unwrap()),
            "live" => return ids,
            _ => {}
        }
    }
}

#[actix::test]
async fn a_stream_begins_with_a_snapshot_and_holds_the_bytes_of_the_socket() {
    let app = TestApp::with(&["--ping-interval-ms", "1000"]).await;
    let olga = app.olga().await;
    app.submit("north", "before").await;
    let mut socket = app.officer_of_north().await;
    let mut stream = Stream::open(request(&app, &olga, NORTH)).await;
    let connected = stream.message().await;
    assert_eq!(connected.kind, "connected");
    assert_eq!(connected.message["regions"], json!(["north"]));
    let subscribed = stream.message().await;
    assert_eq!(subscribed.message["mode"], "snapshot");
    let epoch = subscribed.message["epoch"].as_str().unwrap().to_owned();
    let snapshot = stream.message().await;
    assert_eq!(snapshot.message["complaints"][0]["description"], "before");
    assert_eq!(snapshot.id, Some(format!("{epoch}:1")));
    let begun = stream.message().await;
    assert_eq!((begun.kind.as_str(), begun.id), ("live", snapshot.id));
    for seq in 2..=4 {
        app.submit("north", "as it happens").await;
        let (pushed, event) = (stream.message().await, socket.event().await);
        assert_eq!((pushed.kind.as_str(), &pushed.message), ("event", &event));
        assert_eq!(pushed.id, Some(format!("{epoch}:{seq}")));
        assert!(
            pushed
                .text
                .starts_with("{\"type\":\"event\",\"region\":\"north\"")
        );
    }
    // A comment shows that the server is there.
    while !stream.block().await.unwrap().kind.is_empty() {}
    app.end().await;
}

#[actix::test]
async fn a_stream_resumes_behind_the_last_event_id() {
    for recent in ["1000000", "0"] {
        let app = TestApp::with(&["--recent-bytes", recent]).await;
        let olga = app.olga().await;
        let mut first = Stream::open(request(&app, &olga, NORTH)).await;
        let begun = first.read_to("live").await.id.unwrap();
        app.submit_many("north", 5, "a hole").await;
        let epoch = begun.strip_suffix(":0").unwrap();
        let id = |seq: i64| format!("{epoch}:{seq}");
        let mut again =
            Stream::open(request(&app, &olga, NORTH).header("Last-Event-ID", id(3))).await;
        assert_eq!(replayed(&mut again).await, [id(4), id(5)], "{recent}");
        let path = format!("{NORTH}?since={}", id(4));
        let mut again = Stream::open(request(&app, &olga, &path)).await;
        assert_eq!(replayed(&mut again).await, [id(5)]);
        // The header of a client that comes back goes before what stands in its address.
        let newer = request(&app, &olga, &path).header("Last-Event-ID", id(5));
        assert_eq!(
            replayed(&mut Stream::open(newer).await).await,
            Vec::<String>::new()
        );
        let foreign = request(&app, &olga, NORTH).header("Last-Event-ID", "elsewhere:3");
        let mut foreign = Stream::open(foreign).await;
        let subscribed = foreign.read_to("subscribed").await;
        assert_eq!(subscribed.message["mode"], "snapshot");
        drop((first, again, foreign));
        app.end().await;
    }
}

#[actix::test]
async fn a_stream_takes_the_filters_of_the_socket() {
    let app = TestApp::with(&["--ping-interval-ms", "1000"]).await;
    let olga = app.olga().await;
    let path =
        format!("{NORTH}?categories=water-leak,street-light&min_severity=low&assigned_to_me=false");
    let mut stream = live(&app, &olga, &path).await;
    app.submit("north", "a pothole").await;
    let mark = stream.message().await;
    assert_eq!(
        (mark.kind.as_str(), &mark.message["seq"]),
        ("skipped_to", &json!(1))
    );
    assert!(mark.id.unwrap().ends_with(":1"));
    drop(stream);
    app.end().await;
}

#[actix::test]
async fn what_cannot_be_followed_is_refused() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    let ask = async |path: &str| call(request(&app, &olga, path)).await;
    call(app.api.get(NORTH)).await.problem(401, "unauthorized");
    let key = app.api.get(NORTH).header("X-API-Key", &app.demo.api_key);
    call(key).await.problem(401, "unauthorized");
    ask("/api/v1/regions/old-town/events")
        .await
        .problem(403, "forbidden");
    ask("/api/v1/regions/atlantis/events")
        .await
        .problem(404, "not_found");
    ask(&format!("{NORTH}?status=open"))
        .await
        .problem(400, "malformed");
    for (query, field) in [
        ("since=4711", "since"),
        ("since=e:x", "since"),
        ("categories=", "categories"),
        ("categories=dragons", "categories"),
        ("min_severity=dire", "min_severity"),
        ("assigned_to_me=maybe", "assigned_to_me"),
    ] {
        let faults = ask(&format!("{NORTH}?{query}")).await.faults();
        assert_eq!(faults[0].0, field, "{query}");
    }
    let bad = request(&app, &olga, NORTH).header("Last-Event-ID", "nonsense");
    call(bad).await.problem(422, "validation");
    app.officers_are(0).await;
    app.end().await;
}

#[actix::test]
async fn a_snapshot_over_http_takes_the_same_filters() {
    let app = TestApp::spawn().await;
    let olga = app.olga().await;
    app.submit("north", "a pothole").await;
    let ask = async |query: &str| {
        let path = format!("/api/v1/regions/north/snapshot{query}");
        call(request(&app, &olga, &path)).await
    };
    for (query, complaints) in [
        ("", 1),
        ("?categories=pothole,water-leak&min_severity=low", 1),
        ("?categories=water-leak", 0),
        ("?assigned_to_me=true", 0),
    ] {
        let snapshot = ask(query).await.expect(200);
        assert_eq!(snapshot["seq"], 1);
        let found = snapshot["complaints"].as_array().unwrap().len();
        assert_eq!(found, complaints, "{query}");
    }
    ask("?status=open").await.problem(400, "malformed");
    let faults = ask("?categories=dragons").await.faults();
    assert_eq!(faults[0].0, "categories");
    app.end().await;
}
