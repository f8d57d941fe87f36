//! The identity of the database, its epoch, and what expires by itself.

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Session, Store, StoreError, column};

const GET: &str = include_str!("../../sql/queries/installation/get.sql");
const SETTLE: &str = include_str!("../../sql/queries/installation/settle.sql");
/// Also asked by every new connection.
pub(super) const HISTORY: &str = include_str!("../../sql/queries/installation/history.sql");
const PULSE: &str = include_str!("../../sql/queries/installation/pulse.sql");
const SHOW_EPOCH: &str = include_str!("../../sql/queries/installation/show_epoch.sql");
const BUMP_EPOCH: &str = include_str!("../../sql/queries/installation/bump_epoch.sql");
const KEEP_EPOCH: &str = include_str!("../../sql/queries/installation/keep_epoch.sql");
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
    /// What the database's history was called when it was looked at last.
    history: Option<String>,
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
    read(&*store.session().await?).await
}

/// Makes the history that the database has now the one that everything on `store` is read from, and reads the
/// identity. Another one than was known has begun a new epoch, unless an operator keeps it.
///
/// # Errors
/// [`StoreError`]; [`StoreError::Unavailable`] on a standby, or when the history changes meanwhile.
pub async fn settle(store: &Store) -> Result<Installation, StoreError> {
    let session = store.session().await?;
    let before = read(&session).await?;
    session.execute(SETTLE, &[]).await?;
    let installation = read(&session).await?;
    if before.epoch != installation.epoch {
        slog_scope::warn!("the database has another history than before: clients begin anew";
            "epoch" => &installation.epoch, "epoch_before" => &before.epoch);
    }
    let rows = session.query(HISTORY, &[]).await?;
    let present: Option<String> = column(only(&rows)?, "history")?;
    match present {
        Some(present) if installation.history.as_ref() == Some(&present) => {
            store.lineage().settle(present);
            Ok(installation)
        }
        Some(_) => Err(StoreError::Unavailable("its history changes".into())),
        None => Err(StoreError::Unavailable("it is a standby".into())),
    }
}

async fn read(session: &Session) -> Result<Installation, StoreError> {
    let rows = session.query(GET, &[]).await?;
    let row = only(&rows)?;
    Ok(Installation {
        id: column(row, "id")?,
        epoch: column(row, "epoch")?,
        history: column(row, "history")?,
        tracking_secret: column(row, "tracking_secret")?,
        search_language: column(row, "search_language")?,
    })
}

fn only(rows: &[Row]) -> Result<&Row, StoreError> {
    let missing = || StoreError::Shape("the table installation is empty".into());
    rows.first().ok_or_else(missing)
}

/// What a node looks at once a second.
#[derive(Debug)]
pub struct Pulse {
    /// Moves with every change of a region, a category or a rule.
    pub catalogue_version: i64,
    /// The epoch.
    pub epoch: String,
}

/// Reads the pulse.
///
/// # Errors
/// [`StoreError`].
pub async fn pulse(store: &Store) -> Result<Pulse, StoreError> {
    let rows = store.session().await?.query(PULSE, &[]).await?;
    let row = only(&rows)?;
    Ok(Pulse {
        catalogue_version: column(row, "catalogue_version")?,
        epoch: column(row, "epoch")?,
    })
}

/// The epoch, for operators.
#[derive(Debug)]
pub struct Epoch {
    /// Its name.
    pub name: String,
    /// Whether it stands for the history that the database has now; otherwise the next node that starts, or
    /// connects anew, begins another one.
    pub is_settled: bool,
    /// What the database's history is called now; `None` on a standby.
    pub history: Option<String>,
    /// Until when another history is taken for the same one.
    pub kept_until: Option<Timestamp>,
}

/// Reads the epoch.
///
/// # Errors
/// [`StoreError`].
pub async fn epoch(store: &Store) -> Result<Epoch, StoreError> {
    let rows = store.session().await?.query(SHOW_EPOCH, &[]).await?;
    let row = only(&rows)?;
    Ok(Epoch {
        name: column(row, "epoch")?,
        is_settled: column(row, "is_settled")?,
        history: column(row, "history")?,
        kept_until: column(row, "kept_until")?,
    })
}

/// Begins a new epoch and returns its name.
///
/// # Errors
/// [`StoreError`].
pub async fn bump_epoch(store: &Store) -> Result<String, StoreError> {
    let rows = store.session().await?.query(BUMP_EPOCH, &[]).await?;
    column(only(&rows)?, "epoch")
}

/// Keeps the epoch for the history that the database has now and the next one that is found; returns its name and
/// until when.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_epoch(store: &Store) -> Result<(String, Timestamp), StoreError> {
    let rows = store.session().await?.query(KEEP_EPOCH, &[]).await?;
    let row = only(&rows)?;
    Ok((column(row, "epoch")?, column(row, "kept_until")?))
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
