//! An entry as it is stored, and the hash that ties it to the one before it.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An entry as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// 1, 2, 3, … without a gap.
    pub number: i64,
    /// When it was written.
    pub at: Timestamp,
    /// UUIDv7.
    pub id: Uuid,
    /// The kind of who did it.
    pub by_kind: String,
    /// The account or API key.
    pub by_id: Option<Uuid>,
    /// From where.
    pub origin: String,
    /// What.
    pub action: String,
    /// To what.
    pub subject: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// The entry of which this one tells the end.
    pub completes: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// Counts and ids, as JSON.
    pub details: String,
    /// SHA-256 of the chain up to here.
    pub hash: Vec<u8>,
}

impl Stored {
    /// Its hash in hexadecimal digits.
    pub fn hash_in_hex(&self) -> String {
        hex(&self.hash)
    }

    /// The hash that it must carry behind an entry with the hash `before`, on the day that it is stored under.
    pub fn expected_hash(&self, before: &[u8], day: &str) -> Vec<u8> {
        let mut chain = Sha256::new_with_prefix(before);
        let mut field = |value: Option<&str>| match value {
            Some(value) => {
                chain.update(value.len().to_string());
                chain.update(":");
                chain.update(value);
            }
            None => chain.update("~"),
        };
        let id = |id: Option<Uuid>| id.map(|id| id.to_string());
        field(Some(&self.number.to_string()));
        field(Some(day));
        field(Some(&self.at.as_microsecond().to_string()));
        field(Some(&self.id.to_string()));
        field(Some(&self.by_kind));
        field(id(self.by_id).as_deref());
        field(Some(&self.origin));
        field(Some(&self.action));
        field(self.subject.as_deref());
        field(Some(&self.outcome));
        field(id(self.completes).as_deref());
        field(self.reason.as_deref());
        field(Some(&self.details));
        chain.finalize().to_vec()
    }
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hexadecimal digits.
pub fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let is_even = digits.len().is_multiple_of(2) && digits.is_ascii();
    let byte = |index: usize| u8::from_str_radix(digits.get(index..index + 2)?, 16).ok();
    let bytes = (0..digits.len()).step_by(2).map(byte);
    is_even.then(|| bytes.collect()).flatten()
}
