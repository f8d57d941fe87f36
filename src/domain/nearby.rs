//! Where the open complaints are: finds those near a point that may be of the same trouble.
//!
//! A grid of squares a category; in each square the complaints in the order of their ids, which is
//! that of time. A memory of what desks saw in their event logs, never the truth: a hint to people.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::complaint::Complaint;
use super::place::Point;
use super::region::RegionId;

/// Height and width of a square in degrees: about 550 m from south to north.
const SQUARE: f64 = 0.005;
/// Metres of a degree of latitude, on a sphere of the earth's mean radius.
const DEGREE_M: f64 = 111_195.08;
/// Most complaints of one square that are looked at, the newest first: many may lie on one point.
const LOOKED_AT: usize = 200;
/// Most squares of a row that are looked at: near a pole a metre is many degrees.
const COLUMNS_MOST: i32 = 64;

/// What an event says of where its complaint is.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// The complaint.
    pub complaint: Uuid,
    /// The region in which it is by now.
    pub region: RegionId,
    /// Category id.
    pub category: String,
    /// Where it is.
    pub point: Option<Point>,
    /// Whether it is open.
    pub is_open: bool,
}

impl Sighting {
    /// Of a complaint as it is after an event.
    pub fn of(complaint: &Complaint) -> Self {
        let at = complaint.latitude.zip(complaint.longitude);
        Self {
            complaint: complaint.id,
            region: complaint.region.clone(),
            category: complaint.category.clone(),
            point: at.map(|(latitude, longitude)| Point {
                latitude,
                longitude,
            }),
            is_open: complaint.status.is_open(),
        }
    }
}

/// An open complaint that may be of the same trouble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The complaint.
    pub complaint: Uuid,
    /// How far it is, in metres.
    pub distance_m: f64,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Complaints of this category.
    pub category: &'a str,
    /// Around this point.
    pub middle: Point,
    /// At most so many metres away.
    pub radius_m: f64,
    /// From this id on, which is a time.
    pub from: Uuid,
    /// Before this id.
    pub before: Uuid,
}

type Square = (i32, i32);

/// Where a complaint is filed.
#[derive(Debug, Clone)]
struct Filed {
    region: RegionId,
    category: String,
    square: Square,
}

/// The open complaints with a point.
#[derive(Debug, Default)]
pub struct Nearby {
    grids: HashMap<String, HashMap<Square, BTreeMap<Uuid, Point>>>,
    filed: HashMap<Uuid, Filed>,
}

impl Nearby {
    /// Notes where a complaint is, or that it is open no more.
    pub fn see(&mut self, sighting: Sighting) {
        self.forget(sighting.complaint);
        let Some(point) = sighting.point.filter(|_| sighting.is_open) else {
            return;
        };
        let square = square_of(point);
        let grid = self.grids.entry(sighting.category.clone()).or_default();
        let complaints = grid.entry(square).or_default();
        complaints.insert(sighting.complaint, point);
        let filed = Filed {
            region: sighting.region,
            category: sighting.category,
            square,
        };
        self.filed.insert(sighting.complaint, filed);
    }

    /// Forgets all complaints of a region, to be told of them anew.
    pub fn forget_region(&mut self, region: &RegionId) {
        let of_region = self
            .filed
            .iter()
            .filter(|(_, filed)| filed.region == *region);
        let ids: Vec<Uuid> = of_region.map(|(id, _)| *id).collect();
        ids.into_iter().for_each(|id| self.forget(id));
    }

    fn forget(&mut self, complaint: Uuid) {
        let Some(filed) = self.filed.remove(&complaint) else {
            return;
        };
        let Some(grid) = self.grids.get_mut(&filed.category) else {
            return;
        };
        let Some(complaints) = grid.get_mut(&filed.square) else {
            return;
        };
        complaints.remove(&complaint);
        if complaints.is_empty() {
            grid.remove(&filed.square);
        }
    }

    /// The complaints that are found, the nearest first, at most `most`.
    pub fn find(&self, search: Search<'_>, most: usize) -> Vec<Near> {
        let Some(grid) = self.grids.get(search.category) else {
            return Vec::new();
        };
        let mut found: Vec<Near> = squares(search.middle, search.radius_m)
            .filter_map(|square| grid.get(&square))
            .flat_map(|complaints| {
                let young = complaints.range(search.from..search.before);
                young.rev().take(LOOKED_AT)
            })
            .map(|(&complaint, point)| Near {
                complaint,
                distance_m: search.middle.distance_m(*point),
            })
            .filter(|near| near.distance_m <= search.radius_m)
            .collect();
        found.sort_by(|one, other| {
            let distance = one.distance_m.total_cmp(&other.distance_m);
            distance.then_with(|| other.complaint.cmp(&one.complaint))
        });
        found.truncate(most);
        found
    }
}

fn square_of(point: Point) -> Square {
    (number(point.latitude), number(point.longitude))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "degrees are within ±180, so that numbers of squares are within ±36 000"
)]
fn number(degrees: f64) -> i32 {
    (degrees / SQUARE).floor() as i32
}

/// The squares that a circle may touch, across ±180° too.
fn squares(middle: Point, radius_m: f64) -> impl Iterator<Item = Square> {
    let up = radius_m / DEGREE_M;
    let farthest = (middle.latitude.abs() + up).min(89.9).to_radians();
    let aside = (up / farthest.cos()).min(180.0);
    let rows = number(middle.latitude - up)..=number(middle.latitude + up);
    let (west, east) = (
        number(middle.longitude - aside),
        number(middle.longitude + aside),
    );
    let columns = west..=east.min(west.saturating_add(COLUMNS_MOST));
    rows.flat_map(move |row| columns.clone().map(move |column| (row, wrapped(column))))
}

/// East of 180° comes −180°.
fn wrapped(column: i32) -> i32 {
    let around = number(360.0);
    (column - number(-180.0)).rem_euclid(around) + number(-180.0)
}

#[cfg(test)]
mod tests;
