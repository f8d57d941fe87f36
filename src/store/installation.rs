//! The identity of the database, and what expires by itself.

use jiff::Timestamp;
use uuid::Uuid;

use super::{Store, StoreError, column};

const GET: &str = include_str!("../../sql/queries/installation/get.sql");
const SEARCH_LANGUAGES: &str = include_str!("../../sql/queries/installation/search_languages.sql");
const SET_SEARCH_LANGUAGE: &str =
    include_str!("../../sql/queries/installation/set_search_language.sql");
const FORGET_EXPIRED_KEYS: &str =
    include_str!("../../sql/queries/installation/forget_expired_keys.sql");

/// What is the same for every node on one database.
#[derive(Clone)]
pub struct Installation {
    /// Its id.
    pub id: Uuid,
    /// Names one history of this database: clients resume only within one.
    pub epoch: String,
    /// Key of the tracking tokens.
    pub tracking_secret: Vec<u8>,
    /// The text search configuration by which words are searched.
    pub search_language: String,
}

/// Reads the identity.
///
/// # Errors
/// [`StoreError`].
pub async fn get(store: &Store) -> Result<Installation, StoreError> {
    let session = store.session().await?;
    let rows = session.query(GET, &[]).await?;
    let row = rows
        .first()
        .ok_or_else(|| StoreError::Shape("the table installation is empty".into()))?;
    Ok(Installation {
        id: column(row, "id")?,
        epoch: column(row, "epoch")?,
        tracking_secret: column(row, "tracking_secret")?,
        search_language: column(row, "search_language")?,
    })
}

/// The languages by which the database can search words.
///
/// # Errors
/// [`StoreError`].
pub async fn search_languages(store: &Store) -> Result<Vec<String>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(SEARCH_LANGUAGES, &[]).await?;
    rows.iter().map(|row| column(row, "language")).collect()
}

/// Sets the language by which words are searched; whether it was another one, and the words of all
/// complaints were made anew (about half a minute for a million, while submissions wait).
///
/// # Errors
/// [`StoreError`].
pub async fn set_search_language(store: &Store, language: &str) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query_at_length(SET_SEARCH_LANGUAGE, &[&language])
        .await?;
    rows.first()
        .map_or(Ok(false), |row| column(row, "is_changed"))
}

/// Forgets idempotency keys older than `before`; returns how many, a bounded number a call.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_expired_keys(store: &Store, before: Timestamp) -> Result<u64, StoreError> {
    let session = store.session().await?;
    session.execute(FORGET_EXPIRED_KEYS, &[&before]).await
}
