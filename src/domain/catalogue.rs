//! The regions and categories of the installation as one immutable value that every request may read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::boundary::Boundary;
use super::complaint::Severity;
use super::place::Point;
use super::places::{Overlap, Places};
use super::region::RegionId;
use super::rules::Rules;

/// The longest name of a region or category, in characters.
pub const NAME_LONGEST: usize = 200;
/// The longest hint of a category, in characters.
pub const HINT_LONGEST: usize = 1000;
/// The largest radius of duplicates, in metres.
const DUPLICATE_RADIUS_MOST: i32 = 5000;
/// The highest age of duplicates, in days.
const DUPLICATE_DAYS_MOST: i32 = 366;

/// A region as admins see it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Region {
    /// Slug.
    #[schema(value_type = String)]
    pub id: RegionId,
    /// Name for people.
    pub name: String,
    /// Whether it takes new complaints.
    pub active: bool,
    /// GeoJSON Polygon or MultiPolygon (WGS84); absent: chosen by name only.
    pub boundary: Option<Value>,
    /// When it was created (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A category of complaints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Category {
    /// Slug.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What to tell, shown to reporters.
    pub hint: String,
    /// The severity of a complaint whose reporter gave none.
    pub default_severity: Severity,
    /// Whether it takes new complaints.
    pub active: bool,
    /// Within so many metres an open complaint may be of the same trouble; 0: on the same point.
    pub duplicate_radius_m: i32,
    /// If it is at most so many days old; 0: never.
    pub duplicate_days: i32,
}

/// A checked region to be created or updated.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionDraft {
    /// Slug.
    pub id: RegionId,
    /// Name for people.
    pub name: String,
    /// Where it lies; `None`: chosen by name only.
    pub boundary: Option<Boundary>,
}

/// A checked category to be created or updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryDraft {
    /// Slug.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What to tell, shown to reporters; may be empty.
    pub hint: String,
    /// The severity of a complaint whose reporter gave none.
    pub default_severity: Severity,
    /// The radius of duplicates in metres; `None`: as it is, 50 of a new one.
    pub duplicate_radius_m: Option<i32>,
    /// The age of duplicates in days; `None`: as it is, 14 of a new one.
    pub duplicate_days: Option<i32>,
}

/// What changes of a region; `None` leaves as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RegionChange {
    /// A new name.
    pub name: Option<String>,
    /// Whether it takes new complaints.
    pub active: Option<bool>,
    /// A new boundary; `Some(None)` takes it away.
    pub boundary: Option<Option<Boundary>>,
}

/// What changes of a category; `None` leaves as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CategoryChange {
    /// A new name.
    pub name: Option<String>,
    /// A new hint.
    pub hint: Option<String>,
    /// Another default severity.
    pub default_severity: Option<Severity>,
    /// Whether it takes new complaints.
    pub active: Option<bool>,
    /// Another radius of duplicates in metres, 0 to 5000.
    pub duplicate_radius_m: Option<i32>,
    /// Another age of duplicates in days, 0 to 366.
    pub duplicate_days: Option<i32>,
}

/// All regions and categories at one version.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Grows with every change, on any node.
    pub version: i64,
    /// By id.
    pub regions: BTreeMap<RegionId, Region>,
    /// By id.
    pub categories: BTreeMap<String, Category>,
    /// What holds for their complaints.
    pub rules: Rules,
    /// The boundaries of the active regions.
    places: Places,
    /// Active regions whose stored boundary cannot be read, with the reason.
    unplaced: Vec<(RegionId, String)>,
}

