//! `redress retention` and `redress purge`, beside a running server.

use serde_json::json;

use super::{left, old};
use crate::support::TestApp;
use crate::support::program::{Ended, argument, run};

/// Runs a subcommand on the server's database.
async fn on(app: &TestApp, words: &[&str]) -> Ended {
    let url = app.database().url();
    run(&[words, &["--database-url", url]].concat(), "").await
}

#[actix::test]
async fn a_purge_of_the_command_line_is_done_by_the_server() {
    let app = TestApp::spawn().await;
    let admin = app.admin().await;
    let id = old(&app, &admin, "north", ("closed", 70)).await;
    let stays = old(&app, &admin, "north", ("closed", 50)).await;
    let words = ["purge", "--status", "closed", "--days-old", "60"];
    let dry = on(&app, &[&words[..], &["--dry-run"]].concat()).await;
    assert_eq!(dry.code, Some(0), "{dry:?}");
    let expected =
        format!("closed\t1 due\t0 held\n{id}\nnothing was changed: this was a dry run\n");
    assert_eq!(dry.out, expected);
    let done = on(&app, &words).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.out.contains("\tcommand\tdone\t1 due\t1 erased\t"),
        "{done:?}"
    );
    assert_eq!(left(&app).await, [stays]);
    let runs = on(&app, &["retention", "runs"]).await;
    assert_eq!(runs.out, done.out);
    for (days, said) in [
        ("0", "--days-old must be between 1 and 36500 days"),
        ("-5", "--days-old must be between 1 and 36500 days"),
        ("soon", "--days-old must be a whole number"),
    ] {
        let refused = on(&app, &["purge", "--days-old", days]).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.err.contains(said), "{refused:?}");
    }
    let refused = on(&app, &["purge", "--status", "reported"]).await;
    assert!(
        refused.err.contains("--status must be resolved"),
        "{refused:?}"
    );
    app.end().await;
}

#[actix::test]
async fn a_purge_without_a_server_is_taken_back() {
    let mut app = TestApp::spawn().await;
    app.stop().await;
    let ended = on(&app, &["purge"]).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.err.contains("no server took the run up"), "{ended:?}");
    let client = app.database().connect().await;
    let runs = "SELECT count(*) FROM retention_runs";
    let runs: i64 = client.query_one(runs, &[]).await.unwrap().get(0);
    assert_eq!(runs, 0);
    drop(client);
    app.remove().await;
}

#[actix::test]
async fn a_policy_is_checked_set_and_shown() {
    let app = TestApp::spawn().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let rule = json!({"region": "north", "status": "closed", "days": 365, "action": "anonymise"});
    let good = file("good.json", &json!({"rules": [rule]}).to_string());
    let bad = file("bad.json", r#"{"rules":[{"status":"closed","days":0}]}"#);
    let region = r#"{"rules":[{"region":"atlantis","status":"closed","days":1}]}"#;
    let nowhere = file("nowhere.json", region);
    let broken = file("broken.json", "{");
    // A check needs no database, so that it cannot know which regions there are.
    for (path, code, said) in [
        (&good, 0, "good: 4 rules"),
        (&nowhere, 0, "good: 4 rules"),
        (&bad, 1, "rules[0].days: must be between 1 and 36500 days"),
        (&broken, 1, "is no JSON"),
    ] {
        let ended = run(&["retention", "check", argument(path)], "").await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        let told = format!("{}{}", ended.out, ended.err);
        assert!(told.contains(said), "{told}");
    }
    for (path, code, said) in [
        (&bad, 1, "rules[0].days"),
        (&nowhere, 1, "atlantis is no region"),
        (&good, 0, "the policy of version"),
    ] {
        let ended = on(&app, &["retention", "import", argument(path)]).await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        let told = format!("{}{}", ended.out, ended.err);
        assert!(told.contains(said), "{told}");
    }
    let shown = on(&app, &["retention", "show"]).await.out;
    let north = "north\t*\tclosed\t365 days\tanonymise\tbefore ";
    assert!(shown.contains(north), "{shown}");
    assert!(
        shown.contains("*\t*\tresolved\t90 days\terase\t"),
        "{shown}"
    );
    app.end().await;
}
