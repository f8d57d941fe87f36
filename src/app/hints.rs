//! Puts together how nodes tell each other that something was committed.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::actors::desks::DesksHandle;
use crate::actors::grant_watch::GrantWatchHandle;
use crate::actors::supervise::Supervision;
use crate::config::{ConfigError, DataSettings};
use crate::feed::{Medium, News, WaitingHints};
use crate::store::Store;

/// Carries hints between this node's desks and grant watch and the other nodes. It is no actor: without it all goes on
/// by the poll, but a bug in it must be seen.
pub(super) async fn carry(
    medium: Medium,
    hints: WaitingHints,
    (desks, watch): (DesksHandle, GrantWatchHandle),
    supervision: Supervision,
) {
    let heard = move |news: &News| match news {
        News::Committed(hint) => desks.hint(hint),
        News::Rights => watch.look(),
    };
    let carried = medium.carry(hints, supervision.metrics.clone(), heard);
    if AssertUnwindSafe(carried).catch_unwind().await.is_err() {
        (supervision.give_up)("feed");
    }
}

/// What carries hints: Redis, the operator's database, or nothing, for the private PostgreSQL serves
/// one process.
pub(super) fn medium(
    settings: &DataSettings,
    store: &Store,
) -> Result<Option<Medium>, ConfigError> {
    let database = store.database();
    match (&settings.redis_url, &settings.database_url) {
        (Some(url), _) => Medium::redis(url, database.schema())
            .map(Some)
            .map_err(|error| ConfigError::Redis(error.to_string())),
        (None, Some(_)) => Ok(Some(Medium::Postgres(database.clone()))),
        (None, None) => Ok(None),
    }
}
