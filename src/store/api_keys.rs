//! API keys of apps; a key is known by its SHA-256 only.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, accounts, column};
use crate::domain::account::{ApiKey, Scope};
use crate::domain::administration::{ApiKeyEntry, NewApiKey};

const INSERT: &str = include_str!("../../sql/queries/api_keys/insert.sql");
const LIST: &str = include_str!("../../sql/queries/api_keys/list.sql");
const FIND_USED: &str = include_str!("../../sql/queries/api_keys/find_used.sql");
const REVOKE: &str = include_str!("../../sql/queries/api_keys/revoke.sql");

/// Creates a key.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    store: &Store,
    id: Uuid,
    new: &NewApiKey,
    key_hash: &[u8],
) -> Result<ApiKeyEntry, StoreError> {
    let session = store.session().await?;
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    let regions = accounts::slugs(&new.regions);
    let rate = new.rate_per_minute.map(i32::try_from).transpose();
    let rate = rate.map_err(|error| StoreError::Shape(format!("rate_per_minute: {error}")))?;
    let rows = session
        .query(
            INSERT,
            &[&id, &new.name, &key_hash, &scopes, &regions, &rate],
        )
        .await?;
    let row = rows.first();
    entry(row.ok_or_else(|| StoreError::Shape("an INSERT returned no row".into()))?)
}

/// Up to `limit` keys, newest first, after the one at `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<ApiKeyEntry>, StoreError> {
    let session = store.session().await?;
    let (time, id) = after.unzip();
    let rows = session.query(LIST, &[&time, &id, &limit]).await?;
    rows.iter().map(entry).collect()
}

/// The active key of a hash, noting to the minute that it is in use.
///
/// # Errors
/// [`StoreError`].
pub async fn find_used(store: &Store, key_hash: &[u8]) -> Result<Option<ApiKey>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(FIND_USED, &[&key_hash]).await?;
    rows.first().map(key).transpose()
}

/// Revokes a key for good; `false` when there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke(store: &Store, id: Uuid) -> Result<bool, StoreError> {
    let session = store.session().await?;
    Ok(!session.query(REVOKE, &[&id]).await?.is_empty())
}

fn key(row: &Row) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: column(row, "id")?,
        scopes: scopes(row)?,
        regions: accounts::regions(row)?,
        rate_per_minute: rate(row)?,
    })
}

fn entry(row: &Row) -> Result<ApiKeyEntry, StoreError> {
    Ok(ApiKeyEntry {
        id: column(row, "id")?,
        name: column(row, "name")?,
        scopes: scopes(row)?,
        regions: accounts::regions(row)?,
        rate_per_minute: rate(row)?,
        active: column(row, "active")?,
        created_at: column(row, "created_at")?,
        last_used_at: column(row, "last_used_at")?,
    })
}

fn scopes<C: FromIterator<Scope>>(row: &Row) -> Result<C, StoreError> {
    let words: Vec<&str> = column(row, "scopes")?;
    let scope = |word| {
        Scope::parse(word).ok_or_else(|| StoreError::Shape(format!("there is no scope {word}")))
    };
    words.into_iter().map(scope).collect()
}

fn rate(row: &Row) -> Result<Option<u32>, StoreError> {
    let rate: Option<i32> = column(row, "rate_per_minute")?;
    // A CHECK keeps it positive.
    Ok(rate.and_then(|rate| u32::try_from(rate).ok()))
}
