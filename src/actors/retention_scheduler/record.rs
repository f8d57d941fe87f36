//! What runs leave in the audit trail: an entry before anything is done, and one with counts when they have ended.

use serde_json::json;
use uuid::Uuid;

use super::SchedulerDeps;
use crate::access::audit::Trail;
use crate::domain::audit::Outcome;
use crate::store::StoreError;
use crate::store::retention::runs;
use crate::store::retention::work::TakenUp;

/// What is done.
const ACTION: &str = "retention run";

/// Records that this node goes to work on a run, and returns the entry's id. A run that is taken up again has another one.
pub(super) async fn begun(deps: &SchedulerDeps, run: &TakenUp) -> Result<Uuid, StoreError> {
    let details = json!({"origin": run.origin.as_str(), "node": &*deps.supervision.node});
    let outcome = (Outcome::Asked, None);
    trail(deps)
        .record_own(ACTION, &run.id.to_string(), outcome, details)
        .await
}

/// Records how it ended, with what it did by status.
pub(super) async fn ended(
    deps: &SchedulerDeps,
    run: &TakenUp,
    (entry, has_failed): (Uuid, bool),
) -> Result<(), StoreError> {
    let found = runs::get(&deps.store, run.id).await?;
    let details = json!(found.map(|found| found.counts));
    let outcome = if has_failed {
        Outcome::Failed
    } else {
        Outcome::Done
    };
    let outcome = (outcome, Some(entry));
    trail(deps)
        .record_own(ACTION, &run.id.to_string(), outcome, details)
        .await
        .map(drop)
}

fn trail(deps: &SchedulerDeps) -> Trail {
    Trail::new(deps.store.clone())
}
