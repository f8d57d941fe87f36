//! What a server tells those who run it never holds a word of a complaint, whatever goes wrong.

use std::fs;

use serde_json::json;

use super::ingest::Ingest;
use super::{assert_silent, plant};
use crate::support::process::{ServerProcess, free_address};
use crate::support::world::World;
use crate::support::{Officer, call, eventually};

#[actix::test]
async fn no_log_no_metric_and_no_report_of_an_error_holds_a_word_of_a_complaint() {
    let (world, ingest) = (World::create(0).await, Ingest::start().await);
    let log = world.log("canary");
    let photos = crate::support::app::photos_of(&world.database);
    let flags = [
        "--log-level",
        "trace",
        "--log-format",
        "json",
        "--sentry-dsn",
        &ingest.dsn,
        "--photo-store",
        photos.to_str().unwrap(),
    ];
    let server = ServerProcess::start(&world.database, free_address(), &flags, &log).await;
    let api = server.api();
    let admin = api
        .login(&world.demo.admin.email, &world.demo.admin.password)
        .await;
    let mut officer = Officer::connect(server.address(), &admin).await;
    officer.join("north", None).await;
    let planted = plant(&api, &world.demo.api_key, &admin).await;

    // Bad input of all kinds.
    let bad = json!({"category": "canary7f3a", "region": "canary7f3a", "description": "canary7f3a", "canary7f3a": 1,
        "reporter": {"email": "canary7f3a", "phone": "canary7f3a"}});
    let bad = api
        .post("/api/v1/complaints", &bad)
        .header("X-API-Key", &world.demo.api_key);
    call(bad).await.refused("bad fields");
    let bad = json!({"email": "canary7f3a@example.org", "password": "canary7f3a"});
    call(api.post("/api/v1/auth/login", &bad))
        .await
        .refused("a bad login");
    call(
        api.get("/api/v1/complaints?canary7f3a=1")
            .bearer_auth(&admin),
    )
    .await
    .refused("a bad parameter");
    call(api.get("/api/v1/canary7f3a/canary7f3a"))
        .await
        .refused("no route");
    let found = call(
        api.get("/api/v1/complaints?q=canary7f3a")
            .bearer_auth(&admin),
    )
    .await;
    assert_eq!(found.expect(200)["items"][0]["id"], planted.id.as_str());
    // A person over all complaints.
    let lookup = json!({"email": "canary7f3a@example.org"});
    let seen = call(
        api.post("/api/v1/admin/people/lookup", &lookup)
            .bearer_auth(&admin),
    )
    .await;
    let seen = seen.expect(200);
    assert_eq!(seen["complaints"], 1);
    let export = json!({"email": "canary7f3a@example.org", "confirmation": seen["confirmation"]});
    call(
        api.post("/api/v1/admin/people/export", &export)
            .bearer_auth(&admin),
    )
    .await;
    // Failures of the database in the midst of everything.
    let client = world.database.connect().await;
    let spoil = "ALTER FUNCTION append_audit RENAME TO append_audit_away; \
                 ALTER TABLE comments ADD CONSTRAINT spoilt CHECK (body NOT LIKE '%spoilt%')";
    client.batch_execute(spoil).await.unwrap();
    let read = call(api.get(&planted.path()).bearer_auth(&admin)).await;
    assert_eq!(read.status, 500);
    assert_silent("a refusal", &read.text);
    let comment = api.post(
        &format!("{}/comments", planted.path()),
        &json!({"text": "spoilt canary7f3a"}),
    );
    assert_eq!(call(comment.bearer_auth(&admin)).await.status, 500);

    eventually("the errors are reported", async || {
        let taken = ingest.taken();
        (taken.matches("a request failed").count() >= 2).then_some(())
    })
    .await;
    let metrics = call(api.get("/metrics")).await;
    assert!(metrics.text.contains("complaint"), "{}", metrics.text);
    assert_silent("the page of metrics", &metrics.text);
    drop(officer);
    assert!(server.terminate().await);
    assert_silent("what is reported", &ingest.taken());
    let written = fs::read_to_string(&log).unwrap();
    assert!(
        written.contains(r#""route":"/api/v1/complaints""#),
        "{written}"
    );
    assert_silent("the log", &written);
    fs::remove_file(&log).unwrap();
    fs::remove_dir_all(&photos).ok();
    drop(client);
    world.database.remove().await;
}
