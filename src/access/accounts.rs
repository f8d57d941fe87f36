//! Creating and changing accounts, with the rules that need the database: for admins, the command
//! line and the demo.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::AccessError;
use super::password::Passwords;
use crate::domain::administration::{Account, AccountChange, NewAccount};
use crate::domain::region::RegionId;
use crate::store::{Store, StoreError, accounts};

/// The accounts of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    passwords: Passwords,
}

impl Accounts {
    /// The accounts in `store`, their passwords hashed by `passwords`.
    pub fn new(store: Store, passwords: Passwords) -> Self {
        Self { store, passwords }
    }

    /// Creates an account.
    ///
    /// # Errors
    /// [`AccessError::UnknownRegions`], [`AccessError::EmailTaken`].
    pub async fn create(&self, new: &NewAccount) -> Result<Account, AccessError> {
        require_regions(&self.store, &new.regions).await?;
        let hash = self.passwords.hash(&new.password).await?;
        let id = Uuid::now_v7();
        accounts::insert(&self.store, id, new, &hash)
            .await
            .map_err(taken)?;
        self.find(id).await
    }

    /// Changes an account. A new password and a deactivation end its logins.
    ///
    /// # Errors
    /// [`AccessError::NoSuchAccount`], [`AccessError::UnknownRegions`], [`AccessError::LastAdmin`].
    pub async fn change(&self, id: Uuid, change: &AccountChange) -> Result<Account, AccessError> {
        if let Some(regions) = &change.regions {
            require_regions(&self.store, regions).await?;
        }
        let hash = match &change.password {
            Some(password) => Some(self.passwords.hash(password).await?),
            None => None,
        };
        let changed = accounts::update(&self.store, id, change, hash.as_deref()).await?;
        let account = self.find(id).await?;
        changed.then_some(account).ok_or(AccessError::LastAdmin)
    }

    /// Up to `limit` accounts, newest first, after the one at `after`.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn list(
        &self,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Result<Vec<Account>, AccessError> {
        Ok(accounts::list(&self.store, after, limit).await?)
    }

    /// One account.
    ///
    /// # Errors
    /// [`AccessError::NoSuchAccount`].
    pub async fn find(&self, id: Uuid) -> Result<Account, AccessError> {
        let account = accounts::find(&self.store, id).await?;
        account.ok_or(AccessError::NoSuchAccount)
    }

    /// The id of the account of an e-mail address.
    ///
    /// # Errors
    /// [`AccessError::NoSuchAccount`].
    pub async fn find_id(&self, email: &str) -> Result<Uuid, AccessError> {
        let id = accounts::find_id(&self.store, email).await?;
        id.ok_or(AccessError::NoSuchAccount)
    }
}

/// Refuses regions that do not exist.
pub(super) async fn require_regions(
    store: &Store,
    regions: &BTreeSet<RegionId>,
) -> Result<(), AccessError> {
    let unknown = accounts::unknown_regions(store, regions).await?;
    if unknown.is_empty() {
        Ok(())
    } else {
        Err(AccessError::UnknownRegions(unknown))
    }
}

fn taken(error: StoreError) -> AccessError {
    if error.is_duplicate() {
        AccessError::EmailTaken
    } else {
        AccessError::Store(error)
    }
}
