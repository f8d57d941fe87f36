//! Nothing in the trail can be changed, and what somebody changes all the same is found.

use std::collections::BTreeMap;

use redress::access::audit::{Flaw, Trail, Verified};
use serde_json::json;
use tokio_postgres::Client;

use redress::domain::audit::Outcome;

use crate::support::TestApp;

/// A trail of so many entries.
async fn trail(app: &TestApp, entries: usize) -> Trail {
    let trail = Trail::new(app.application().store().clone());
    for number in 0..entries {
        let details = json!({"of": number, "word": "größer"});
        let outcome = (Outcome::Done, None);
        trail
            .record_own("test", "north", outcome, details)
            .await
            .unwrap();
    }
    trail
}

async fn flaws(trail: &Trail) -> Vec<Flaw> {
    trail.verify(&BTreeMap::new()).await.unwrap().flaws
}

/// As somebody who may do all would.
async fn tamper(client: &Client, statement: &str) {
    let off = "ALTER TABLE audit_entries DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER;";
    client
        .batch_execute(&format!("{off} {statement}"))
        .await
        .unwrap();
}

#[actix::test]
async fn no_entry_can_be_changed_or_removed() {
    let app = TestApp::spawn().await;
    trail(&app, 3).await;
    let client = app.database().connect().await;
    for statement in [
        "UPDATE audit_entries SET reason = 'x' WHERE number = 2",
        "DELETE FROM audit_entries WHERE number = 3",
        "TRUNCATE audit_entries",
        "UPDATE audit_head SET number = 2",
        "DELETE FROM audit_head",
        "TRUNCATE audit_head",
    ] {
        let refused = client.batch_execute(statement).await.unwrap_err();
        let said = refused.as_db_error().unwrap().message();
        assert_eq!(said, "the audit trail is only appended to", "{statement}");
    }
    app.end().await;
}

#[actix::test]
async fn a_changed_entry_is_found_also_when_its_hash_was_made_anew() {
    let app = TestApp::spawn().await;
    let trail = trail(&app, 5).await;
    assert_eq!(flaws(&trail).await, []);
    let client = app.database().connect().await;
    tamper(
        &client,
        "UPDATE audit_entries SET subject = 'south' WHERE number = 2",
    )
    .await;
    assert_eq!(flaws(&trail).await, [Flaw::Changed(2)]);
    tamper(
        &client,
        "UPDATE audit_entries SET subject = 'north', hash = sha256('x') WHERE number = 2",
    )
    .await;
    assert_eq!(flaws(&trail).await, [Flaw::Changed(2), Flaw::Changed(3)]);
    app.end().await;
}

#[actix::test]
async fn missing_entries_are_found_in_the_midst_and_at_the_end() {
    let app = TestApp::spawn().await;
    let trail = trail(&app, 6).await;
    let client = app.database().connect().await;
    tamper(&client, "DELETE FROM audit_entries WHERE number IN (2, 3)").await;
    assert_eq!(flaws(&trail).await, [Flaw::Missing(2, 3)]);
    tamper(&client, "DELETE FROM audit_entries WHERE number = 6").await;
    assert_eq!(
        flaws(&trail).await,
        [Flaw::Missing(2, 3), Flaw::Missing(6, 6)]
    );
    app.end().await;
}

#[actix::test]
async fn a_chain_that_was_made_anew_leads_to_no_hash_that_somebody_noted() {
    let app = TestApp::spawn().await;
    let trail = trail(&app, 4).await;
    let noted: Verified = trail.verify(&BTreeMap::new()).await.unwrap();
    let day = noted.days.values().next_back().unwrap().clone();
    assert_eq!(day.last, 4);
    let anchors = BTreeMap::from([(day.last, day.hash)]);
    assert_eq!(trail.verify(&anchors).await.unwrap().flaws, []);

    let client = app.database().connect().await;
    let anew = "DELETE FROM audit_entries; UPDATE audit_head SET number = 0, hash = ''";
    tamper(&client, anew).await;
    assert_eq!(
        trail.verify(&anchors).await.unwrap().flaws,
        [Flaw::Anchor(4)]
    );
    self::trail(&app, 4).await;
    assert_eq!(flaws(&trail).await, []);
    assert_eq!(
        trail.verify(&anchors).await.unwrap().flaws,
        [Flaw::Anchor(4)]
    );
    app.end().await;
}

#[actix::test]
async fn entries_that_are_written_at_once_make_one_chain() {
    let app = TestApp::spawn().await;
    let writers = (0..8).map(|_| trail(&app, 10));
    let trails = futures_util::future::join_all(writers).await;
    let verified = trails[0].verify(&BTreeMap::new()).await.unwrap();
    assert_eq!(verified.flaws, []);
    let entries: u64 = verified.days.values().map(|day| day.entries).sum();
    assert_eq!(entries, 80);
    app.end().await;
}
