//! Former staff: some time after an account was deactivated its name and e-mail address are taken away.
//!
//! The id stays, by which the event log and the audit trail know who did what: they never held more.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::audit::Trail;
use crate::domain::audit::Outcome;
use crate::store::{Store, StoreError, accounts};

/// Accounts that are anonymised in one transaction.
const BATCH: i64 = 100;

/// Anonymises every account that was deactivated for longer than `period`, in batches, and returns their ids. Each is in
/// the audit trail before it is done. Two that do it at once harm nothing.
///
/// # Errors
/// [`StoreError`]; batches that were done stay done.
pub async fn anonymise(store: &Store, period: Duration) -> Result<Vec<Uuid>, StoreError> {
    let trail = Trail::new(store.clone());
    let mut anonymised = Vec::new();
    loop {
        let due = accounts::former(store, period, BATCH).await?;
        for id in &due {
            let outcome = (Outcome::Asked, None);
            let subject = id.to_string();
            trail
                .record_own("anonymise account", &subject, outcome, json!({}))
                .await?;
        }
        let done = accounts::anonymise(store, &due, period).await?;
        // None was due, or all of them were activated or done by somebody else meanwhile.
        if done.is_empty() {
            return Ok(anonymised);
        }
        anonymised.extend(done);
    }
}
