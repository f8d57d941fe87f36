//! API keys as admins ask for them and see them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{NAME_LONGEST, regions};
use crate::domain::account::Scope;
use crate::domain::fault::{Faults, free_text};
use crate::domain::region::RegionId;

/// An API key as admins see it; the key itself is shown once, when it is created.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApiKeyEntry {
    /// UUIDv7.
    pub id: Uuid,
    /// The app that holds it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The regions to which it is bound; empty: all.
    #[schema(value_type = Vec<String>)]
    pub regions: Vec<RegionId>,
    /// Requests a minute; null: the setting of the installation.
    pub rate_per_minute: Option<u32>,
    /// Whether it may be used.
    pub active: bool,
    /// When it was created (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used (UTC), to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// A new API key as a client asks for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyDraft {
    /// The app that will hold it, 1–200 characters.
    #[serde(default)]
    #[schema(required = true)]
    pub name: String,
    /// What it may be used for: `submit`, `read` or both.
    #[serde(default)]
    #[schema(required = true, value_type = Vec<Scope>, min_items = 1)]
    pub scopes: Vec<String>,
    /// The regions to which it is bound; empty: all.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Requests a minute; absent: the setting of the installation.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub rate_per_minute: Option<u32>,
}

/// A new API key that may be created.
#[derive(Debug, Clone)]
pub struct NewApiKey {
    /// The app that will hold it.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// The regions to which it is bound; empty: all.
    pub regions: BTreeSet<RegionId>,
    /// Requests a minute; `None`: the setting of the installation.
    pub rate_per_minute: Option<u32>,
}

impl NewApiKey {
    /// Checks a draft.
    ///
    /// # Errors
    /// All its faults at once.
    pub fn parse(draft: &ApiKeyDraft) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let name = faults.keep("name", free_text(&draft.name, NAME_LONGEST));
        let scopes = scopes(&draft.scopes, &mut faults);
        let regions = regions(&draft.regions, &mut faults);
        let rate_per_minute = draft.rate_per_minute;
        if rate_per_minute.is_some_and(|rate| !(1..=1_000_000).contains(&rate)) {
            faults.add(
                "rate_per_minute",
                "out_of_range",
                "must be between 1 and 1000000",
            );
        }
        let key = name.map(|name| Self {
            name,
            scopes,
            regions,
            rate_per_minute,
        });
        faults.into_result(key)
    }
}

fn scopes(words: &[String], faults: &mut Faults) -> BTreeSet<Scope> {
    if words.is_empty() {
        faults.add("scopes", "required", "must name submit, read or both");
    }
    let scope = |word: &String| {
        let message = || {
            (
                "invalid",
                format!("{word:?} is not a scope; use submit or read"),
            )
        };
        Scope::parse(word).ok_or_else(message)
    };
    let parse = |word: &String| faults.keep("scopes", scope(word));
    words.iter().filter_map(parse).collect()
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
    fn a_key_without_a_scope_is_refused() {
        let draft = r#"{"name":"app","rate_per_minute":0}"#;
        let draft = serde_json::from_str(draft).unwrap();
        let faults = NewApiKey::parse(&draft).unwrap_err();
        assert_eq!(fields(faults), ["scopes", "rate_per_minute"]);
    }
}
