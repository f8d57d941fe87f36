//! A node is killed at each step of a run: another one finishes it, nothing is lost, left or counted twice.

use serde_json::{Value, json};

use crate::photos::body::Body;
use crate::photos::files;
use crate::pictures::made;
use crate::support::process::{ServerProcess, free_address};
use crate::support::world::World;
use crate::support::{call, eventually};

/// Complaints of a round that are due.
const DUE: i64 = 6;

/// Where the node is killed, as the action of the fail point says.
const KILLS: [(&str, &str); 20] = [
    ("retention_locked", "return"),
    ("retention_taken_up", "return"),
    ("retention_counted", "return"),
    ("retention_days_counted", "return"),
    ("retention_batch_read", "1*off->return"),
    ("retention_batch_read", "2*off->return"),
    ("before_commit", "return"),
    ("before_commit", "1*off->return"),
    ("before_commit", "2*off->return"),
    ("after_commit", "return"),
    ("after_commit", "1*off->return"),
    ("retention_batch_erased", "return"),
    ("retention_batch_erased", "1*off->return"),
    ("retention_batch_erased", "2*off->return"),
    ("retention_advanced", "return"),
    ("retention_advanced", "1*off->return"),
    ("retention_advanced", "2*off->return"),
    ("retention_status_done", "return"),
    ("retention_status_done", "2*off->return"),
    ("retention_finished", "return"),
];

#[actix::test]
async fn a_run_whose_node_is_killed_at_any_step_is_finished_by_another() {
    let world = World::create(1).await;
    let log = world.log("server");
    let folder = tempfile::tempdir().unwrap();
    let photos = folder.path().to_str().unwrap();
    let common = [
        "--retention-batch",
        "2",
        "--retention",
        "off",
        "--photo-store",
        photos,
    ];
    let start = async |node: &str, points: &str| {
        let url = world.database.url();
        let flags = [&common[..], &["--node-name", node]].concat();
        let mut server = ServerProcess::spawn(url, free_address(), &flags, points, &log);
        assert!(server.is_ready().await, "the server ended");
        server
    };
    for (place, action) in KILLS {
        let what = format!("{place}={action}");
        // Begun without the point, for submissions commit too.
        let server = start("first", "").await;
        let token = {
            let admin = &world.demo.admin;
            server.api().login(&admin.email, &admin.password).await
        };
        prepare(&world, &server).await;
        server.kill();
        let mut server = start("first", &format!("kill/{what}")).await;
        let purge = server
            .api()
            .delete("/api/v1/admin/purge")
            .bearer_auth(&token);
        // The node dies with the request.
        purge.send().await.ok();
        eventually(&format!("the node dies at {what}"), async || {
            server.was_killed().then_some(())
        })
        .await;
        let server = start("second", "").await;
        let run = eventually(&format!("the run ends after {what}"), async || {
            let runs = server.api().get("/api/v1/admin/retention/runs?limit=1");
            let runs = call(runs.bearer_auth(&token)).await.expect(200);
            let run = runs["items"][0].clone();
            (run["stage"] == "done").then_some(run)
        })
        .await;
        // At the last step the first node has finished it.
        let finisher = match place {
            "retention_finished" => "first",
            _ => "second",
        };
        assert_eq!(run["node"], finisher, "{what}: {run}");
        eventually(&format!("no blob is left after {what}"), async || {
            files(folder.path()).is_empty().then_some(())
        })
        .await;
        check(&world, &run, &what).await;
        server.kill();
    }
    world.database.remove().await;
}

/// Complaints that are due, one of them with a photo, one that is held and one that is not due.
async fn prepare(world: &World, server: &ServerProcess) {
    let client = world.database.connect().await;
    let mut ids = Vec::new();
    for _ in 0..DUE + 2 {
        let body = json!({"category": "pothole", "region": "r00", "address": "Quay 1",
            "description": "a hole"});
        let request = server.api().post("/api/v1/complaints", &body);
        let answer = call(request.header("X-API-Key", &world.demo.api_key)).await;
        ids.push(answer.expect(201)["id"].as_str().unwrap().to_owned());
    }
    let (held, rest) = ids.split_first().unwrap();
    let (_, due) = rest.split_last().unwrap();
    add_photo(world, server, &due[0]).await;
    let close = "UPDATE complaints SET status = 'closed', status_since = now() - interval '40 days' \
        WHERE id::text = ANY ($1) OR id::text = $2";
    client.execute(close, &[&due, &held]).await.unwrap();
    let hold = "INSERT INTO legal_holds (complaint_id, placed_by, reason, placed_at) \
        VALUES ($1::text::uuid, gen_random_uuid(), 'court', now())";
    client.execute(hold, &[&held]).await.unwrap();
}

/// Adds a photo to a complaint and waits until its pictures are stored.
async fn add_photo(world: &World, server: &ServerProcess, complaint: &str) {
    let (kind, bytes) = Body::new()
        .file("photo", "a.jpg", &made::jpeg(64, 48))
        .end();
    let path = format!("/api/v1/complaints/{complaint}/photos");
    let key = &world.demo.api_key;
    let sending = reqwest::Client::new().post(server.api().url(&path));
    let sending = sending
        .header("X-API-Key", key)
        .header("Content-Type", kind);
    call(sending.body(bytes)).await.expect(202);
    eventually("the photo is ready", async || {
        let photos = call(server.api().get(&path).header("X-API-Key", key)).await;
        let photos = photos.expect(200);
        (photos["items"][0]["status"] == "ready").then_some(())
    })
    .await;
}

/// Holds what the run says against what is there; then forgets the round.
async fn check(world: &World, run: &Value, what: &str) {
    let client = world.database.connect().await;
    let count = async |sql: &str| -> i64 { client.query_one(sql, &[]).await.unwrap().get(0) };
    let counts = &run["counts"]["closed"];
    assert_eq!(counts["due"], DUE + 1, "{what}: {run}");
    assert_eq!(counts["erased"], DUE, "{what}: {run}");
    assert_eq!(counts["held"], 1, "{what}: {run}");
    assert_eq!(counts["failed"], 0, "{what}: {run}");
    assert_eq!(
        count("SELECT count(*) FROM tombstones").await,
        DUE,
        "{what}"
    );
    assert_eq!(count("SELECT count(*) FROM complaints").await, 2, "{what}");
    for table in ["events", "complaint_words"] {
        let of_erased = format!(
            "SELECT count(*) FROM {table} WHERE complaint_id IN (SELECT complaint_id FROM tombstones)"
        );
        // Of each erased complaint there is the one event that says so.
        let expected = if table == "events" { DUE } else { 0 };
        assert_eq!(count(&of_erased).await, expected, "{what}: {table}");
    }
    for table in [
        "legal_holds",
        "tombstones",
        "retention_counts",
        "retention_runs",
    ] {
        client
            .execute(&format!("DELETE FROM {table}"), &[])
            .await
            .unwrap();
    }
    client.execute("DELETE FROM complaints", &[]).await.unwrap();
}
