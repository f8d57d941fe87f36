//! Erasing while many write and follow, judged by the history checker.

use std::time::Duration;

use redress::actors::region_desk::Outcome;
use redress::app::Application;
use redress::domain::erasure::Mode;
use tokio_postgres::Client;
use uuid::Uuid;

use super::erase;
use crate::support::TestApp;
use crate::support::trial::Trial;

const FLAGS: [&str; 4] = ["--rate-limits", "off", "--ping-interval-ms", "500"];
const REGIONS: [&str; 3] = ["north", "harbour", "old-town"];

/// Makes some rejected complaints of a region old and erases them; how many were.
async fn erase_some(node: &Application, client: &Client, region: &str, mode: Mode) -> usize {
    let rejected = "UPDATE complaints SET status_since = now() - interval '3 days', updated_at = now() \
        WHERE id IN (SELECT id FROM complaints WHERE region_id = $1 AND status = 'rejected' AND description <> '' \
            ORDER BY id DESC LIMIT 5) RETURNING id";
    let rows = client.query(rejected, &[&region]).await.unwrap();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    let outcomes = erase(node, region, &ids, mode).await;
    let is_done = |outcome: &Outcome| matches!(outcome, Outcome::Erased);
    assert!(outcomes.iter().all(is_done), "{outcomes:?}");
    outcomes.len()
}

#[actix::test]
async fn who_follows_while_complaints_are_erased_loses_nothing_else() {
    let app = TestApp::with(&FLAGS).await;
    let other = app.another_node_with(&FLAGS).await;
    let regions = REGIONS.map(String::from);
    let mut trial = Trial::new(&regions, &app.admin().await, &app.demo.api_key, 29);
    let mut client = app.database().connect().await;
    trial.write(&[app.address(), other.settings().server.listen], 4);
    trial.follow(app.address(), 6);
    trial.follow(other.settings().server.listen, 6);
    let mut erased = 0;
    for round in 0..8 {
        trial.goes_on().await;
        let node = if round % 2 == 0 {
            app.application()
        } else {
            &other
        };
        let mode = if round % 4 == 3 {
            Mode::Anonymise
        } else {
            Mode::Erase
        };
        for region in REGIONS {
            erased += erase_some(node, &client, region, mode).await;
        }
    }
    trial.goes_on().await;
    let verdict = trial.judge(&mut client);
    let verdict = tokio::time::timeout(Duration::from_secs(120), verdict)
        .await
        .unwrap();
    assert!(verdict.faults.is_empty(), "{:#?}", verdict.faults);
    assert!(erased > 40, "{erased}");
    app.assert_log_is_whole().await;
    other.stop().await;
    app.complaint_gauges_are_right().await;
    app.end().await;
}
