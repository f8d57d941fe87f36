//! The second of two steps: what an admin was shown is what they get, or they look again.
//!
//! A confirmation is not stored. It names its end and carries an HMAC-SHA-256, under a key that is derived from the JWT
//! secret, over who was shown it, of whom, and which complaints.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use thiserror::Error;
use uuid::Uuid;

use super::secret::Secret;

/// What tells this use of the secret from every other one.
const PURPOSE: &[u8] = b"redress: confirmations, 1";
/// Bytes of each HMAC.
const TAG: usize = 16;
/// How long a confirmation is good.
pub const LIFE: Duration = Duration::from_secs(15 * 60);

/// Why a confirmation confirms nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unconfirmed {
    /// It was changed, is somebody else's, is of another person, or was never ours.
    #[error("is not what the first step answered you for this person")]
    Forged,
    /// Its time is over.
    #[error("the confirmation has expired; take the first step again")]
    Expired,
    /// Other complaints are concerned by now.
    #[error("what would be concerned has changed since; take the first step again")]
    Changed,
}

/// What is confirmed.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The account of the admin to whom it was shown.
    pub admin: Uuid,
    /// The e-mail address of the person.
    pub email: &'a str,
    /// Their complaints, in order.
    pub complaints: &'a [Uuid],
}

/// Makes and checks confirmations. Cheap to clone.
#[derive(Clone)]
pub struct ConfirmationKey(Hmac<Sha256>);

impl ConfirmationKey {
    /// Derives the key.
    pub(super) fn new(secret: &Secret) -> Self {
        let derived = keyed(secret.expose()).chain_update(PURPOSE).finalize();
        Self(keyed(&derived.into_bytes()))
    }

    /// A confirmation that is made at `now`, and its end.
    pub fn confirm(&self, shown: Shown<'_>, now: Timestamp) -> (String, Timestamp) {
        let life = i64::try_from(LIFE.as_secs()).unwrap_or_default();
        let end = now.as_second().saturating_add(life);
        let person = self.person(shown, end).finalize().into_bytes();
        let all = self.all(shown, end).finalize().into_bytes();
        let mut bytes = end.to_be_bytes().to_vec();
        bytes.extend(person.iter().take(TAG));
        bytes.extend(all.iter().take(TAG));
        let ends_at = Timestamp::from_second(end).unwrap_or(now);
        (BASE64_URL_SAFE_NO_PAD.encode(bytes), ends_at)
    }

    /// Whether a confirmation confirms what is found now; the comparison takes constant time.
    ///
    /// # Errors
    /// [`Unconfirmed`].
    pub fn check(
        &self,
        shown: Shown<'_>,
        confirmation: &str,
        now: Timestamp,
    ) -> Result<(), Unconfirmed> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(confirmation).ok();
        let bytes = bytes.ok_or(Unconfirmed::Forged)?;
        let (end, tags) = bytes.split_first_chunk::<8>().ok_or(Unconfirmed::Forged)?;
        let (person, all) = tags
            .split_first_chunk::<TAG>()
            .filter(|(_, all)| all.len() == TAG)
            .ok_or(Unconfirmed::Forged)?;
        let end = i64::from_be_bytes(*end);
        let is_theirs = self.person(shown, end).verify_truncated_left(person);
        is_theirs.map_err(|_mismatch| Unconfirmed::Forged)?;
        if end <= now.as_second() {
            return Err(Unconfirmed::Expired);
        }
        let is_same = self.all(shown, end).verify_truncated_left(all);
        is_same.map_err(|_mismatch| Unconfirmed::Changed)
    }

    fn person(&self, shown: Shown<'_>, end: i64) -> Hmac<Sha256> {
        let mac = self.0.clone().chain_update(end.to_be_bytes());
        mac.chain_update(shown.admin.as_bytes())
            .chain_update(shown.email.to_ascii_lowercase().as_bytes())
    }

    /// The address ends with a byte that is in none.
    fn all(&self, shown: Shown<'_>, end: i64) -> Hmac<Sha256> {
        let mac = self.person(shown, end).chain_update(b"\0");
        let add = |mac: Hmac<Sha256>, id: &Uuid| mac.chain_update(id.as_bytes());
        shown.complaints.iter().fold(mac, add)
    }
}

/// HMAC takes keys of any length (RFC 2104), so that the default is never used.
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()))
}

impl fmt::Debug for ConfirmationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationKey(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_shown_to_the_same_admin_is_confirmed_and_not_for_long() {
        let key = |secret: &[u8]| ConfirmationKey::new(&Secret::new(secret).unwrap());
        let right = key(b"0123456789abcdef0123456789abcdef");
        let at = |second| Timestamp::from_second(second).unwrap();
        let complaints = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let shown = Shown {
            admin: Uuid::from_u128(9),
            email: "Ann@example.org",
            complaints: &complaints,
        };
        let (confirmation, ends_at) = right.confirm(shown, at(1000));
        assert_eq!(ends_at, at(1900));
        let check = |shown, now| right.check(shown, &confirmation, at(now));
        assert_eq!(check(shown, 1899), Ok(()));
        assert_eq!(check(shown, 1900), Err(Unconfirmed::Expired));
        let same = Shown {
            email: "ann@EXAMPLE.org",
            ..shown
        };
        assert_eq!(check(same, 1000), Ok(()));
        let fewer = Shown {
            complaints: &complaints[..1],
            ..shown
        };
        assert_eq!(check(fewer, 1000), Err(Unconfirmed::Changed));
        let other_admin = Shown {
            admin: Uuid::from_u128(8),
            ..shown
        };
        let other_person = Shown {
            email: "ben@example.org",
            ..shown
        };
        for other in [other_admin, other_person] {
            assert_eq!(check(other, 1000), Err(Unconfirmed::Forged));
        }
        let other = key(b"another secret that is long enough");
        let forged = other.check(shown, &confirmation, at(1000));
        assert_eq!(forged, Err(Unconfirmed::Forged));
        for bad in ["", "x", "AAAA", &format!("{confirmation}A")] {
            assert_eq!(
                right.check(shown, bad, at(1000)),
                Err(Unconfirmed::Forged),
                "{bad}"
            );
        }
    }
}
