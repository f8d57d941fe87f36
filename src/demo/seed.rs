//! Creates the demo's regions, categories, people and API key in a new database.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{DemoAccount, DemoFile, DemoOfficer, content, password, seed_catalogue};
use crate::access::{Access, AccessError, api_keys};
use crate::domain::account::{Role, Scope};
use crate::domain::administration::{NewAccount, NewApiKey};
use crate::domain::credential::{Email, Password};
use crate::domain::region::RegionId;
use crate::import::ImportError;
use crate::store::{Store, StoreError};

/// Why the demo's data could not be created.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The demo's own files are wrong.
    #[error(transparent)]
    Content(#[from] ImportError),
    /// A value of the demo is wrong.
    #[error("the demo's {0} {1}")]
    Value(&'static str, String),
    /// An account or key could not be created.
    #[error("the demo's people could not be created: {0}")]
    People(#[from] AccessError),
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fills a new database; the answer holds everything that is needed to use it.
///
/// # Errors
/// [`DemoError`].
pub async fn seed(store: &Store, access: &Access, base_url: &str) -> Result<DemoFile, DemoError> {
    let content = content()?;
    seed_catalogue(store, &content).await?;
    let ids: Vec<&str> = content.regions.iter().map(|region| region.id.as_str()).collect();
    let admin = person(access, "admin@redress.example", "Ada Admin", Role::Admin, &[]).await?;
    let mut officers = Vec::new();
    for (email, name, regions) in [
        ("olga@redress.example", "Olga Officer", ids.get(..2).unwrap_or_default()),
        ("otto@redress.example", "Otto Officer", ids.get(1..).unwrap_or_default()),
    ] {
        let account = person(access, email, name, Role::Officer, regions).await?;
        officers.push(DemoOfficer {
            email: account.email,
            password: account.password,
            regions: regions.iter().map(ToString::to_string).collect(),
        });
    }
    let key = NewApiKey {
        name: "Demo app".into(),
        scopes: BTreeSet::from([Scope::Submit]),
        regions: BTreeSet::new(),
        rate_per_minute: None,
    };
    let (_, key) = api_keys::create(store, &key).await?;
    Ok(DemoFile::new(base_url, admin, officers, key, &content))
}

async fn person(
    access: &Access,
    email: &str,
    name: &str,
    role: Role,
    regions: &[&str],
) -> Result<DemoAccount, DemoError> {
    let chosen = password();
    let parsed_email = Email::parse(email).map_err(|(_, fault)| DemoError::Value("e-mail address", fault))?;
    let parsed_password = Password::parse(&chosen).map_err(|(_, fault)| DemoError::Value("password", fault))?;
    let new = NewAccount {
        email: parsed_email,
        name: name.to_owned(),
        role,
        regions: regions.iter().map(|id| RegionId::from_stored(id)).collect(),
        password: parsed_password,
    };
    access.accounts().create(&new).await?;
    Ok(DemoAccount { email: email.to_owned(), password: chosen })
}
