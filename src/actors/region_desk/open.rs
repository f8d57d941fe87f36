//! What a desk tells of its open complaints.

use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::event::{Event, Sighting};
use crate::domain::nearby::{Near, Search};
use crate::domain::open::{OpenComplaints, OpenCounts};
use crate::domain::region::RegionId;

/// The open complaints of all regions, for readers in other threads. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct OpenCell(Arc<RwLock<OpenComplaints>>);

impl OpenCell {
    /// Those near a point that may be of the same trouble, the nearest first, at most `most`.
    pub fn find(&self, search: Search<'_>, most: usize) -> Vec<Near> {
        let open = self.0.read().unwrap_or_else(PoisonError::into_inner);
        open.find(search, most)
    }

    /// How many there are in some regions, or in all. True as of the last command that was answered.
    pub fn counts(&self, regions: Option<&[RegionId]>) -> OpenCounts {
        let open = self.0.read().unwrap_or_else(PoisonError::into_inner);
        open.counts(regions)
    }

    /// Begins a region anew with what is open in it.
    pub(super) fn begin(&self, region: &RegionId, found: &[Sighting]) {
        let mut open = self.0.write().unwrap_or_else(PoisonError::into_inner);
        open.forget_region(region);
        found.iter().for_each(|sighting| open.see(sighting));
    }

    /// Follows the next events of a region.
    pub(super) fn follow(&self, events: &[Event]) {
        let mut open = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let sightings = events.iter().filter_map(|event| event.sighting.as_ref());
        sightings.for_each(|sighting| open.see(sighting));
    }
}
