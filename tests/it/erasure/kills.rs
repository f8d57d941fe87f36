//! A node that is killed in the middle of an erasure leaves nothing half erased and no blob.
//!
//! Nothing on the command line erases one complaint. So the process that is killed is this program once more, which
//! runs [`a_process_that_erases`] alone.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use redress::app::Application;
use redress::domain::erasure::Mode;
use uuid::Uuid;

use super::{RUN, blobs_are_removed, count, erase, erased, where_is};
use crate::support::app::settings_at;
use crate::support::postgres::connect_to;
use crate::support::world::World;

/// Tells the process what to do: the database's address, the folder of photos and the complaint.
const TOLD: &str = "REDRESS_TEST_ERASES";

/// What the process that is killed runs; for everybody else nothing.
#[actix::test]
async fn a_process_that_erases() {
    let Some(told) = told() else { return };
    let _points = fail::FailScenario::setup();
    let told: Vec<&str> = told.split('|').collect();
    let node = start(told[0], Path::new(told[1])).await;
    erased(&erase(&node, "r00", &[told[2].parse().unwrap()], Mode::Erase).await);
    // It is killed while it removes blobs, which others do by themselves.
    let client = connect_to(told[0]).await;
    blobs_are_removed(&client).await;
    node.stop().await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test that starts this process says what it is to do"
)]
fn told() -> Option<String> {
    std::env::var(TOLD).ok()
}

async fn start(url: &str, photos: &Path) -> Application {
    let settings = settings_at(url, photos, &[]);
    let give_up = Arc::new(|actor| panic!("{actor} gave up"));
    let node = Application::start(settings, give_up).await.unwrap();
    node.open().await;
    node
}

/// Runs the process with a kill point; how it ended.
fn killed_at(point: &str, url: &str, photos: &Path, id: Uuid) -> ExitStatus {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "erasure::kills::a_process_that_erases"])
        .env(TOLD, format!("{url}|{}|{id}", photos.display()))
        .env("FAILPOINTS", format!("kill/{point}=return"))
        .output()
        .unwrap()
        .status
}

/// A complaint of long ago with a photo, by hand: its id.
async fn complaint(client: &tokio_postgres::Client, photos: &Path) -> Uuid {
    let (id, photo) = (Uuid::now_v7(), Uuid::now_v7());
    let complaint = "INSERT INTO complaints (id, region_id, category_id, status, severity, description, version,
            created_at, updated_at, status_since)
        SELECT $1, 'r00', 'pothole', 'rejected', 'low', 'zyzzyva', 2, at, at, at
        FROM (SELECT now() - interval '9 days' AS at) AS past";
    client.execute(complaint, &[&id]).await.unwrap();
    for (kind, before, after) in [
        ("complaint.created", None, "reported"),
        ("complaint.status_changed", Some("reported"), "rejected"),
    ] {
        let event = "WITH head AS (UPDATE region_heads SET head = head + 1 WHERE region_id = 'r00' RETURNING head)
            INSERT INTO events (region_id, seq, event_id, complaint_id, kind, at, status_before, status_after, payload)
            SELECT 'r00', head, gen_random_uuid(), $1, $2, now() - interval '9 days', $3::text, $4, '{\"zyzzyva\": 1}'
            FROM head";
        client
            .execute(event, &[&id, &kind, &before, &after])
            .await
            .unwrap();
    }
    let row = "INSERT INTO photos (id, complaint_id, kind, status, by_kind, uploaded_at, bytes)
        VALUES ($1, $2, 'evidence', 'ready', 'resident', now() - interval '9 days', 7)";
    client.execute(row, &[&photo, &id]).await.unwrap();
    for picture in ["original", "preview", "thumbnail"] {
        let path = photos.join("pictures").join(photo.to_string());
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join(picture), "zyzzyva").unwrap();
    }
    id
}

fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let below = entries.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path) } else { 1 }
    });
    below.sum()
}

#[actix::test]
async fn a_node_that_is_killed_leaves_an_erasure_whole_or_undone_and_no_blob() {
    let world = World::create(1).await;
    let client = world.database.connect().await;
    let photos = tempfile::tempdir().unwrap();
    let url = world.database.url();
    for (point, is_committed) in [
        ("before_commit", false),
        ("after_commit", true),
        ("before_blob_removal", true),
        ("after_blob_removal", true),
    ] {
        let id = complaint(&client, photos.path()).await;
        let ended = killed_at(point, url, photos.path(), id);
        let killed = std::os::unix::process::ExitStatusExt::signal(&ended);
        assert_eq!(killed, Some(9), "{point}: {ended:?}");
        let rows = where_is(&client, "zyzzyva").await;
        assert_eq!(rows.is_empty(), is_committed, "{point}: {rows:?}");
        let stones = "SELECT count(*) FROM tombstones";
        let before = count(&client, stones).await;
        // Another node ends what was begun.
        let node = start(url, photos.path()).await;
        let outcome = erase(&node, "r00", &[id], Mode::Erase).await.remove(0);
        let is_gone = matches!(outcome, redress::actors::region_desk::Outcome::Gone);
        assert_eq!(is_gone, is_committed, "{point}: {outcome:?}");
        blobs_are_removed(&client).await;
        assert_eq!(files(photos.path()), 0, "{point}");
        assert_eq!(where_is(&client, "zyzzyva").await, [], "{point}");
        let once = before + i64::from(!is_committed);
        assert_eq!(count(&client, stones).await, once, "{point}");
        node.stop().await;
    }
    let counted = format!("SELECT count(*) FROM tombstones WHERE run_id = '{RUN}'");
    assert_eq!(count(&client, &counted).await, 4, "each is counted once");
    drop(client);
    world.database.remove().await;
}
