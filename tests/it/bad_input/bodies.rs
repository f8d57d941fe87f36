//! Bodies that cannot be read at all: too large, too slow, of the wrong kind, no JSON.

use std::time::Instant;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Target, routes};
use crate::support::call;
use crate::support::call::{read_to_end, status_of};

const JSON: &str = "application/json";

#[actix::test]
async fn what_is_no_json_is_refused_everywhere() {
    let target = Target::spawn(&[]).await;
    let nested = |open: &str, times: usize| open.repeat(times).into_bytes();
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("half", b"{\"description\":\"a".to_vec()),
        ("two", b"{} {}".to_vec()),
        ("text", b"hello".to_vec()),
        ("NUL", b"\0".to_vec()),
        (
            "a lone surrogate",
            br#"{"description":"\ud800","email":"\ud800"}"#.to_vec(),
        ),
        ("a lone low surrogate", br#"["\udc00"]"#.to_vec()),
        ("invalid UTF-8", b"{\"description\":\"\xff\xfe\"}".to_vec()),
        ("an invalid name", b"{\"\xff\":1}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("NaN", br#"{"latitude":NaN}"#.to_vec()),
        (
            "a number over all bounds",
            br#"{"latitude":1e999,"version":1e999}"#.to_vec(),
        ),
        (
            "a long number",
            format!("{{\"version\":{}}}", "9".repeat(30_000)).into_bytes(),
        ),
        ("an array", b"[1]".to_vec()),
        ("a string", b"\"a\"".to_vec()),
        ("100 000 brackets", nested("[", 65_000)),
        ("nested objects", nested("{\"a\":", 13_000)),
        (
            "nested in a member",
            [b"{\"reporter\":".to_vec(), nested("[", 60_000)].concat(),
        ),
        (
            "nested in an unknown one",
            [b"{\"x\":".to_vec(), nested("{\"a\":", 12_000)].concat(),
        ),
    ];
    for (method, path, _) in routes() {
        for (what, body) in &bodies {
            let request = target.request(&method, path).header("Content-Type", JSON);
            let answer = call(request.body(body.clone())).await;
            answer.refused(&format!("{method} {path}: {what}"));
        }
    }
    target.app.end().await;
}

#[actix::test]
async fn a_hundred_thousand_nested_brackets_are_refused() {
    let target = Target::spawn(&[]).await;
    for (method, path, _) in routes() {
        for open in ["[", "{\"a\":", "{\"features\":[", "[{\"boundary\":"] {
            let request = target.request(&method, path).header("Content-Type", JSON);
            let answer = call(request.body(open.repeat(100_000))).await;
            answer.refused(&format!("{method} {path}: {open}"));
        }
    }
    target.app.end().await;
}

#[actix::test]
async fn a_body_of_another_kind_is_refused() {
    let target = Target::spawn(&[]).await;
    for (method, path, body) in routes() {
        let kinds = [
            Some("text/plain"),
            Some("multipart/form-data; boundary=x"),
            Some("x"),
            None,
        ];
        for kind in kinds {
            let request = target.request(&method, path).body(body.to_string());
            let request = match kind {
                Some(kind) => request.header("Content-Type", kind),
                None => request,
            };
            let answer = call(request).await;
            answer.problem(415, "wrong_media_type");
        }
    }
    // A parameter of the type does not matter.
    let body = r#"{"category":"pothole","region":"north","address":"a","description":"b"}"#;
    let request = target.request(&reqwest::Method::POST, "/api/v1/complaints");
    let request = request.header("Content-Type", "Application/JSON; charset=utf-8");
    call(request.body(body)).await.expect(201);
    target.app.end().await;
}

#[actix::test]
async fn a_body_over_64_kib_is_refused_with_and_without_a_length() {
    let target = Target::spawn(&[]).await;
    let path = "/api/v1/complaints";
    let large = format!("{{\"description\":\"{}\"}}", "x".repeat(64 * 1024));
    let request = || {
        let request = target.request(&reqwest::Method::POST, path);
        request.header("Content-Type", JSON)
    };
    let answer = call(request().body(large.clone())).await;
    answer.problem(413, "too_large");
    let mut chunks = Vec::new();
    for chunk in large.as_bytes().chunks(1000) {
        chunks.extend(format!("{:x}\r\n", chunk.len()).bytes());
        chunks.extend(chunk.iter().chain(b"\r\n"));
    }
    chunks.extend(b"0\r\n\r\n");
    let answer = raw_chunked(&target, path, chunks).await;
    assert_eq!(status_of(&answer), 413, "{answer}");
    target.app.end().await;
}

/// Posts chunks, as they are given; what comes back.
async fn raw_chunked(target: &Target, path: &str, body: Vec<u8>) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {JSON}\r\n\
         Authorization: Bearer {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        target.admin
    );
    let request = [head.into_bytes(), body].concat();
    crate::support::call::raw(target.app.address(), &request).await
}

#[actix::test]
async fn chunks_that_cannot_be_read_are_refused() {
    let target = Target::spawn(&[]).await;
    for body in [
        &b"zz\r\n{}\r\n0\r\n\r\n"[..],
        b"ffffffffffffffffff\r\n{}\r\n",
        b"-1\r\n",
    ] {
        let answer = raw_chunked(&target, "/api/v1/complaints", body.to_vec()).await;
        // 0: a reset took the answer away, because more had come than was read.
        assert!([0, 400].contains(&status_of(&answer)), "{answer}");
    }
    target.app.submit("north", "still here").await;
    target.app.end().await;
}

#[actix::test]
async fn a_body_that_trickles_in_is_cut_off_in_time() {
    let target = Target::spawn(&["--body-deadline", "0.3"]).await;
    for (method, path, _) in routes() {
        let path = path
            .replace("{complaint}", &target.complaint)
            .replace("{account}", &target.account);
        let mut stream = TcpStream::connect(target.app.address()).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\n\
             Authorization: Bearer {}\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{{",
            target.admin
        );
        let begun = Instant::now();
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = read_to_end(stream).await;
        assert_eq!(status_of(&answer), 408, "{method} {path}: {answer}");
        assert!(answer.contains("urn:redress:problem:too_slow"), "{answer}");
        assert!(begun.elapsed().as_secs() < 10);
    }
    target.app.end().await;
}

#[actix::test]
async fn a_body_that_breaks_off_leaves_the_server_well() {
    let target = Target::spawn(&[]).await;
    for _ in 0..5 {
        let mut stream = TcpStream::connect(target.app.address()).await.unwrap();
        let head = "POST /api/v1/complaints HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                    Content-Length: 1000\r\n\r\n{\"a\":";
        stream.write_all(head.as_bytes()).await.unwrap();
        drop(stream);
    }
    target.app.submit("north", "still here").await;
    target.app.end().await;
}
