//! Passwords as argon2id hashes, computed beside the request threads and few at a time.
//!
//! 19 MiB of memory, two passes, one lane: the first choice of the OWASP Password Storage Cheat
//! Sheet, and the default of the crate (a test holds it). One hash takes some 20 ms of a core.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::AccessError;
use crate::config::cores;
use crate::domain::credential::Password;

/// How long a login may wait for its turn.
const TURN_WAIT: Duration = Duration::from_secs(5);

/// A hash that no password is known for, against which logins to unknown accounts are checked:
/// they take as long as others. Made like the real ones (a test holds it).
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1\
    $R3GTmyuP3MfXuV/1++d5wQ$wN2q/quNEiZWOVja3pWLzlhGObi+nYfYK6mffB3H1ck";

/// Hashes and checks passwords. Cheap to clone; clones share the turns.
#[derive(Clone)]
pub struct Passwords {
    /// One a core: more would only share them, and each holds 19 MiB.
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// With one turn a core.
    pub fn new() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(cores())),
        }
    }

    /// The hash of a new password, as a PHC string.
    ///
    /// # Errors
    /// [`AccessError::Busy`], [`AccessError::Hashing`].
    pub async fn hash(&self, password: &Password) -> Result<String, AccessError> {
        let password = password.clone();
        self.in_turn(move || {
            let hash = Argon2::default().hash_password(password.expose().as_bytes())?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one behind `hash`; without a hash it takes as long, and is not.
    ///
    /// # Errors
    /// [`AccessError::Busy`], [`AccessError::Hashing`].
    pub async fn matches(&self, password: &str, hash: Option<String>) -> Result<bool, AccessError> {
        let password = password.to_owned();
        self.in_turn(move || match hash {
            Some(hash) => verify(&password, &hash),
            None => verify(&password, NOBODY).map(|_| false),
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, AccessError> {
        let turn = self.turn().await?;
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, which goes on when its caller goes away.
            let _turn = turn;
            work()
        });
        let result = done
            .await
            .map_err(|error| AccessError::Hashing(error.to_string()))?;
        result.map_err(|error| AccessError::Hashing(error.to_string()))
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, AccessError> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        match tokio::time::timeout(TURN_WAIT, turn).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(AccessError::Busy),
        }
    }
}

/// A random password of 20 characters (120 bits), for a person to replace.
pub fn generate() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>())
}

fn verify(password: &str, hash: &str) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash).map_err(|_malformed| Error::EncodingInvalid)?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_hash_matches_its_password_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash(&password("correct horse")).await.unwrap();
        assert!(
            passwords
                .matches("correct horse", Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .matches("correct horsf", Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_somebody() {
        let passwords = Passwords::new();
        assert!(!passwords.matches("whatever", None).await.unwrap());
        let hash = passwords.hash(&password("correct horse")).await.unwrap();
        let shape = |hash: &str| {
            hash.split('$')
                .take(4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&hash), shape(NOBODY));
        assert_eq!(shape(&hash).concat(), "argon2idv=19m=19456,t=2,p=1");
        assert_eq!(hash.len(), NOBODY.len());
    }

    #[tokio::test]
    async fn a_broken_hash_is_an_error_and_not_a_wrong_password() {
        let broken = Passwords::new().matches("x", Some("plain".into())).await;
        assert!(matches!(broken, Err(AccessError::Hashing(_))));
    }

    #[test]
    fn generated_passwords_obey_the_rules() {
        assert!(Password::parse(&generate()).is_ok());
        assert_ne!(generate(), generate());
    }
}
