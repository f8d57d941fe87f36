//! Tracking tokens: whoever holds one may read the public view of one complaint.
//!
//! They are not stored: a token is the complaint's id and a part of its HMAC-SHA-256 under the
//! installation's tracking secret, which outlives every JWT secret.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the HMAC in a token: 128 bits, which cannot be guessed over a network.
const TAG: usize = 16;

/// Makes and reads tracking tokens. Cheap to clone.
#[derive(Clone)]
pub struct TrackingKey(Hmac<Sha256>);

impl TrackingKey {
    /// Uses a secret of any length; the installation's has 32 bytes.
    pub fn new(secret: &[u8]) -> Self {
        // HMAC takes keys of any length (RFC 2104), so that the default is never used.
        let key = Hmac::new_from_slice(secret);
        Self(key.unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    /// The token of a complaint, 43 characters.
    pub fn token(&self, complaint: Uuid) -> String {
        let mut token = complaint.as_bytes().to_vec();
        let tag = self.tag(complaint).finalize().into_bytes();
        token.extend(tag.iter().take(TAG));
        BASE64_URL_SAFE_NO_PAD.encode(token)
    }

    /// The complaint of a token that this key made; the comparison takes constant time.
    pub fn complaint(&self, token: &str) -> Option<Uuid> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, tag) = bytes.split_first_chunk::<16>()?;
        let complaint = Uuid::from_bytes(*id);
        let genuine = tag.len() == TAG && self.tag(complaint).verify_truncated_left(tag).is_ok();
        genuine.then_some(complaint)
    }

    /// A supporter as they are stored: who it is cannot be found from it, only recognised.
    pub fn supporter(&self, who: &str) -> Vec<u8> {
        let mac = self.0.clone().chain_update(b"supporter\0");
        let mac = mac.chain_update(who.as_bytes()).finalize();
        mac.into_bytes().iter().take(TAG).copied().collect()
    }

    fn tag(&self, complaint: Uuid) -> Hmac<Sha256> {
        self.0.clone().chain_update(complaint.as_bytes())
    }
}

impl fmt::Debug for TrackingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TrackingKey(withheld)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_complaint() {
        let key = TrackingKey::new(b"secret");
        let complaint = Uuid::now_v7();
        assert_eq!(key.token(complaint).len(), 43);
        assert_eq!(key.complaint(&key.token(complaint)), Some(complaint));
    }

    #[test]
    fn every_changed_bit_makes_a_token_void() {
        let key = TrackingKey::new(b"secret");
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(key.token(Uuid::now_v7()))
            .unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                key.complaint(&BASE64_URL_SAFE_NO_PAD.encode(changed)),
                None,
                "{bit}"
            );
        }
    }

    #[test]
    fn other_keys_lengths_and_alphabets_make_no_token() {
        let key = TrackingKey::new(b"secret");
        let token = key.token(Uuid::now_v7());
        assert_eq!(TrackingKey::new(b"other").complaint(&token), None);
        for bad in [
            "",
            "x",
            token.get(..22).unwrap(),
            token.get(..42).unwrap(),
            &format!("{token}A"),
            &format!("{token}="),
            "\0",
        ] {
            assert_eq!(key.complaint(bad), None, "{bad}");
        }
    }
}
