//! Creates the demo's regions, categories, rules, people and API key: all credentials first, then what is
//! missing of the rest, so that a start that was killed half-way is completed by the next.

use std::collections::BTreeSet;

use thiserror::Error;
use uuid::Uuid;

use super::{
    DemoAccount, DemoFile, DemoFileError, DemoOfficer, content, password, seed_catalogue,
    seed_rules,
};
use crate::access::{Access, AccessError, api_keys};
use crate::domain::account::{Role, Scope};
use crate::domain::administration::{NewAccount, NewApiKey};
use crate::domain::credential::{Email, Password};
use crate::domain::region::RegionId;
use crate::import::ImportError;
use crate::import::rules::RulesError;
use crate::store::{Store, StoreError};

/// Why the demo's data could not be created.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The demo's own files are wrong.
    #[error(transparent)]
    Content(#[from] ImportError),
    /// The demo's rules could not be set.
    #[error("the demo's rules could not be set: {0}")]
    Rules(#[from] RulesError),
    /// A value of the demo is wrong.
    #[error("the demo's {0} {1}")]
    Value(&'static str, String),
    /// An account or key could not be created.
    #[error("the demo's people could not be created: {0}")]
    People(#[from] AccessError),
    /// The database gave no answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The credentials could not be written down.
    #[error(transparent)]
    File(#[from] DemoFileError),
}

const ADMIN: (&str, &str) = ("admin@redress.example", "Ada Admin");

/// The officers: each works in two regions, the second of them in the last two.
const OFFICERS: [(&str, &str); 2] = [
    ("olga@redress.example", "Olga Officer"),
    ("otto@redress.example", "Otto Officer"),
];

/// Draws the demo's credentials; nothing of it exists yet.
///
/// # Errors
/// [`DemoError::Content`].
pub fn draft(base_url: &str) -> Result<DemoFile, DemoError> {
    let content = content()?;
    let ids: Vec<&str> = content
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .collect();
    let admin = DemoAccount {
        email: ADMIN.0.to_owned(),
        password: password(),
    };
    let officer = |(first, (email, _)): (usize, &(&str, &str))| DemoOfficer {
        email: (*email).to_owned(),
        password: password(),
        regions: ids
            .iter()
            .skip(first)
            .take(2)
            .map(ToString::to_string)
            .collect(),
    };
    let officers = OFFICERS.iter().enumerate().map(officer).collect();
    let key = api_keys::generate();
    Ok(DemoFile::new(base_url, admin, officers, key, &content))
}

/// Creates what is missing of a draft.
///
/// # Errors
/// [`DemoError`]; calling it again goes on.
pub async fn complete(store: &Store, access: &Access, file: &DemoFile) -> Result<(), DemoError> {
    seed_catalogue(store, &content()?).await?;
    seed_rules(store).await?;
    let admin = &file.admin;
    person(access, &admin.email, &admin.password, Role::Admin, &[]).await?;
    for officer in &file.officers {
        let DemoOfficer {
            email,
            password,
            regions,
        } = officer;
        person(access, email, password, Role::Officer, regions).await?;
    }
    match access.api_key(&file.api_key).await {
        Ok(_known) => return Ok(()),
        Err(AccessError::InvalidApiKey) => {}
        Err(error) => return Err(error.into()),
    }
    let key = NewApiKey {
        name: "Demo app".into(),
        scopes: BTreeSet::from([Scope::Submit]),
        regions: BTreeSet::new(),
        rate_per_minute: None,
    };
    api_keys::register(store, Uuid::now_v7(), &key, &file.api_key).await?;
    Ok(())
}

/// Fills a new database; the answer holds everything that is needed to use it.
///
/// # Errors
/// [`DemoError`].
pub async fn seed(store: &Store, access: &Access, base_url: &str) -> Result<DemoFile, DemoError> {
    let file = draft(base_url)?;
    complete(store, access, &file).await?;
    Ok(file)
}

/// Creates an account unless there is one of the address.
async fn person(
    access: &Access,
    email: &str,
    password: &str,
    role: Role,
    regions: &[String],
) -> Result<(), DemoError> {
    let known = OFFICERS.iter().chain([&ADMIN]).find(|one| one.0 == email);
    let new = NewAccount {
        email: Email::parse(email)
            .map_err(|(_, fault)| DemoError::Value("e-mail address", fault))?,
        name: known.map_or(email, |one| one.1).to_owned(),
        role,
        regions: regions.iter().map(|id| RegionId::from_stored(id)).collect(),
        password: Password::parse(password)
            .map_err(|(_, fault)| DemoError::Value("password", fault))?,
    };
    match access.accounts().create(&new).await {
        Ok(_) | Err(AccessError::EmailTaken) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
