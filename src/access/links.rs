//! Signed links to pictures: whoever has one may look at that picture until it ends, without signing in.
//!
//! A link names its end and carries an HMAC-SHA-256 under a key that is derived from the JWT secret: all nodes
//! sign alike, and a new secret ends all links.

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
const PURPOSE: &[u8] = b"redress: links to photos, 1";
/// Bytes of the HMAC in a link.
const TAG: usize = 16;

/// Why a link does not open anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LinkError {
    /// It was changed, is of another picture, or was never ours.
    #[error("this link is not valid; ask for the photo again")]
    Forged,
    /// Its time is over.
    #[error("this link has expired; ask for the photo again")]
    Expired,
}

/// Signs and checks links. Cheap to clone.
#[derive(Clone)]
pub struct LinkKey(Hmac<Sha256>);

impl LinkKey {
    /// Derives the key.
    pub(super) fn new(secret: &Secret) -> Self {
        let derived = keyed(secret.expose())
            .chain_update(PURPOSE)
            .finalize()
            .into_bytes();
        Self(keyed(&derived))
    }

    /// The end (seconds of the Unix epoch) and the signature of a link that is made at `now`. It is good for
    /// `life` at least and half as long again at most: links that are made close together are the same, so that
    /// browsers need not load a picture twice.
    pub fn sign(
        &self,
        photo: Uuid,
        picture: &str,
        life: Duration,
        now: Timestamp,
    ) -> (i64, String) {
        let life = i64::try_from(life.as_secs()).unwrap_or(i64::MAX / 4).max(1);
        let step = (life / 2).max(1);
        let begun = now.as_second().div_euclid(step).saturating_mul(step);
        let expires = begun.saturating_add(step).saturating_add(life);
        let tag = self.tag(photo, picture, expires).finalize().into_bytes();
        let tag: Vec<u8> = tag.iter().take(TAG).copied().collect();
        (expires, BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// For how long a link is still good; the comparison takes constant time.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn check(
        &self,
        photo: Uuid,
        picture: &str,
        (expires, signature): (i64, &str),
        now: Timestamp,
    ) -> Result<Duration, LinkError> {
        let tag = BASE64_URL_SAFE_NO_PAD.decode(signature).ok();
        let tag = tag
            .filter(|tag| tag.len() == TAG)
            .ok_or(LinkError::Forged)?;
        let genuine = self
            .tag(photo, picture, expires)
            .verify_truncated_left(&tag);
        genuine.map_err(|_mismatch| LinkError::Forged)?;
        let left = expires.saturating_sub(now.as_second());
        match u64::try_from(left) {
            Ok(left @ 1..) => Ok(Duration::from_secs(left)),
            Ok(0) | Err(_) => Err(LinkError::Expired),
        }
    }

    fn tag(&self, photo: Uuid, picture: &str, expires: i64) -> Hmac<Sha256> {
        let mac = self.0.clone().chain_update(photo.as_bytes());
        mac.chain_update(expires.to_be_bytes())
            .chain_update(picture.as_bytes())
    }
}

/// HMAC takes keys of any length (RFC 2104), so that the default is never used.
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()))
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(100);

    fn key(secret: &[u8]) -> LinkKey {
        LinkKey::new(&Secret::new(secret).unwrap())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_link_opens_its_picture_until_it_ends() {
        let key = key(b"0123456789abcdef0123456789abcdef");
        let photo = Uuid::from_u128(1);
        for made in [1000, 1001, 1049] {
            let (expires, signature) = key.sign(photo, "preview", LIFE, at(made));
            assert_eq!(expires, 1150, "made close together they are the same");
            let open = |now| key.check(photo, "preview", (expires, &signature), at(now));
            assert_eq!(open(1049), Ok(Duration::from_secs(101)));
            assert_eq!(open(1149), Ok(Duration::from_secs(1)));
            assert_eq!(open(1150), Err(LinkError::Expired));
        }
    }

    #[test]
    fn whatever_is_changed_makes_a_link_void() {
        let right = key(b"0123456789abcdef0123456789abcdef");
        let photo = Uuid::from_u128(1);
        let (expires, signature) = right.sign(photo, "preview", LIFE, at(1000));
        let other = key(b"another secret that is long enough");
        let forged = Err(LinkError::Forged);
        let now = at(1000);
        let link = (expires, signature.as_str());
        assert_eq!(other.check(photo, "preview", link, now), forged);
        assert_eq!(right.check(photo, "original", link, now), forged);
        assert_eq!(
            right.check(Uuid::from_u128(2), "preview", link, now),
            forged
        );
        let later = (expires + 1, signature.as_str());
        assert_eq!(right.check(photo, "preview", later, now), forged);
        for bad in ["", "x", "AAAA", &format!("{signature}A")] {
            let link = (expires, bad);
            assert_eq!(right.check(photo, "preview", link, now), forged, "{bad}");
        }
    }
}
