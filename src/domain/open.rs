//! The open complaints in memory, as the event logs tell of them: how many of what there are, and where.
//!
//! Each region has its own, which its log decides alone: a complaint that moves is for a moment in both regions or in
//! none. Never the truth: that is the database.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::complaint::Severity;
use super::event::{Sighting, Traits};
use super::nearby::{Near, Nearby, Search};
use super::place::Point;
use super::region::RegionId;

/// How many open complaints there are of what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenCounts {
    /// By category.
    pub by_category: BTreeMap<String, i64>,
    /// By severity.
    pub by_severity: BTreeMap<Severity, i64>,
    /// By officer; `None`: of nobody.
    pub by_assignee: BTreeMap<Option<Uuid>, i64>,
}

impl OpenCounts {
    fn add(&mut self, traits: &Traits, complaints: i64) {
        add(&mut self.by_category, &traits.category, complaints);
        add(&mut self.by_severity, &traits.severity, complaints);
        add(&mut self.by_assignee, &traits.assignee, complaints);
    }

    fn add_all(&mut self, others: &Self) {
        add_all(&mut self.by_category, &others.by_category);
        add_all(&mut self.by_severity, &others.by_severity);
        add_all(&mut self.by_assignee, &others.by_assignee);
    }
}

/// What is counted to nothing is not named.
fn add<K: Ord + Clone>(counts: &mut BTreeMap<K, i64>, key: &K, complaints: i64) {
    let Some(count) = counts.get_mut(key) else {
        counts.insert(key.clone(), complaints);
        return;
    };
    *count += complaints;
    if *count == 0 {
        counts.remove(key);
    }
}

fn add_all<K: Ord + Clone>(counts: &mut BTreeMap<K, i64>, others: &BTreeMap<K, i64>) {
    others
        .iter()
        .for_each(|(key, complaints)| add(counts, key, *complaints));
}

/// An open complaint, as it was seen last.
#[derive(Debug)]
struct Seen {
    traits: Traits,
    point: Option<Point>,
}

/// The open complaints of a region.
#[derive(Debug, Default)]
struct OfRegion {
    seen: HashMap<Uuid, Seen>,
    counts: OpenCounts,
}

/// The open complaints of all regions.
#[derive(Debug, Default)]
pub struct OpenComplaints {
    regions: HashMap<RegionId, OfRegion>,
    nearby: Nearby,
}

impl OpenComplaints {
    /// Notes how a complaint is after an event, or that the region has it no more as an open one.
    pub fn see(&mut self, sighting: &Sighting) {
        let complaint = sighting.sides.complaint();
        let region = match self.regions.get_mut(&sighting.region) {
            Some(region) => region,
            None => self.regions.entry(sighting.region.clone()).or_default(),
        };
        if let Some(before) = region.seen.remove(&complaint) {
            region.counts.add(&before.traits, -1);
            if let Some(point) = before.point {
                self.nearby.take(&before.traits.category, complaint, point);
            }
        }
        let open = sighting.sides.after().filter(|_| sighting.is_open);
        let Some(traits) = open.cloned() else {
            return;
        };
        region.counts.add(&traits, 1);
        let point = sighting.point;
        if let Some(point) = point {
            self.nearby.put(&traits.category, complaint, point);
        }
        region.seen.insert(complaint, Seen { traits, point });
    }

    /// Forgets a region's complaints, to be told of them anew.
    pub fn forget_region(&mut self, region: &RegionId) {
        let seen = self.regions.remove(region).unwrap_or_default().seen;
        for (complaint, Seen { traits, point }) in seen {
            if let Some(point) = point {
                self.nearby.take(&traits.category, complaint, point);
            }
        }
    }

    /// The complaints near a point that may be of the same trouble, the nearest first, at most `most`.
    pub fn find(&self, search: Search<'_>, most: usize) -> Vec<Near> {
        self.nearby.find(search, most)
    }

    /// How many there are in some regions, or in all.
    pub fn counts(&self, regions: Option<&[RegionId]>) -> OpenCounts {
        let mut counts = OpenCounts::default();
        let asked = |region: &RegionId| regions.is_none_or(|regions| regions.contains(region));
        let of_regions = self.regions.iter().filter(|(region, _)| asked(region));
        of_regions.for_each(|(_, region)| counts.add_all(&region.counts));
        counts
    }
}

#[cfg(test)]
mod tests;
