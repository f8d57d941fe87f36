//! Accounts of staff and the regions granted to them.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Store, StoreError, column};
use crate::domain::account::Role;
use crate::domain::administration::{Account, AccountChange, NewAccount};
use crate::domain::presence::Named;
use crate::domain::region::RegionId;

const INSERT: &str = include_str!("../../sql/queries/accounts/insert.sql");
const FIND: &str = include_str!("../../sql/queries/accounts/find.sql");
const FIND_ID: &str = include_str!("../../sql/queries/accounts/find_id.sql");
const LIST: &str = include_str!("../../sql/queries/accounts/list.sql");
const UPDATE: &str = include_str!("../../sql/queries/accounts/update.sql");
const FORMER: &str = include_str!("../../sql/queries/accounts/former.sql");
const ANONYMISE: &str = include_str!("../../sql/queries/accounts/anonymise.sql");
const CREDENTIAL: &str = include_str!("../../sql/queries/accounts/credential.sql");
const CREDENTIAL_BY_EMAIL: &str =
    include_str!("../../sql/queries/accounts/credential_by_email.sql");
const CHANGE_PASSWORD: &str = include_str!("../../sql/queries/accounts/change_password.sql");
const NAMES: &str = include_str!("../../sql/queries/accounts/names.sql");
const OFFICERS_OF: &str = include_str!("../../sql/queries/accounts/officers_of.sql");
const UNKNOWN_REGIONS: &str = include_str!("../../sql/queries/accounts/unknown_regions.sql");

/// What the password of an active account is checked against. Not `Debug`: it holds the hash.
pub struct Credential {
    /// The account.
    pub account: Uuid,
    /// Its role.
    pub role: Role,
    /// argon2id, as a PHC string.
    pub password_hash: String,
}

/// Creates an account.
///
/// # Errors
/// [`StoreError::is_duplicate`] when the e-mail address is taken.
pub async fn insert(
    store: &Store,
    id: Uuid,
    new: &NewAccount,
    password_hash: &str,
) -> Result<(), StoreError> {
    let session = store.session().await?;
    let (email, role) = (new.email.as_str(), new.role.as_str());
    let regions = slugs(&new.regions);
    session
        .execute(
            INSERT,
            &[&id, &email, &new.name, &role, &password_hash, &regions],
        )
        .await?;
    Ok(())
}

/// One account.
///
/// # Errors
/// [`StoreError`].
pub async fn find(store: &Store, id: Uuid) -> Result<Option<Account>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(FIND, &[&id]).await?;
    rows.first().map(account).transpose()
}

/// The id of the account with an e-mail address.
///
/// # Errors
/// [`StoreError`].
pub async fn find_id(store: &Store, email: &str) -> Result<Option<Uuid>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(FIND_ID, &[&email]).await?;
    rows.first().map(|row| column(row, "id")).transpose()
}

/// Up to `limit` accounts, newest first, after the one at `after`.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    store: &Store,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<Account>, StoreError> {
    let session = store.session().await?;
    let (time, id) = after.unzip();
    let rows = session.query(LIST, &[&time, &id, &limit]).await?;
    rows.iter().map(account).collect()
}

/// Changes an account; `false` when there is none, or when it is the last active admin and would be none.
///
/// # Errors
/// [`StoreError`].
pub async fn update(
    store: &Store,
    id: Uuid,
    change: &AccountChange,
    password_hash: Option<&str>,
) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let role = change.role.map(Role::as_str);
    let regions = change.regions.as_ref().map(slugs);
    let rows = session
        .query(
            UPDATE,
            &[
                &id,
                &change.name,
                &role,
                &change.active,
                &regions,
                &password_hash,
            ],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// At most `limit` accounts that were deactivated for longer than `period` and are not anonymised yet.
///
/// # Errors
/// [`StoreError`].
pub async fn former(store: &Store, period: Duration, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(FORMER, &[&period.as_secs_f64(), &limit])
        .await?;
    rows.iter().map(|row| column(row, "id")).collect()
}

/// Takes name and e-mail address from those of `ids` that are still due; returns which were.
///
/// # Errors
/// [`StoreError`].
pub async fn anonymise(
    store: &Store,
    ids: &[Uuid],
    period: Duration,
) -> Result<Vec<Uuid>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(ANONYMISE, &[&ids, &period.as_secs_f64()])
        .await?;
    rows.iter().map(|row| column(row, "id")).collect()
}

