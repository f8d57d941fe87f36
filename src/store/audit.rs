//! The audit trail: appended to and read, never changed. `access::audit` alone appends.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::audit::{Entry, Reason, Stored};

const APPEND: &str = include_str!("../../sql/queries/audit/append.sql");
const LIST: &str = include_str!("../../sql/queries/audit/list.sql");
const AFTER: &str = include_str!("../../sql/queries/audit/after.sql");
const HEAD: &str = include_str!("../../sql/queries/audit/head.sql");

/// Which entries a list is of; what is absent does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this account or API key.
    pub by: Option<Uuid>,
    /// On this subject.
    pub subject: Option<String>,
    /// Whose action begins so.
    pub action: Option<String>,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

/// The end of the chain as it is kept beside the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The number of the last entry; 0: there is none.
    pub number: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// Appends an entry, durably, and returns its number.
///
/// # Errors
/// [`StoreError`].
pub async fn append(store: &Store, entry: &Entry) -> Result<i64, StoreError> {
    let session = store.session().await?;
    let (kind, id) = entry.by.stored();
    let rows = session
        .query(
            APPEND,
            &[
                &entry.id,
                &kind,
                &id,
                &entry.origin.stored(),
                &entry.action,
                &entry.subject,
                &entry.outcome.as_str(),
                &entry.completes,
                &entry.reason.as_ref().map(Reason::as_str),
                &entry.details.to_string(),
            ],
        )
        .await?;
    let nothing = || StoreError::Shape("append_audit gave no number".into());
    column(rows.first().ok_or_else(nothing)?, "number")
}

/// At most `limit` entries, newest first, with smaller numbers than `before`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    filter: &Filter,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(
            LIST,
            &[
                &before,
                &filter.by,
                &filter.subject,
                &filter.action,
                &filter.from,
                &filter.until,
                &limit,
            ],
        )
        .await?;
    rows.iter().map(stored).collect()
}

/// At most `limit` entries behind the one with a number, in their order, each with the day (`2026-11-26`) that it is
/// stored under.
///
/// # Errors
/// [`StoreError`].
pub async fn after(
    store: &Store,
    number: i64,
    limit: i64,
) -> Result<Vec<(String, Stored)>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(AFTER, &[&number, &limit]).await?;
    let dated = |row: &Row| Ok((column(row, "day")?, stored(row)?));
    rows.iter().map(dated).collect()
}

/// The end of the chain.
///
/// # Errors
/// [`StoreError`].
pub async fn head(store: &Store) -> Result<Option<Head>, StoreError> {
    let rows = store.session().await?.query(HEAD, &[]).await?;
    let head = |row: &Row| {
        Ok(Head {
            number: column(row, "number")?,
            hash: column(row, "hash")?,
        })
    };
    rows.first().map(head).transpose()
}

fn stored(row: &Row) -> Result<Stored, StoreError> {
    Ok(Stored {
        number: column(row, "number")?,
        at: column(row, "at")?,
        id: column(row, "id")?,
        by_kind: column(row, "by_kind")?,
        by_id: column(row, "by_id")?,
        origin: column(row, "origin")?,
        action: column(row, "action")?,
        subject: column(row, "subject")?,
        outcome: column(row, "outcome")?,
        completes: column(row, "completes")?,
        reason: column(row, "reason")?,
        details: column(row, "details")?,
        hash: column(row, "hash")?,
    })
}
