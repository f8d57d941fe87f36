//! What decisions look at.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::domain::complaint::Complaint;
use crate::domain::photo::{PhotoState, PhotoStatus};
use crate::domain::region::RegionId;

/// What a decision may look at: everything that the request touches, locked, as it is now.
#[derive(Debug, Default)]
pub struct Present {
    /// Complaints by id.
    pub complaints: HashMap<Uuid, Complaint>,
    /// Who supports which complaint already.
    pub supporters: HashSet<(Uuid, Vec<u8>)>,
    /// Of those whom escalations name, the active officers of a region.
    pub officers: HashSet<(Uuid, RegionId)>,
    /// Photos by complaint.
    pub photos: HashMap<Uuid, Vec<PhotoState>>,
}

impl Present {
    /// The photos of a complaint.
    pub fn photos_of(&self, complaint: Uuid) -> &[PhotoState] {
        self.photos.get(&complaint).map_or(&[], Vec::as_slice)
    }

    /// Whether a complaint has a photo that can be looked at.
    pub(super) fn shows(&self, complaint: Uuid) -> bool {
        let photos = self.photos_of(complaint);
        photos.iter().any(|it| it.status == PhotoStatus::Ready)
    }
}
