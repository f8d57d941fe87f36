//! What a desk tells of where its open complaints are.

use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::event::Event;
use crate::domain::nearby::{Near, Nearby, Search, Sighting};
use crate::domain::region::RegionId;

/// Where the open complaints of all regions are, for readers in other threads. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct NearbyCell(Arc<RwLock<Nearby>>);

impl NearbyCell {
    /// The open complaints that are found, the nearest first, at most `most`.
    pub fn find(&self, search: Search<'_>, most: usize) -> Vec<Near> {
        let nearby = self.0.read().unwrap_or_else(PoisonError::into_inner);
        nearby.find(search, most)
    }

    /// Begins a region anew with what is open in it.
    pub(super) fn begin(&self, region: &RegionId, open: Vec<Sighting>) {
        let mut nearby = self.0.write().unwrap_or_else(PoisonError::into_inner);
        nearby.forget_region(region);
        open.into_iter().for_each(|sighting| nearby.see(sighting));
    }

    /// Follows the next events of a region.
    pub(super) fn follow(&self, events: impl Iterator<Item = Event>) {
        let mut nearby = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let sightings = events.filter_map(|event| event.sighting);
        sightings.for_each(|sighting| nearby.see(sighting));
    }
}
