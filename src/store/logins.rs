//! Logins and the refresh tokens that keep them alive; tokens are known by their SHA-256 only.

use std::time::Duration;

use tokio_postgres::Row;
use uuid::Uuid;

use super::accounts::{self, Credential};
use super::{Store, StoreError, column};
use crate::domain::account::{Identity, Role};

const INSERT: &str = include_str!("../../sql/queries/logins/insert.sql");
const DELETE_ENDED: &str = include_str!("../../sql/queries/logins/delete_ended.sql");
const ROTATE: &str = include_str!("../../sql/queries/logins/rotate.sql");
const REVOKE: &str = include_str!("../../sql/queries/logins/revoke.sql");
const REVOKE_REUSED: &str = include_str!("../../sql/queries/logins/revoke_reused.sql");
const FIND_LIVE: &str = include_str!("../../sql/queries/logins/find_live.sql");
const FIND_ALL_LIVE: &str = include_str!("../../sql/queries/logins/find_all_live.sql");

/// Logins that are asked for by one statement. A connection keeps room for the longest that went over it, and every
/// connection of the pool has its turn: with all live sockets in one statement each kept 40 to 60 bytes a socket.
const AT_ONCE: usize = 500;

/// A login whose refresh token was exchanged.
#[derive(Debug)]
pub struct Rotated {
    /// The login.
    pub login: Uuid,
    /// Its account.
    pub account: Uuid,
    /// The account's role.
    pub role: Role,
}

/// Begins a login with its first refresh token; `false` when the proven password is no longer the account's.
///
/// # Errors
/// [`StoreError`].
pub async fn insert(
    store: &Store,
    login: Uuid,
    proven: &Credential,
    token_hash: &[u8],
    life: Duration,
) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let life_s = life.as_secs_f64();
    let issued = session
        .execute(
            INSERT,
            &[
                &login,
                &proven.account,
                &proven.password_hash,
                &token_hash,
                &life_s,
            ],
        )
        .await?;
    Ok(issued == 1)
}

/// Removes logins of `account` that ended over a day ago.
///
/// # Errors
/// [`StoreError`].
pub async fn delete_ended(store: &Store, account: Uuid) -> Result<(), StoreError> {
    let session = store.session().await?;
    session.execute(DELETE_ENDED, &[&account]).await?;
    Ok(())
}

/// Exchanges a refresh token for the next one; `None` when it is unknown, used, or its login is over.
///
/// # Errors
/// [`StoreError`].
pub async fn rotate(
    store: &Store,
    token_hash: &[u8],
    next_hash: &[u8],
    life: Duration,
) -> Result<Option<Rotated>, StoreError> {
    let session = store.session().await?;
    let life_s = life.as_secs_f64();
    let rows = session
        .query(ROTATE, &[&token_hash, &next_hash, &life_s])
        .await?;
    let rotated = |row| {
        Ok(Rotated {
            login: column(row, "login_id")?,
            account: column(row, "account_id")?,
            role: accounts::role(row)?,
        })
    };
    rows.first().map(rotated).transpose()
}

/// Ends a login.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke(store: &Store, login: Uuid) -> Result<(), StoreError> {
    let session = store.session().await?;
    session.execute(REVOKE, &[&login]).await?;
    Ok(())
}

/// Ends the login of a refresh token that was used before, and says which.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_reused(store: &Store, token_hash: &[u8]) -> Result<Option<Uuid>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(REVOKE_REUSED, &[&token_hash]).await?;
    rows.first().map(|row| column(row, "id")).transpose()
}

/// What a login may do now; `None` when it is over.
///
/// # Errors
/// [`StoreError`].
pub async fn find_live(
    store: &Store,
    login: Uuid,
    account: Uuid,
) -> Result<Option<Identity>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(FIND_LIVE, &[&login, &account]).await?;
    rows.first().map(identity).transpose()
}

/// What those of `logins` that are in force may do now, in no particular order, each once.
///
/// # Errors
/// [`StoreError`].
pub async fn find_all_live(
    store: &Store,
    mut logins: Vec<Uuid>,
) -> Result<Vec<Identity>, StoreError> {
    logins.sort_unstable();
    logins.dedup();
    let session = store.session().await?;
    let mut live = Vec::with_capacity(logins.len());
    for some in logins.chunks(AT_ONCE) {
        for row in session.query(FIND_ALL_LIVE, &[&some]).await? {
            live.push(identity(&row)?);
        }
    }
    Ok(live)
}

fn identity(row: &Row) -> Result<Identity, StoreError> {
    Ok(Identity {
        account: column(row, "account_id")?,
        login: column(row, "login_id")?,
        role: accounts::role(row)?,
        regions: accounts::regions(row)?,
    })
}
