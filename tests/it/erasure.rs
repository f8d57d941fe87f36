//! Erasing complaints: what goes, what stays, who is told, and what is refused.

mod blobs;
mod everything;
mod figures;
mod floors;
mod holds;
mod identity;
mod kills;
mod nodes;
mod races;
mod trials;

use std::time::Duration;

use redress::actors::region_desk::Outcome;
use redress::app::Application;
use redress::domain::account::By;
use redress::domain::erasure::{Erasure, Mode, Reason};
use redress::domain::region::RegionId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{Officer, TestApp, call, eventually};

/// How long a desk may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// Names the run of a test.
const RUN: Uuid = Uuid::from_u128(0x0123_4567_89ab_7def_8123_4567_89ab_cdef);

/// Asks a region's desk to erase.
async fn erase(node: &Application, region: &str, ids: &[Uuid], mode: Mode) -> Vec<Outcome> {
    let desk = node.desks().of(&RegionId::parse(region).unwrap()).unwrap();
    let erasure = Erasure {
        mode,
        reason: Reason::Purge,
        run: Some(RUN),
    };
    desk.erase(ids, erasure, By::System, DEADLINE).await
}

/// Fails unless all of them were erased.
#[track_caller]
fn erased(outcomes: &[Outcome]) {
    let is_done = |outcome: &Outcome| matches!(outcome, Outcome::Erased);
    assert!(outcomes.iter().all(is_done), "{outcomes:?}");
}

/// Makes a complaint be in its status for three days, and what happened to it be so long ago.
async fn age(client: &Client, id: Uuid) {
    for sql in [
        "UPDATE complaints SET status_since = status_since - interval '3 days' WHERE id = $1",
        "UPDATE events SET at = at - interval '3 days' WHERE complaint_id = $1",
    ] {
        client.execute(sql, &[&id]).await.unwrap();
    }
}

/// Submits a complaint to a region.
async fn submitted(app: &TestApp, region: &str) -> Uuid {
    let receipt = app.submit(region, "a canary in the mine").await;
    receipt["id"].as_str().unwrap().parse().unwrap()
}

/// Takes a step by an admin's token.
async fn enter(app: &TestApp, admin: &str, id: Uuid, status: &str) {
    let answer = app.api.set_status(admin, &id.to_string(), status).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

/// A complaint that was rejected three days ago.
async fn rejected(app: &TestApp, admin: &str, region: &str) -> Uuid {
    let id = submitted(app, region).await;
    enter(app, admin, id, "rejected").await;
    age(&app.database().connect().await, id).await;
    id
}

/// Writes to a complaint.
async fn comment(app: &TestApp, token: &str, id: Uuid, text: &str) -> u16 {
    let path = format!("/api/v1/complaints/{id}/comments");
    let request = app.api.post(&path, &json!({"text": text}));
    call(request.bearer_auth(token)).await.status
}

/// One number.
async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// Every table of the database with how many rows hold a text, without those with none.
async fn where_is(client: &Client, text: &str) -> Vec<(String, i64)> {
    let tables =
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'redress' ORDER BY 1";
    let mut found = Vec::new();
    for row in client.query(tables, &[]).await.unwrap() {
        let table: String = row.get(0);
        let sql =
            format!("SELECT count(*) FROM redress.{table} AS row WHERE row::text ILIKE '%{text}%'");
        let rows = count(client, &sql).await;
        if rows > 0 {
            found.push((table, rows));
        }
    }
    found
}

/// Reads events up to one of this kind.
async fn until(officer: &mut Officer, kind: &str) -> Value {
    loop {
        let event = officer.event().await;
        if event["kind"] == kind {
            return event;
        }
    }
}

/// Waits until nothing is left to be removed.
async fn blobs_are_removed(client: &Client) {
    eventually("blobs are removed", async || {
        let left = count(client, "SELECT count(*) FROM blob_removals").await;
        (left == 0).then_some(())
    })
    .await;
}