impl Catalogue {
    /// Puts regions and categories together and makes the active regions findable by point.
    pub fn new(version: i64, regions: Vec<Region>, categories: Vec<Category>) -> Self {
        let mut placed = Vec::new();
        let mut unplaced = Vec::new();
        for region in regions.iter().filter(|region| region.active) {
            match region.boundary.as_ref().map(Boundary::parse) {
                Some(Ok(boundary)) => placed.push((region.id.clone(), boundary)),
                Some(Err(faults)) => {
                    let messages: Vec<_> = faults.into_iter().map(|(_, message)| message).collect();
                    unplaced.push((region.id.clone(), messages.join("; ")));
                }
                None => {}
            }
        }
        Self {
            version,
            regions: regions
                .into_iter()
                .map(|region| (region.id.clone(), region))
                .collect(),
            categories: categories
                .into_iter()
                .map(|category| (category.id.clone(), category))
                .collect(),
            rules: Rules::default(),
            places: Places::new(placed),
            unplaced,
        }
    }

    /// The same with these rules.
    #[must_use]
    pub fn with_rules(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// The active region around `point`; of several the smallest.
    pub fn region_at(&self, point: Point) -> Option<RegionId> {
        self.places.region_at(point)
    }

    /// Whether a point may be of a region: it lies in it, or nobody knows where the region lies and no other is there.
    pub fn may_hold(&self, region: &RegionId, point: Point) -> bool {
        let is_placed = |region: &Region| region.boundary.is_some();
        match self.region_at(point) {
            Some(there) => there == *region,
            None => !self.regions.get(region).is_some_and(is_placed),
        }
    }

    /// Which active regions overlap one of these, and who wins there.
    pub fn overlaps(&self, of: &BTreeSet<RegionId>) -> Vec<Overlap> {
        self.places.overlaps(of)
    }

    /// Active regions whose stored boundary cannot be read, with the reason, for the log.
    pub fn unplaced(&self) -> &[(RegionId, String)] {
        &self.unplaced
    }
}

/// Checks a category's hint: like a free text, but it may be empty.
///
/// # Errors
/// The fault's code and message.
pub fn hint(text: &str) -> Result<String, (&'static str, String)> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    super::fault::free_text(text, HINT_LONGEST)
}

/// Checks a radius of duplicates in metres.
///
/// # Errors
/// The fault's code and message.
pub fn duplicate_radius(metres: i32) -> Result<i32, (&'static str, String)> {
    up_to(DUPLICATE_RADIUS_MOST, metres)
}

/// Checks an age of duplicates in days.
///
/// # Errors
/// The fault's code and message.
pub fn duplicate_days(days: i32) -> Result<i32, (&'static str, String)> {
    up_to(DUPLICATE_DAYS_MOST, days)
}

fn up_to(most: i32, value: i32) -> Result<i32, (&'static str, String)> {
    if (0..=most).contains(&value) {
        Ok(value)
    } else {
        Err(("out_of_range", format!("must be 0 to {most}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn region(id: &str, active: bool, boundary: Value) -> Region {
        Region {
            id: RegionId::from_stored(id),
            name: id.into(),
            active,
            boundary: Some(boundary),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn square(size: f64) -> Value {
        json!({"type": "Polygon",
            "coordinates": [[[0.0, 0.0], [size, 0.0], [size, size], [0.0, size], [0.0, 0.0]]]})
    }

    #[test]
    fn an_inactive_region_gives_way_to_the_active_one_around_it() {
        let regions = vec![
            region("city", true, square(4.0)),
            region("quarter", false, square(2.0)),
        ];
        let catalogue = Catalogue::new(1, regions, Vec::new());
        let point = Point {
            latitude: 1.0,
            longitude: 1.0,
        };
        assert_eq!(
            catalogue.region_at(point),
            Some(RegionId::from_stored("city"))
        );
    }

    #[test]
    fn an_unreadable_boundary_is_named_and_spoils_nothing() {
        let regions = vec![
            region("broken", true, json!(7)),
            region("city", true, square(4.0)),
        ];
        let catalogue = Catalogue::new(1, regions, Vec::new());
        assert_eq!(catalogue.unplaced().len(), 1);
        assert!(
            catalogue
                .region_at(Point {
                    latitude: 1.0,
                    longitude: 1.0
                })
                .is_some()
        );
    }
}