/// What the password of an active account is checked against.
///
/// # Errors
/// [`StoreError`].
pub async fn credential(store: &Store, id: Uuid) -> Result<Option<Credential>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(CREDENTIAL, &[&id]).await?;
    rows.first().map(credential_of).transpose()
}

/// The same, by e-mail address.
///
/// # Errors
/// [`StoreError`].
pub async fn credential_by_email(
    store: &Store,
    email: &str,
) -> Result<Option<Credential>, StoreError> {
    let session = store.session().await?;
    let rows = session.query(CREDENTIAL_BY_EMAIL, &[&email]).await?;
    rows.first().map(credential_of).transpose()
}

/// Replaces a proven password and ends all logins but `login`; `false` when it was changed in between.
///
/// # Errors
/// [`StoreError`].
pub async fn change_password(
    store: &Store,
    proven: &Credential,
    new_hash: &str,
    login: Uuid,
) -> Result<bool, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(
            CHANGE_PASSWORD,
            &[&proven.account, &proven.password_hash, &new_hash, &login],
        )
        .await?;
    Ok(!rows.is_empty())
}

/// Those of `regions` that do not exist.
///
/// # Errors
/// [`StoreError`].
pub async fn unknown_regions(
    store: &Store,
    regions: &BTreeSet<RegionId>,
) -> Result<Vec<RegionId>, StoreError> {
    if regions.is_empty() {
        return Ok(Vec::new());
    }
    let session = store.session().await?;
    let rows = session.query(UNKNOWN_REGIONS, &[&slugs(regions)]).await?;
    let id = |row: &Row| column::<&str>(row, "region_id").map(RegionId::from_stored);
    rows.iter().map(id).collect()
}

/// What accounts are called.
///
/// # Errors
/// [`StoreError`].
pub async fn names(store: &Store, ids: &[Uuid]) -> Result<Vec<(Uuid, Named)>, StoreError> {
    let rows = store.session().await?.query(NAMES, &[&ids]).await?;
    rows.iter().map(named).collect()
}

/// At most `limit` active officers of a region, by name.
///
/// # Errors
/// [`StoreError`].
pub async fn officers_of(
    store: &Store,
    region: &RegionId,
    limit: i64,
) -> Result<Vec<(Uuid, Named)>, StoreError> {
    let session = store.session().await?;
    let rows = session
        .query(OFFICERS_OF, &[&region.as_str(), &limit])
        .await?;
    rows.iter().map(named).collect()
}

/// Region ids as a parameter.
pub(super) fn slugs(regions: &BTreeSet<RegionId>) -> Vec<&str> {
    regions.iter().map(RegionId::as_str).collect()
}

/// The region ids of a row.
pub(super) fn regions<C: FromIterator<RegionId>>(row: &Row) -> Result<C, StoreError> {
    let slugs: Vec<&str> = column(row, "regions")?;
    Ok(slugs.into_iter().map(RegionId::from_stored).collect())
}

/// The role of a row.
pub(super) fn role(row: &Row) -> Result<Role, StoreError> {
    let word: &str = column(row, "role")?;
    Role::parse(word).ok_or_else(|| StoreError::Shape(format!("there is no role {word}")))
}

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: column(row, "id")?,
        email: column(row, "email")?,
        name: column(row, "name")?,
        role: role(row)?,
        active: column(row, "active")?,
        regions: regions(row)?,
        created_at: column(row, "created_at")?,
        updated_at: column(row, "updated_at")?,
    })
}

fn named(row: &Row) -> Result<(Uuid, Named), StoreError> {
    let named = Named {
        name: column(row, "name")?,
        role: role(row)?,
    };
    Ok((column(row, "id")?, named))
}

fn credential_of(row: &Row) -> Result<Credential, StoreError> {
    Ok(Credential {
        account: column(row, "id")?,
        role: role(row)?,
        password_hash: column(row, "password_hash")?,
    })
}
