//! How large, how many, how much a day, how many at a time.

use serde_json::json;

use super::body::Body;
use super::{Case, quarantine_is_empty};
use crate::pictures::made;
use crate::support::call::{read_to_end, status_of};
use crate::support::{TestApp, call};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

/// A photo with bytes behind its end, which decoders pass over.
fn padded(length: usize) -> Vec<u8> {
    let mut photo = made::jpeg(40, 30);
    photo.resize(length, 0);
    photo
}

#[actix::test]
async fn a_photo_that_is_too_large_is_refused_as_soon_as_that_is_known() {
    let app = TestApp::with(&["--photo-limit", "200000"]).await;
    let case = Case::new(&app).await;
    let answer = case
        .send(&app, Body::new().file("a", "a", &padded(200_001)))
        .await;
    let problem = answer.problem(413, "too_large");
    assert!(problem["detail"].as_str().unwrap().contains("200000"));
    let good = case
        .send(&app, Body::new().file("a", "a", &padded(200_000)))
        .await;
    good.expect(202);
    // No length at all, and one that promises less: what comes counts.
    let (kind, bytes) = Body::new().file("a", "a", &padded(400_000)).end();
    for length in ["Transfer-Encoding: chunked", "Content-Length: 9000000"] {
        let mut stream = TcpStream::connect(app.address()).await.unwrap();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Tracking-Token: {}\r\n\
             Content-Type: {kind}\r\n{length}\r\n\r\n",
            case.path(),
            case.token,
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        if length.starts_with("Transfer") {
            let size = format!("{:x}\r\n", bytes.len());
            stream.write_all(size.as_bytes()).await.unwrap();
        } else {
            // Larger than any upload may be: nothing need be sent.
            let answer = read_to_end(stream).await;
            assert_eq!(status_of(&answer), 413, "{answer}");
            continue;
        }
        let (reading, mut writing) = stream.into_split();
        let end = b"\r\n0\r\n\r\n";
        let chunked = [&bytes[..], end].concat();
        let sent = async { writing.write_all(&chunked).await.ok() };
        let (answer, _) = futures_util::future::join(read_to_end(reading), sent).await;
        assert_eq!(status_of(&answer), 413, "{answer}");
    }
    quarantine_is_empty(&app).await;
    app.end().await;
}

#[actix::test]
async fn a_complaint_takes_twenty_photos_however_they_race() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    let ten = || {
        (0..10).fold(Body::new(), |body, _| {
            body.file("p", "p", &made::jpeg(16, 16))
        })
    };
    let eleven = ten().file("p", "p", &made::jpeg(16, 16));
    case.send(&app, eleven)
        .await
        .problem(422, "too_many_photos");
    let all = (0..3).map(|_| case.send(&app, ten()));
    let answers = futures_util::future::join_all(all).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 202, 409]);
    let photos = case.list(&app).await;
    assert_eq!(photos.len(), 20);
    let one = || Body::new().file("p", "p", &made::jpeg(16, 16));
    let full = case.send(&app, one()).await;
    full.problem(409, "too_many_photos");
    // What is taken away makes room.
    let id = photos[0]["id"].as_str().unwrap();
    let path = format!("{}/{id}", case.path());
    let removed = call(
        app.api
            .delete(&path)
            .header("X-Tracking-Token", &case.token),
    )
    .await;
    assert_eq!(removed.status, 204);
    case.send(&app, one()).await.expect(202);
    app.end().await;
}

#[actix::test]
async fn the_bytes_of_a_day_are_counted_by_sender_and_what_fails_is_given_back() {
    let flags = [
        "--photo-day-bytes",
        "100000",
        "--photo-day-bytes-api-key",
        "1000",
    ];
    let app = TestApp::with(&flags).await;
    let case = Case::new(&app).await;
    let olga = app.olga().await;
    let body = || Body::new().file("p", "p", &padded(60_000));
    let refused = case
        .send(&app, Body::new().file("p", "p", &[0; 60_000]))
        .await;
    refused.problem(415, "not_accepted");
    crate::support::eventually("its bytes are given back", async || {
        (case.send(&app, body()).await.status == 202).then_some(())
    })
    .await;
    let answer = case.send(&app, body()).await;
    let left: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=86_400).contains(&left), "{left}");
    answer.problem(429, "rate_limited");
    // Others have a day of their own.
    let staff = case.sending(&app, body()).bearer_auth(&olga);
    call(staff).await.expect(202);
    let key = case
        .sending(&app, body())
        .header("X-API-Key", &app.demo.api_key);
    call(key).await.problem(429, "rate_limited");
    app.end().await;
}

/// All who send with one API key count in one row: nobody holds it until the disk has answered.
#[actix::test]
async fn counting_the_bytes_of_a_day_waits_for_no_flush() {
    let app = TestApp::spawn().await;
    let mut client = app.database().connect().await;
    let (submitter, bytes, most) = (b"someone".as_slice(), 600_i64, 1_000_i64);
    let taken = include_str!("../../../sql/queries/photos/reserve.sql");
    let given = include_str!("../../../sql/queries/photos/give_back_bytes.sql");
    for (statement, with) in [
        (
            taken,
            &[&submitter as &(dyn ToSql + Sync), &bytes, &most][..],
        ),
        (given, &[&submitter as &(dyn ToSql + Sync), &bytes][..]),
    ] {
        let transaction = client.transaction().await.unwrap();
        assert_eq!(transaction.execute(statement, with).await.unwrap(), 1);
        assert_eq!(waits_for_a_flush(&transaction).await, "off");
        transaction.commit().await.unwrap();
        let transaction = client.transaction().await.unwrap();
        assert_eq!(waits_for_a_flush(&transaction).await, "on", "after it");
    }
    app.end().await;
}

async fn waits_for_a_flush(transaction: &Transaction<'_>) -> String {
    let row = transaction
        .query_one("SHOW synchronous_commit", &[])
        .await
        .unwrap();
    row.get(0)
}

#[actix::test]
async fn a_full_queue_is_told_before_a_byte_of_the_body_is_read() {
    let app = TestApp::with(&["--photo-queue", "0"]).await;
    let case = Case::new(&app).await;
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    let (kind, _) = Body::new().end();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Tracking-Token: {}\r\n\
         Content-Type: {kind}\r\nContent-Length: 1000000\r\n\r\n",
        case.path(),
        case.token,
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = read_to_end(stream).await;
    assert_eq!(status_of(&answer), 503, "{answer}");
    assert!(
        answer.to_ascii_lowercase().contains("retry-after:"),
        "{answer}"
    );
    app.end().await;
}

#[actix::test]
async fn a_store_that_is_away_refuses_uploads_and_nothing_else() {
    let app = TestApp::spawn().await;
    let case = Case::new(&app).await;
    // A file where the folder should be.
    std::fs::write(app.photos(), "in the way").unwrap();
    let answer = case
        .send(&app, Body::new().file("a", "a", &made::jpeg(40, 30)))
        .await;
    assert_eq!(answer.header("retry-after"), "1");
    answer.problem(503, "unavailable");
    assert_eq!(case.list(&app).await, Vec::<serde_json::Value>::new());
    let receipt = app.submit("north", "another hole").await;
    assert_ne!(receipt["id"], json!(null));
    std::fs::remove_file(app.photos()).unwrap();
    let id = case.send_one(&app).await;
    assert_eq!(case.done(&app, &id).await["status"], "ready");
    app.end().await;
}
