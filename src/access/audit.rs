//! The one place where an action becomes an entry of the audit trail, and where the trail is verified.
//!
//! An entry is durable when [`Trail::record`] returns: whoever acts records first, and does nothing when that fails.
//! So there may be an entry of what was not done in the end, and never a deed without its entry.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::domain::audit::{Actor, Entry, Origin, Outcome};
use crate::store::audit::{Filter, Head};
use crate::store::{Store, StoreError, audit};

pub use crate::domain::audit::{Reason, Stored};

/// Entries that a verification reads at once.
const PAGE: i64 = 2000;

/// The audit trail of an installation. Cheap to clone.
#[derive(Clone)]
pub struct Trail {
    store: Store,
}

/// What is wrong with the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Entries from the first to the second number are missing.
    Missing(i64, i64),
    /// The entry of this number, or the one before it, is not as it was written.
    Changed(i64),
    /// The end that is kept beside the entries is not that of the last one.
    Head,
    /// The entry of a number that somebody noted elsewhere carries another hash.
    Anchor(i64),
}

/// The chain of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// How many entries it has.
    pub entries: u64,
    /// The number of its last entry.
    pub last: i64,
    /// The hash of its last entry.
    pub hash: Vec<u8>,
}

/// What a verification found.
#[derive(Debug, Default)]
pub struct Verified {
    /// The days (`2026-11-26`) with their chains.
    pub days: BTreeMap<String, Day>,
    /// What is wrong, in order; empty: nothing.
    pub flaws: Vec<Flaw>,
}

impl Trail {
    /// The trail in `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Writes an entry; it is durable afterwards.
    ///
    /// # Errors
    /// [`StoreError`]: then what was to be recorded must not be done.
    pub async fn record(&self, entry: &Entry) -> Result<(), StoreError> {
        audit::append(&self.store, entry).await.map(drop)
    }

    /// Writes an entry of something that the server does by itself, such as a run of the retention, and returns its id:
    /// once before it is done and once, with `completes`, when it has ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_own(
        &self,
        action: &str,
        subject: &str,
        (outcome, completes): (Outcome, Option<Uuid>),
        details: serde_json::Value,
    ) -> Result<Uuid, StoreError> {
        let by = Actor::Of(crate::domain::account::By::System);
        let entry = Entry::new(Uuid::now_v7(), by, Origin::Server, action, outcome);
        let entry = Entry {
            completes,
            details,
            ..entry.about(subject)
        };
        self.record(&entry).await?;
        Ok(entry.id)
    }

    /// At most `limit` entries, newest first, with smaller numbers than `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(
        &self,
        filter: &Filter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Stored>, StoreError> {
        audit::list(&self.store, filter, before, limit).await
    }

    /// Reckons the whole chain anew. `anchors` are numbers with hashes that were noted elsewhere.
    ///
    /// Entries that are written meanwhile do not disturb it. Takes memory for one page and a line a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn verify(&self, anchors: &BTreeMap<i64, Vec<u8>>) -> Result<Verified, StoreError> {
        let head = audit::head(&self.store).await?;
        let mut verified = Verified::default();
        let mut last = Head {
            number: 0,
            hash: Vec::new(),
        };
        // What the head says is compared when the walk passes it: more may have been appended since.
        let mut head_is_met = head.as_ref() == Some(&last);
        loop {
            let page = audit::after(&self.store, last.number, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for (day, entry) in page {
                verified.walk(&last, &day, &entry);
                verified.compare(anchors, &entry);
                last = Head {
                    number: entry.number,
                    hash: entry.hash,
                };
                head_is_met |= head.as_ref() == Some(&last);
            }
        }
        verified.end(head, head_is_met, last.number, anchors);
        Ok(verified)
    }
}

impl Verified {
    fn walk(&mut self, last: &Head, day: &str, entry: &Stored) {
        if entry.number != last.number + 1 {
            let gap = Flaw::Missing(last.number + 1, entry.number - 1);
            self.flaws.push(gap);
        } else if entry.expected_hash(&last.hash, day) != entry.hash {
            self.flaws.push(Flaw::Changed(entry.number));
        }
        let chain = self.days.entry(day.to_owned()).or_insert_with(|| Day {
            entries: 0,
            last: 0,
            hash: Vec::new(),
        });
        chain.entries += 1;
        chain.last = entry.number;
        chain.hash.clone_from(&entry.hash);
    }

    fn compare(&mut self, anchors: &BTreeMap<i64, Vec<u8>>, entry: &Stored) {
        if anchors
            .get(&entry.number)
            .is_some_and(|hash| *hash != entry.hash)
        {
            self.flaws.push(Flaw::Anchor(entry.number));
        }
    }

    fn end(
        &mut self,
        head: Option<Head>,
        head_is_met: bool,
        last: i64,
        anchors: &BTreeMap<i64, Vec<u8>>,
    ) {
        match head {
            Some(head) if head.number > last => {
                self.flaws.push(Flaw::Missing(last + 1, head.number));
            }
            Some(_) if head_is_met => {}
            Some(_) | None => self.flaws.push(Flaw::Head),
        }
        let beyond = anchors.keys().filter(|number| **number > last);
        self.flaws
            .extend(beyond.map(|number| Flaw::Anchor(*number)));
    }
}
