//! The claims that hold, as one node knows them: read from the table when they change, ended by their time.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use uuid::Uuid;

use crate::domain::presence::{Claim, Release};
use crate::domain::region::RegionId;
use crate::store::claims::{Changed, changed};
use crate::store::{Store, StoreError};

/// Claims of one read.
const PAGE: i64 = 1000;

/// A claim that holds.
struct Held {
    claim: Claim,
    /// By this node's own clock, which may differ from the database's.
    ends: Instant,
    /// What its end by time will be called.
    reason: Release,
}

/// The claims that hold, by complaint.
#[derive(Default)]
pub(super) struct Claims {
    held: HashMap<Uuid, Held>,
    /// Why those ended that are still on the board.
    reasons: HashMap<Uuid, Release>,
    /// The last change that was read: its number and complaint.
    last: (i64, Uuid),
}

impl Claims {
    /// The number of the last change that was read.
    pub(super) fn version(&self) -> i64 {
        self.last.0
    }

    /// Whether no claim holds.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Reads what changed, at least up to the change that a poll told; whether anything did.
    pub(super) async fn catch_up(
        &mut self,
        store: &Store,
        polled: i64,
    ) -> Result<bool, StoreError> {
        let mut is_new = false;
        loop {
            let page = changed(store, self.last, PAGE).await?;
            let is_last = i64::try_from(page.len()).is_ok_and(|length| length < PAGE);
            for change in page {
                is_new = true;
                self.apply(change);
            }
            if is_last {
                // A claim that was refused is counted too, and leaves no row.
                self.last = self.last.max((polled, Uuid::nil()));
                return Ok(is_new);
            }
        }
    }

    fn apply(&mut self, change: Changed) {
        let complaint = change.claim.complaint;
        self.last = (change.version, complaint);
        let before = self.held.remove(&complaint);
        let Some(left) = change.left else {
            self.reasons.insert(complaint, change.reason);
            return;
        };
        let moved = before.is_some_and(|held| held.claim.region != change.claim.region);
        if moved {
            self.reasons.insert(complaint, Release::Moved);
        }
        let held = Held {
            claim: change.claim,
            ends: Instant::now() + left,
            reason: change.reason,
        };
        self.held.insert(complaint, held);
    }

    /// Drops the claims whose time is over; whether there were any.
    pub(super) fn expire(&mut self, now: Instant) -> bool {
        let before = self.held.len();
        self.held.retain(|complaint, held| {
            let holds = held.ends > now;
            if !holds {
                self.reasons.insert(*complaint, held.reason);
            }
            holds
        });
        self.held.len() < before
    }

    /// The claims of each region.
    pub(super) fn by_region(&self) -> HashMap<RegionId, BTreeMap<Uuid, Claim>> {
        let mut regions: HashMap<RegionId, BTreeMap<Uuid, Claim>> = HashMap::new();
        for held in self.held.values() {
            let claims = regions.entry(held.claim.region.clone()).or_default();
            claims.insert(held.claim.complaint, held.claim.clone());
        }
        regions
    }

    /// Why claims ended that were not shown to have; asked once.
    pub(super) fn take_reasons(&mut self) -> HashMap<Uuid, Release> {
        std::mem::take(&mut self.reasons)
    }
}
