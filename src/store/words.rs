//! The words and places by which complaints are found: they follow the event log.

use super::{Store, StoreError, column};

const BEHIND: &str = include_str!("../../sql/queries/words/behind.sql");
const CATCH_UP: &str = include_str!("../../sql/queries/words/catch_up.sql");

/// Most events of each region that one statement takes up: some 10 ms of work at 30 to 45 µs each, so
/// that 16 busy regions take less than 200 ms. A longer transaction keeps old versions of the regions'
/// counters alive, through which every submission has to step.
const MOST: i64 = 250;

/// How many committed events are not taken up yet.
///
/// # Errors
/// [`StoreError`].
pub async fn behind(store: &Store) -> Result<i64, StoreError> {
    let rows = store.session().await?.query(BEHIND, &[]).await?;
    let behind: Option<i64> = rows.first().map(|row| column(row, "behind")).transpose()?;
    Ok(behind.unwrap_or_default())
}

/// Takes up everything that is committed by now.
///
/// # Errors
/// [`StoreError`].
pub async fn catch_up(store: &Store) -> Result<(), StoreError> {
    let session = store.session().await?;
    loop {
        let rows = session.query(CATCH_UP, &[&MOST]).await?;
        let taken: Option<i64> = rows.first().map(|row| column(row, "taken")).transpose()?;
        // A region alone may have had more: only a short page is the end.
        if taken.unwrap_or_default() < MOST {
            return Ok(());
        }
    }
}
