//! Reads of comments.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::event::Visibility;

const LIST: &str = include_str!("../../sql/queries/comments/list.sql");
const LIST_PUBLIC: &str = include_str!("../../sql/queries/comments/list_public.sql");

/// A comment as it is stored.
pub struct Stored {
    /// UUIDv7.
    pub id: Uuid,
    /// When it was written.
    pub at: Timestamp,
    /// The kind of its author.
    pub by_kind: String,
    /// Its author's account, if it has one.
    pub by_id: Option<Uuid>,
    /// Who may read it.
    pub visibility: Visibility,
    /// What was written.
    pub text: String,
}

/// At most `limit` comments of a complaint, newest first, behind the one with the id `before`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    complaint: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Stored>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(LIST, &[&complaint, &before, &limit]).await?;
    rows.iter().map(stored).collect()
}

/// The latest 200 public comments of a complaint, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list_public(store: &Store, complaint: Uuid) -> Result<Vec<Stored>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(LIST_PUBLIC, &[&complaint]).await?;
    rows.iter().rev().map(stored).collect()
}

fn stored(row: &Row) -> Result<Stored, StoreError> {
    let word: &str = column(row, "visibility")?;
    Ok(Stored {
        id: column(row, "id")?,
        at: column(row, "at")?,
        by_kind: column(row, "by_kind")?,
        by_id: column(row, "by_id")?,
        visibility: Visibility::parse(word)
            .ok_or_else(|| StoreError::Shape(format!("unknown visibility {word:?}")))?,
        text: column(row, "body")?,
    })
}
