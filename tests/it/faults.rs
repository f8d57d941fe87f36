//! Bad networks on every line, under load, judged by the history checker: between client and node, node
//! and PostgreSQL, node and Redis. What breaks may cost time and 503s, never an event.

mod clients;
mod database;
mod grants;
mod hints;

use crate::support::TestApp;
use crate::support::trial::Trial;

/// Heartbeats that tell soon of a dead line; limits off: all come from one address.
const FLAGS: [&str; 4] = ["--rate-limits", "off", "--ping-interval-ms", "500"];

/// A trial on the demo's regions, with writers at the node itself.
async fn trial(app: &TestApp, seed: u64) -> Trial {
    let regions = ["north", "harbour", "old-town"].map(String::from);
    let mut trial = Trial::new(&regions, &app.admin().await, &app.demo.api_key, seed);
    trial.write(&[app.address()], 4);
    trial
}

/// Ends a trial; fails unless all was well.
async fn judge(trial: Trial, app: &TestApp) {
    let mut client = app.database().connect().await;
    trial.judge(&mut client).await.assert_good();
}
