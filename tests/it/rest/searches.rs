//! Searches for words, in the language of the installation.

use serde_json::json;

use super::{COMPLAINTS, ids, list, submitted_as};
use crate::support::app::settings;
use crate::support::postgres::TestDatabase;
use crate::support::{TestApp, call};

#[actix::test]
async fn words_phrases_and_exclusions_are_understood() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let road = submitted_as(&app, &json!({"description": "A deep hole in the road"})).await;
    let path = submitted_as(
        &app,
        &json!({"description": "The road is fine, the path has a HOLE", "address": "Ärztehaus 7"}),
    )
    .await;
    for (query, expected) in [
        ("q=hole", vec![&path, &road]),
        ("q=Hole+ROAD", vec![&path, &road]),
        ("q=%22deep+hole%22", vec![&road]),
        ("q=hole+-path", vec![&road]),
        ("q=deep+or+fine", vec![&path, &road]),
        ("q=%C3%A4rztehaus", vec![&path]),
        ("q=hol", vec![]),
        ("q=%21%25%26", vec![]),
        ("q=%27%29%20%7C%20%5C", vec![]),
        ("q=hole&order=asc", vec![&road, &path]),
        (
            "q=hole&status=reported&category=pothole&limit=1",
            vec![&path],
        ),
        // The marks of the inverted index are not words.
        ("q=%3Drnorth", vec![]),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(ids(&list(&app, &admin, query).await), expected, "{query}");
    }
    app.end().await;
}

#[actix::test]
async fn a_search_stays_within_the_regions_of_an_officer() {
    let app = TestApp::spawn().await;
    let (olga, otto) = (app.olga().await, app.otto().await);
    let admin = app.admin().await;
    let north = submitted_as(&app, &json!({"description": "ice on the stairs"})).await;
    assert_eq!(
        ids(&list(&app, &olga, "q=ice").await),
        std::slice::from_ref(&north)
    );
    assert!(ids(&list(&app, &otto, "q=ice").await).is_empty());
    assert!(ids(&list(&app, &otto, "category=pothole").await).is_empty());
    // What a complaint is found by follows its region, place and text.
    let path = format!("{COMPLAINTS}/{north}");
    let edit = json!({"description": "snow on the stairs"});
    let edited = app.api.patch(&path, &edit).bearer_auth(&admin);
    call(edited).await.expect(200);
    let moved = app
        .api
        .post(&format!("{path}/move"), &json!({"region": "old-town"}));
    call(moved.bearer_auth(&admin)).await.expect(200);
    assert!(ids(&list(&app, &olga, "q=stairs").await).is_empty());
    assert!(ids(&list(&app, &otto, "q=ice").await).is_empty());
    assert_eq!(ids(&list(&app, &otto, "q=snow").await), [north]);
    let client = app.database().connect().await;
    client
        .batch_execute("DELETE FROM complaints")
        .await
        .unwrap();
    let left = client.query("SELECT 1 FROM complaint_words", &[]).await;
    assert!(left.unwrap().is_empty());
    app.end().await;
}

#[actix::test]
async fn a_language_knows_its_endings_and_a_change_makes_all_words_anew() {
    let mut app = TestApp::with(&["--search-language", "english"]).await;
    let admin = app.admin().await;
    let holes = submitted_as(&app, &json!({"description": "Two holes in the street"})).await;
    assert_eq!(
        ids(&list(&app, &admin, "q=hole").await),
        std::slice::from_ref(&holes)
    );
    assert_eq!(
        ids(&list(&app, &admin, "q=the+hole").await),
        std::slice::from_ref(&holes)
    );
    app.restart(&["--search-language", "simple"]).await;
    assert!(ids(&list(&app, &admin, "q=hole").await).is_empty());
    assert_eq!(ids(&list(&app, &admin, "q=the+holes").await), [holes]);
    app.end().await;
}

#[actix::test]
async fn a_language_that_the_database_does_not_know_is_refused_at_the_start() {
    let database = TestDatabase::create().await;
    let settings = settings(&database, &["--search-language", "klingon"]);
    let refused = redress::app::Application::start(settings, std::sync::Arc::new(|_| {})).await;
    let said = refused.err().unwrap().to_string();
    assert!(
        said.contains("klingon") && said.contains("english"),
        "{said}"
    );
    database.remove().await;
}

#[actix::test]
async fn searches_at_once_all_find_what_was_just_submitted() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    for round in 1..=5 {
        let id = submitted_as(&app, &json!({"description": format!("word{round}")})).await;
        let query = format!("q=word{round}");
        let searches = (0..16).map(|_| list(&app, &admin, &query));
        for found in futures_util::future::join_all(searches).await {
            assert_eq!(ids(&found), std::slice::from_ref(&id));
        }
    }
    app.end().await;
}
