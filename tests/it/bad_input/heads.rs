//! Paths and headers that cannot be.

use reqwest::header::HeaderValue;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::Target;
use crate::support::TestApp;
use crate::support::call;
use crate::support::call::{raw, read_to_end, status_of};

#[actix::test]
async fn junk_in_paths_is_a_4xx() {
    let target = Target::spawn(&[]).await;
    let junk = [
        "%00",
        "%ff%fe",
        "%",
        "%zz",
        "%2e%2e%2f",
        "..%2f..%2fetc%2fpasswd",
        "%ed%a0%80",
        "%0d%0aX:%20y",
        "\u{e9}",
        "{id}",
        "'--",
        "a%00b",
        "%25%30%30",
        ";",
        "*",
    ];
    let long = "x".repeat(8000);
    let routes = [
        ("GET", "/{}"),
        ("GET", "/api/v1/{}"),
        ("GET", "/api/v1/complaints/{}"),
        ("PATCH", "/api/v1/complaints/{}/status"),
        ("GET", "/api/v1/tracking/{}"),
        ("GET", "/api/v1/regions/{}/snapshot"),
        ("GET", "/api/v1/admin/accounts/{}"),
        ("PATCH", "/api/v1/admin/accounts/{}"),
        ("DELETE", "/api/v1/admin/api-keys/{}"),
        ("PATCH", "/api/v1/admin/regions/{}"),
        ("PATCH", "/api/v1/admin/categories/{}"),
        ("DELETE", "/api/v1/websocket/sessions/{}"),
        ("GET", "/docs/{}"),
    ];
    for (method, route) in routes {
        for junk in junk.iter().copied().chain([long.as_str()]) {
            let path = route.replace("{}", junk);
            let request = format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 Authorization: Bearer {}\r\nContent-Type: application/json\r\n\
                 Content-Length: 2\r\n\r\n{{}}",
                target.admin
            );
            let answer = raw(target.app.address(), request.as_bytes()).await;
            let status = status_of(&answer);
            assert!((400..500).contains(&status), "{method} {path}: {answer}");
        }
    }
    target.app.end().await;
}

#[actix::test]
async fn junk_in_headers_is_never_a_5xx() {
    let target = Target::spawn(&[]).await;
    let long = "x".repeat(20_000);
    let values: [&[u8]; 7] = [
        b"",
        b" ",
        b"\xff\xfe",
        b"a\tb",
        b",,,",
        b"%00",
        long.as_bytes(),
    ];
    let names = [
        "X-Forwarded-For",
        "X-Request-Id",
        "Traceparent",
        "Origin",
        "Accept",
        "Accept-Encoding",
        "Range",
        "If-None-Match",
        "X-API-Key",
        "X-Tracking-Token",
        "Authorization",
        "Idempotency-Key",
        "Content-Encoding",
        "Expect",
        "Cookie",
    ];
    let body = r#"{"category":"pothole","region":"north","address":"a","description":"b"}"#;
    for name in names {
        for value in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            let path = format!("/api/v1/complaints/{}", target.complaint);
            let get = target.app.api.get(&path).header(name, value.clone());
            let post = target
                .app
                .api
                .post("/api/v1/complaints", &serde_json::Value::Null);
            let post = post.body(body).header(name, value);
            for request in [get, post] {
                let what = format!("{name}: {request:?}");
                let answer = call(request).await;
                assert!(answer.status < 500, "{what}: {answer:?}");
            }
        }
    }
    target.app.end().await;
}

#[actix::test]
async fn a_request_id_is_taken_over_only_when_it_is_a_plain_word() {
    let target = Target::spawn(&[]).await;
    let answered = async |name: &str, id: &str| {
        let request = target.app.api.get("/api/v1/nothing").header(name, id);
        let answer = call(request).await;
        let told = answer.header("x-request-id").to_owned();
        answer.problem(404, "not_found");
        told
    };
    assert_eq!(
        answered("X-Request-Id", "order-66_a.b").await,
        "order-66_a.b"
    );
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let parent = format!("00-{trace}-b7ad6b7169203331-01");
    assert_eq!(answered("Traceparent", &parent).await, trace);
    for bad in ["", "a b", "<script>", &"x".repeat(65), "a,b", "../../x"] {
        let told = answered("X-Request-Id", bad).await;
        assert!(told != bad && told.len() == 32, "{told}");
    }
    target.app.end().await;
}

#[actix::test]
async fn what_is_no_http_is_refused_or_cut_off() {
    let target = Target::spawn(&[]).await;
    let long_header = format!(
        "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
        "y".repeat(300_000)
    );
    for request in [
        &b"hello\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /api/v1/complaints HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/complaints HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        long_header.as_bytes(),
    ] {
        let answer = raw(target.app.address(), request).await;
        let status = status_of(&answer);
        let shown = String::from_utf8_lossy(&request[..request.len().min(60)]);
        assert!(status == 0 || (400..500).contains(&status), "{shown}: {answer}");
    }
    target.app.submit("north", "still here").await;
    target.app.end().await;
}

#[actix::test]
async fn a_connection_on_which_nothing_is_asked_is_closed_after_the_time_that_is_set() {
    let patient = TestApp::with(&["--keep-alive", "60"]).await;
    let mut kept = TcpStream::connect(patient.address()).await.unwrap();
    kept.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let hasty = TestApp::with(&["--keep-alive", "1"]).await;
    // Without `Connection: close`: it is the server that ends it.
    let request = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = raw(hasty.address(), request).await;
    assert_eq!(status_of(&answer), 200, "{answer}");
    // The other one is older, and still there.
    let last = b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    kept.write_all(last).await.unwrap();
    let answers = read_to_end(kept).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
    hasty.end().await;
    patient.end().await;
}
