//! Accounts as admins ask for them, change them and see them.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{NAME_LONGEST, regions};
use crate::domain::account::Role;
use crate::domain::credential::{Email, Password};
use crate::domain::fault::{Faults, free_text};
use crate::domain::region::RegionId;

/// An account as its owner and admins see it.
#[derive(Clone, Serialize, ToSchema)]
pub struct Account {
    /// UUIDv7.
    pub id: Uuid,
    /// E-mail address, with which its owner signs in.
    pub email: String,
    /// Name for people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub active: bool,
    /// The regions granted to an officer; an admin has all, whatever is listed.
    #[schema(value_type = Vec<String>)]
    pub regions: Vec<RegionId>,
    /// When it was created (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name and address of a person are left out.
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("role", &self.role)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

/// A new account as a client asks for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountDraft {
    /// E-mail address; no other account may have it.
    #[serde(default)]
    #[schema(required = true)]
    pub email: String,
    /// Name for people, 1–200 characters.
    #[serde(default)]
    #[schema(required = true)]
    pub name: String,
    /// `officer` or `admin`.
    #[serde(default)]
    #[schema(required = true, value_type = Role)]
    pub role: String,
    /// The regions of an officer.
    #[serde(default)]
    pub regions: Vec<String>,
    /// The first password: at least 10 characters, at most 200 bytes.
    #[serde(default)]
    #[schema(required = true, format = Password)]
    pub password: String,
}

/// A new account that may be created. Not `Debug`: it holds a person's name.
#[derive(Clone)]
pub struct NewAccount {
    /// E-mail address.
    pub email: Email,
    /// Name for people.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The regions of an officer.
    pub regions: BTreeSet<RegionId>,
    /// The first password.
    pub password: Password,
}

impl NewAccount {
    /// Checks a draft.
    ///
    /// # Errors
    /// All its faults at once.
    pub fn parse(draft: &AccountDraft) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let email = faults.keep("email", Email::parse(&draft.email));
        let name = faults.keep("name", free_text(&draft.name, NAME_LONGEST));
        let role = faults.keep("role", role(&draft.role));
        let regions = regions(&draft.regions, &mut faults);
        let password = faults.keep("password", Password::parse(&draft.password));
        let parts = email.zip(name).zip(role).zip(password);
        let account = parts.map(|(((email, name), role), password)| Self {
            email,
            name,
            role,
            regions,
            password,
        });
        faults.into_result(account)
    }
}

/// Changes of an account as a client asks for them; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChangeDraft {
    /// Name for people, 1–200 characters.
    pub name: Option<String>,
    /// `officer` or `admin`.
    #[schema(value_type = Option<Role>)]
    pub role: Option<String>,
    /// Whether it may sign in; `false` ends its logins.
    pub active: Option<bool>,
    /// The regions of an officer, instead of the present ones.
    pub regions: Option<Vec<String>>,
    /// A new password; it ends the account's logins.
    #[schema(format = Password)]
    pub password: Option<String>,
}

/// Changes of an account that may be made. Not `Debug`: it holds a person's name.
#[derive(Clone, Default)]
pub struct AccountChange {
    /// Name for people.
    pub name: Option<String>,
    /// What it may do.
    pub role: Option<Role>,
    /// Whether it may sign in.
    pub active: Option<bool>,
    /// The regions of an officer.
    pub regions: Option<BTreeSet<RegionId>>,
    /// A new password.
    pub password: Option<Password>,
}

impl AccountChange {
    /// Checks a draft.
    ///
    /// # Errors
    /// All its faults at once.
    pub fn parse(draft: &AccountChangeDraft) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let name = draft.name.as_deref();
        let name = name.and_then(|text| faults.keep("name", free_text(text, NAME_LONGEST)));
        let role = draft.role.as_deref();
        let role = role.and_then(|word| faults.keep("role", self::role(word)));
        let regions = draft.regions.as_ref();
        let regions = regions.map(|ids| super::regions(ids, &mut faults));
        let password = draft.password.as_deref();
        let password = password.and_then(|text| faults.keep("password", Password::parse(text)));
        faults.into_result(Some(Self {
            name,
            role,
            active: draft.active,
            regions,
            password,
        }))
    }
}

fn role(word: &str) -> Result<Role, (&'static str, String)> {
    Role::parse(word).ok_or_else(|| ("invalid", "must be officer or admin".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(faults: Faults) -> Vec<String> {
        faults
            .into_inner()
            .into_iter()
            .map(|fault| fault.field)
            .collect()
    }

    #[test]
    fn all_faults_of_an_account_are_named_at_once() {
        let draft = serde_json::from_str(r#"{"regions":["North"]}"#).unwrap();
        let faults = NewAccount::parse(&draft).err().unwrap();
        assert_eq!(
            fields(faults),
            ["email", "name", "role", "regions", "password"]
        );
    }

    #[test]
    fn absent_fields_of_a_change_stay() {
        let draft = serde_json::from_str(r#"{"active":false}"#).unwrap();
        let change = AccountChange::parse(&draft).ok().unwrap();
        assert_eq!(change.active, Some(false));
        assert!(change.name.is_none() && change.role.is_none());
        assert!(change.regions.is_none() && change.password.is_none());
    }

    #[test]
    fn unknown_fields_are_refused() {
        assert!(serde_json::from_str::<AccountDraft>(r#"{"admin":true}"#).is_err());
    }
}
