//! API keys: `rk_` and 256 random bits, shown once, known by their SHA-256 from then on.

use uuid::Uuid;

use super::AccessError;
use super::accounts::require_regions;
use super::opaque::{self, Opaque};
use crate::domain::administration::{ApiKeyEntry, NewApiKey};
use crate::store::{Store, api_keys};

/// How every key begins: people and secret scanners see what it is.
const PREFIX: &str = "rk_";

/// Creates a key; the second value is the key itself, which cannot be had again.
///
/// # Errors
/// [`AccessError::UnknownRegions`].
pub async fn create(
    store: &Store,
    id: Uuid,
    new: &NewApiKey,
) -> Result<(ApiKeyEntry, String), AccessError> {
    let key = generate();
    let entry = register(store, id, new, &key).await?;
    Ok((entry, key))
}

/// A new key, which nobody knows until [`register`] has stored what is known of it.
pub fn generate() -> String {
    Opaque::prefixed(PREFIX).expose().to_owned()
}

/// Makes a key of [`generate`] good.
///
/// # Errors
/// [`AccessError::UnknownRegions`].
pub async fn register(
    store: &Store,
    id: Uuid,
    new: &NewApiKey,
    key: &str,
) -> Result<ApiKeyEntry, AccessError> {
    require_regions(store, &new.regions).await?;
    let hash = opaque::fingerprint(key);
    Ok(api_keys::insert(store, id, new, &hash).await?)
}

/// Revokes a key for good.
///
/// # Errors
/// [`AccessError::NoSuchApiKey`].
pub async fn revoke(store: &Store, id: Uuid) -> Result<(), AccessError> {
    let revoked = api_keys::revoke(store, id).await?;
    revoked.then_some(()).ok_or(AccessError::NoSuchApiKey)
}

/// Whether a text may be a key at all: what is not need not be looked up.
pub(super) fn is_well_formed(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.strip_prefix(PREFIX)
        .is_some_and(|rest| (22..=100).contains(&rest.len()) && rest.chars().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_key_is_not_looked_up() {
        assert!(is_well_formed(Opaque::prefixed(PREFIX).expose()));
        for bad in [
            "",
            "rk_",
            "rk_short",
            &"x".repeat(40),
            &format!("rk_{}é", "x".repeat(30)),
        ] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }
}
