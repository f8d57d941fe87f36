//! Commands leave entries as requests do, and `redress audit` reads and verifies them.

use super::entries;
use crate::support::TestApp;
use crate::support::program::{Ended, run};

async fn redress(app: &TestApp, words: &[&str]) -> Ended {
    let words = [words, &["--database-url", app.database().url()]].concat();
    run(&words, "a long password\n").await
}

#[actix::test]
async fn a_command_leaves_who_what_why_and_on_whom() {
    let app = TestApp::spawn().await;
    let create = [
        "account",
        "create",
        "--email",
        "nora@new.example",
        "--name",
        "Nora New",
        "--role",
        "officer",
        "--region",
        "north",
        "--password-stdin",
        "--reason",
        "first day",
    ];
    let ended = redress(&app, &create).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let again = redress(&app, &create).await;
    assert_ne!(again.code, Some(0));
    let found = entries(&app, "").await;
    let outcomes: Vec<&str> = found
        .iter()
        .map(|entry| entry["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["failed", "asked", "created", "asked"]);
    let uid = rustix::process::getuid().as_raw();
    for entry in &found {
        assert_eq!(entry["by"]["kind"], "command_line");
        assert_eq!(entry["origin"], format!("uid {uid}"));
        assert_eq!(entry["action"], "redress account create");
    }
    assert_eq!(found[3]["reason"], "first day");
    assert_eq!(
        found[2]["subject"], found[1]["subject"],
        "the id of the account"
    );
    assert!(!serde_json::to_string(&found).unwrap().contains("ora"));

    let named = redress(
        &app,
        &["account", "list", "--reason", "asked by ann@example.org"],
    )
    .await;
    assert_eq!(named.code, Some(2), "{}", named.err);
    let list = redress(&app, &["audit", "list", "--action", "redress account"]).await;
    assert_eq!(list.out.lines().count(), 4, "{}", list.out);
    app.end().await;
}

#[actix::test]
async fn a_key_is_known_by_its_id_before_it_is_there() {
    let app = TestApp::spawn().await;
    let create = ["apikey", "create", "--name", "a kiosk", "--scope", "submit"];
    let ended = redress(&app, &create).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let found = entries(&app, "").await;
    assert_eq!(found[0]["action"], "redress apikey create");
    let id = found[0]["subject"].as_str().unwrap();
    assert!(
        ended.out.contains(&format!("created API key {id} for")),
        "{}",
        ended.out
    );
    app.end().await;
}

#[actix::test]
async fn verify_prints_what_to_note_and_fails_when_something_is_wrong() {
    let app = TestApp::spawn().await;
    redress(&app, &["account", "list"]).await;
    let good = redress(&app, &["audit", "verify"]).await;
    assert_eq!(good.code, Some(0), "{}", good.err);
    let noted = good
        .out
        .lines()
        .next()
        .unwrap()
        .rsplit('\t')
        .next()
        .unwrap()
        .to_owned();
    assert!(noted.starts_with("1:"), "{}", good.out);
    let anchored = redress(&app, &["audit", "verify", "--anchor", &noted]).await;
    assert_eq!(anchored.code, Some(0), "{}", anchored.err);
    let other = format!("1:{}", "00".repeat(32));
    let wrong = redress(&app, &["audit", "verify", "--anchor", &other]).await;
    assert_eq!(wrong.code, Some(1));
    assert!(
        wrong.err.contains("entry 1 does not carry the hash"),
        "{}",
        wrong.err
    );
    let bad = redress(&app, &["audit", "verify", "--anchor", "1:xyz"]).await;
    assert_eq!(bad.code, Some(2));
    app.end().await;
}
