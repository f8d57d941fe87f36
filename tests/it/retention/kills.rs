//! A node is killed at each step of a run: the next start finishes it, nothing is lost, left or counted twice.

use serde_json::{Value, json};

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
async fn a_run_whose_node_is_killed_at_any_step_is_finished_by_the_next() {
    let world = World::create(1).await;
    let log = world.log("server");
    let address = free_address();
    let flags = ["--retention-batch", "2", "--retention", "off"];
    let start = async |points: &str| {
        let url = world.database.url();
        let mut server = ServerProcess::spawn(url, address, &flags, points, &log);
        assert!(server.is_ready().await, "the server ended");
        server
    };
    for (place, action) in KILLS {
        let what = format!("{place}={action}");
        // Begun without the point, for submissions commit too.
        let server = start("").await;
        let token = {
            let admin = &world.demo.admin;
            server.api().login(&admin.email, &admin.password).await
        };
        prepare(&world, &server).await;
        server.kill();
        let mut server = start(&format!("kill/{what}")).await;
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
        let server = start("").await;
        let run = eventually(&format!("the run ends after {what}"), async || {
            let runs = server.api().get("/api/v1/admin/retention/runs?limit=1");
            let runs = call(runs.bearer_auth(&token)).await.expect(200);
            let run = runs["items"][0].clone();
            (run["stage"] == "done").then_some(run)
        })
        .await;
        check(&world, &run, &what).await;
        server.kill();
    }
    world.database.remove().await;
}

/// Complaints that are due, one that is held and one that is not due.
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
    let close = "UPDATE complaints SET status = 'closed', status_since = now() - interval '40 days' \
        WHERE id::text = ANY ($1) OR id::text = $2";
    client.execute(close, &[&due, &held]).await.unwrap();
    let hold = "INSERT INTO legal_holds (complaint_id, placed_by, reason, placed_at) \
        VALUES ($1::text::uuid, gen_random_uuid(), 'court', now())";
    client.execute(hold, &[&held]).await.unwrap();
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
