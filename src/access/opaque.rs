//! Opaque tokens: 256 random bits that are shown once and known by their SHA-256 from then on.
//!
//! A fast hash is enough for what cannot be guessed; passwords, which can, are in [`super::password`].

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A random token. Not `Debug`: it is a secret.
pub(super) struct Opaque(String);

impl Opaque {
    /// A new token of 43 characters.
    pub(super) fn random() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// A new token after `prefix`, which tells people and secret scanners what it is.
    pub(super) fn prefixed(prefix: &str) -> Self {
        Self(format!("{prefix}{}", Self::random().0))
    }

    /// The token itself.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored of it.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.0)
    }
}

/// The SHA-256 under which a presented token is looked up.
pub(super) fn fingerprint(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (Opaque::random(), Opaque::prefixed("rk_"));
        assert_eq!(one.expose().len(), 43);
        assert!(other.expose().starts_with("rk_"));
        assert_ne!(one.fingerprint(), other.fingerprint());
        assert_eq!(one.fingerprint(), fingerprint(one.expose()));
    }
}
