//! What decisions look at.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::complaint::Complaint;
use crate::domain::erasure::LegalHold;
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
    /// What erasures and holds look at, by complaint.
    pub traces: HashMap<Uuid, Trace>,
}

/// What of a complaint lies beside its row, as far as erasures and holds ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Its last event in each region that it was in.
    pub last: BTreeMap<RegionId, i64>,
    /// Its legal hold, in force or over.
    pub hold: Option<LegalHold>,
    /// Whether it is known who reported it.
    pub has_identity: bool,
    /// When it was anonymised last.
    pub anonymised_at: Option<Timestamp>,
}

/// Of a complaint of which nothing was asked for.
static NOTHING: Trace = Trace {
    last: BTreeMap::new(),
    hold: None,
    has_identity: false,
    anonymised_at: None,
};

impl Trace {
    /// Whether nothing was written to the complaint since it was anonymised.
    pub(super) fn is_anonymous(&self, complaint: &Complaint) -> bool {
        self.anonymised_at
            .is_some_and(|at| at >= complaint.updated_at)
    }
}

impl Present {
    /// The photos of a complaint.
    pub fn photos_of(&self, complaint: Uuid) -> &[PhotoState] {
        self.photos.get(&complaint).map_or(&[], Vec::as_slice)
    }

    /// What lies beside a complaint's row.
    pub(super) fn trace(&self, complaint: &Complaint) -> &Trace {
        self.traces.get(&complaint.id).unwrap_or(&NOTHING)
    }

    /// Whether a complaint has a photo that can be looked at.
    pub(super) fn shows(&self, complaint: Uuid) -> bool {
        let photos = self.photos_of(complaint);
        photos.iter().any(|it| it.status == PhotoStatus::Ready)
    }
}
