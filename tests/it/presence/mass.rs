//! Many come and go at once: the messages that this makes are bounded in number.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::time::Instant;

use super::follow;
use crate::support::{Officer, TestApp};

/// Officers who come at once.
const MANY: usize = 40;

/// Creates officers of north; a token of each.
async fn tokens(app: &TestApp) -> Vec<String> {
    let client = app.database().connect().await;
    let olga = &app.demo.officers[0];
    let create = "WITH created AS (INSERT INTO accounts (id, email, name, role, password_hash)
        SELECT gen_random_uuid(), 'o' || n || '@example.org', 'Officer ' || n, 'officer', password_hash
        FROM accounts, generate_series(1, $2::int8) AS n WHERE email = $1 RETURNING id)
        INSERT INTO account_regions SELECT id, 'north' FROM created";
    let many = i64::try_from(MANY).unwrap();
    client.execute(create, &[&olga.email, &many]).await.unwrap();
    let mut tokens = Vec::new();
    for number in 1..=MANY {
        let email = format!("o{number}@example.org");
        tokens.push(app.api.login(&email, &olga.password).await);
    }
    tokens
}

/// The ids that a message of presence names under `member`.
fn named(message: &Value, member: &str) -> Vec<String> {
    let all = message[member].as_array().cloned().unwrap_or_default();
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    all.iter().map(id).collect()
}

/// Reads until so many were named under `member`; fails when more came than one a second since `begun`.
async fn count(
    officer: &mut Officer,
    (member, begun): (&str, Instant),
    mut ids: BTreeSet<String>,
    wanted: usize,
) {
    let mut messages = 0;
    while ids.len() < wanted {
        let message = officer.object().await;
        assert_eq!(message["type"], "presence", "{message}");
        ids.extend(named(&message, member));
        messages += 1;
        // One more for the rest of the second in which it began.
        let most = begun.elapsed().as_secs() + 2;
        assert!(messages <= most, "{messages} messages");
    }
}

#[actix::test]
async fn many_who_come_and_go_at_once_make_one_message_a_second() {
    let app = TestApp::with(&["--rate-limits", "off"]).await;
    let tokens = tokens(&app).await;
    let olga = app.olga().await;
    let begun = Instant::now();
    let mut watching = app.officer(&olga).await;
    let [online, _] = follow(&mut watching, "north").await;
    let known: BTreeSet<String> = named(&online, "officers").into_iter().collect();
    let come = |token: String| {
        let address = app.address();
        async move {
            let mut officer = Officer::connect(address, &token).await;
            let [online, _] = follow(&mut officer, "north").await;
            let all: BTreeSet<String> = named(&online, "officers").into_iter().collect();
            (officer, all)
        }
    };
    let came = join_all(tokens.into_iter().map(come)).await;
    let mut officers = Vec::new();
    for (mut officer, known) in came {
        count(&mut officer, ("joined", begun), known, MANY + 1).await;
        officers.push(officer);
    }
    count(&mut watching, ("joined", begun), known, MANY + 1).await;
    let begun = Instant::now();
    drop(officers);
    count(&mut watching, ("left", begun), BTreeSet::new(), MANY).await;
    app.end().await;
}
