//! Photos in an S3-compatible store: sent through the server and past it, on good days and bad ones.

mod town;

use std::time::Duration;

use serde_json::{Value, json};

use crate::pictures::made;
use crate::support::proxy::Way;
use crate::support::{TestApp, call};
use town::Town;

/// Sends bytes to an address, as a client without any of our credentials does.
async fn put(address: &Value, bytes: Vec<u8>) {
    let url = address["url"].as_str().unwrap();
    let answer = reqwest::Client::new().put(url).body(bytes).send().await;
    assert_eq!(answer.unwrap().status(), 200, "{url}");
}

/// A photo with bytes behind its end, which decoders pass over.
fn padded(length: usize) -> Vec<u8> {
    let mut photo = made::jpeg(40, 30);
    photo.resize(length, 0);
    photo
}

#[actix::test]
async fn photos_lie_in_the_store_and_come_from_it() {
    let town = Town::start(&[]).await;
    let complaint = town.complaint().await;
    // Larger than one part of S3's.
    complaint.send(&padded(6_000_000)).await.expect(202);
    let photo = complaint.done().await;
    assert_eq!(photo["status"], "ready");
    assert_eq!(town.stored("pictures").len(), 3);
    town.quarantine_is_empty().await;

    let link = photo["links"]["original"].as_str().unwrap();
    let whole = reqwest::get(link).await.unwrap().bytes().await.unwrap();
    assert!(whole.starts_with(&[0xFF, 0xD8]) && whole.len() > 100);
    let part = reqwest::Client::new()
        .get(link)
        .header("Range", "bytes=2-9");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), whole.slice(2..10));

    let id = photo["id"].as_str().unwrap();
    let path = complaint.path(&format!("/{id}"));
    complaint.ask(town.api.delete(&path)).await.expect(204);
    assert_eq!(town.stored(""), Vec::<String>::new());
}

#[actix::test]
async fn a_photo_is_sent_straight_to_the_store_and_confirmed() {
    let town = Town::start(&[]).await;
    let complaint = town.complaint().await;
    let addresses = complaint.addresses(1).await;
    let early = complaint.confirm(&addresses).await;
    early.problem(409, "not_sent");
    put(&addresses[0], made::jpeg(64, 48)).await;
    assert!(
        complaint.list().await.is_empty(),
        "nobody sees what is not confirmed"
    );

    let confirmed = complaint.confirm(&addresses).await.expect(202);
    assert_eq!(confirmed["items"][0]["id"], addresses[0]["id"]);
    assert_eq!(confirmed["items"][0]["kind"], "after");
    let photo = complaint.done().await;
    assert_eq!(
        (&photo["status"], &photo["width"]),
        (&json!("ready"), &json!(64))
    );
    let again = complaint.confirm(&addresses).await.expect(202);
    assert_eq!(again["items"][0]["status"], "ready", "it was attached once");
    assert_eq!(complaint.list().await.len(), 1);
    town.quarantine_is_empty().await;
}

#[actix::test]
async fn what_was_sent_straight_to_the_store_is_looked_at_before_it_is_attached() {
    let town = Town::start(&["--photo-limit", "200000"]).await;
    let complaint = town.complaint().await;
    let bad = [
        (b"<html>no picture</html>".to_vec(), 415, "not_accepted"),
        (padded(200_001), 413, "too_large"),
        (Vec::new(), 415, "not_accepted"),
    ];
    for (bytes, status, kind) in bad {
        let addresses = complaint.addresses(1).await;
        put(&addresses[0], bytes).await;
        complaint.confirm(&addresses).await.problem(status, kind);
        assert_eq!(town.stored("quarantine"), Vec::<String>::new(), "{kind}");
    }
    assert!(complaint.list().await.is_empty());

    let other = town.complaint().await;
    let addresses = other.addresses(1).await;
    put(&addresses[0], made::jpeg(64, 48)).await;
    let stolen = complaint.confirm(&addresses).await;
    stolen.problem(403, "forbidden");
    let forged = json!({"id": addresses[0]["id"], "token": "4102444800.AAAAAAAAAAAAAAAAAAAAAA"});
    other.confirm(&[forged]).await.problem(403, "forbidden");
    other.confirm(&[]).await.problem(422, "too_many_photos");
    let many = json!({"count": 11});
    let many = other
        .ask(town.api.post(&other.path("/direct"), &many))
        .await;
    many.problem(422, "too_many_photos");
    other.confirm(&addresses).await.expect(202);
    assert_eq!(other.done().await["status"], "ready");
}

#[actix::test]
async fn a_folder_has_no_direct_uploads() {
    let mut app = TestApp::spawn().await;
    let case = super::Case::new(&app).await;
    let path = format!("{}/direct", case.path());
    let asked = app.api.post(&path, &json!({}));
    let asked = call(asked.header("X-Tracking-Token", &case.token)).await;
    let problem = asked.problem(409, "no_direct_uploads");
    assert!(problem["detail"].as_str().unwrap().contains(&case.path()));
    app.stop().await;
}

#[actix::test]
async fn a_store_that_fails_or_is_silent_refuses_uploads_and_nothing_else() {
    let town = Town::start(&["--photo-store-wait", "1"]).await;
    let complaint = town.complaint().await;
    let bad: [(&str, &dyn Fn()); 3] = [
        ("errors", &|| town.store.fails(true)),
        ("silence", &|| town.store.proxy.black_hole()),
        ("nobody there", &|| town.store.proxy.refuse(true)),
    ];
    for (what, begin) in bad {
        begin();
        town.store.proxy.reset();
        let refused = complaint.send(&made::jpeg(64, 48)).await;
        refused.problem(503, "unavailable");
        town.complaint().await;
        assert!(complaint.list().await.is_empty(), "{what}");
        town.store.fails(false);
        town.store.proxy.heal();
    }
    complaint.send(&made::jpeg(64, 48)).await.expect(202);
    assert_eq!(complaint.done().await["status"], "ready");
    town.quarantine_is_empty().await;
}

#[actix::test]
async fn a_slow_store_delays_and_a_confirmation_that_met_a_failing_one_is_said_again() {
    let town = Town::start(&["--photo-store-wait", "3"]).await;
    let slow = Way {
        latency: Duration::from_millis(100),
        jitter: Duration::from_millis(50),
        slice: Some(1000),
        ..Way::default()
    };
    town.store.proxy.make(slow);
    let complaint = town.complaint().await;
    complaint.send(&made::jpeg(64, 48)).await.expect(202);
    assert_eq!(complaint.done().await["status"], "ready");
    town.quarantine_is_empty().await;
    town.store.proxy.heal();

    let later = town.complaint().await;
    let addresses = later.addresses(1).await;
    put(&addresses[0], made::jpeg(64, 48)).await;
    town.store.fails(true);
    later.confirm(&addresses).await.problem(503, "unavailable");
    town.store.fails(false);
    later.confirm(&addresses).await.expect(202);
    assert_eq!(later.done().await["status"], "ready");
    town.quarantine_is_empty().await;
}
