//! Where the open complaints are: finds those near a point that may be of the same trouble.
//!
//! A grid of squares a category; in each square the complaints in the order of their ids, which is
//! that of time. A hint to people, never the truth.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::place::Point;

/// Height and width of a square in degrees: about 280 m from south to north.
const SQUARE: f64 = 0.0025;
/// Metres of a degree of latitude, on a sphere of the earth's mean radius.
const DEGREE_M: f64 = 111_195.08;
/// Most complaints of one square that are looked at, the newest first: many may lie on one point.
const LOOKED_AT: usize = 200;
/// Most squares of a row that are looked at to either side: near a pole a metre is many degrees.
const COLUMNS_MOST: i32 = 128;
/// From this latitude on a circle is taken to reach all around.
const NEAR_POLE: f64 = 89.9;
/// Takes what rounding may add off a distance.
const ROUNDED: f64 = 0.999_999;

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

/// Where a complaint is.
#[derive(Debug, Clone, Copy)]
struct Place {
    point: Point,
    /// How many regions have it there: two, for the moment in which it has come to one and not yet left the other.
    regions: u8,
}

/// The open complaints with a point.
#[derive(Debug, Default)]
pub struct Nearby {
    grids: HashMap<String, HashMap<Square, BTreeMap<Uuid, Place>>>,
}

impl Nearby {
    /// A region has a complaint of this category here.
    pub fn put(&mut self, category: &str, complaint: Uuid, point: Point) {
        if !self.grids.contains_key(category) {
            self.grids.insert(category.to_owned(), HashMap::new());
        }
        let Some(grid) = self.grids.get_mut(category) else {
            return;
        };
        let square = grid.entry(square_of(point)).or_default();
        let place = square
            .entry(complaint)
            .or_insert(Place { point, regions: 0 });
        place.regions += 1;
    }

    /// A region has it no more.
    pub fn take(&mut self, category: &str, complaint: Uuid, point: Point) {
        let number = square_of(point);
        let Some(grid) = self.grids.get_mut(category) else {
            return;
        };
        let Some(square) = grid.get_mut(&number) else {
            return;
        };
        let Some(place) = square.get_mut(&complaint) else {
            return;
        };
        place.regions -= 1;
        if place.regions == 0 {
            square.remove(&complaint);
        }
        if square.is_empty() {
            grid.remove(&number);
        }
    }

    /// The complaints that are found, the nearest first, at most `most`. Squares are looked at from the
    /// middle outwards, until none of the others can hold a nearer one: with a radius of kilometres a
    /// dense city would be tens of thousands of complaints.
    pub fn find(&self, search: Search<'_>, most: usize) -> Vec<Near> {
        let Some(grid) = self.grids.get(search.category) else {
            return Vec::new();
        };
        let reach = Reach::of(search.middle, search.radius_m);
        let mut found: Vec<Near> = Vec::new();
        let mut farthest = f64::INFINITY;
        for (square, at_least_m) in squares(search.middle, reach) {
            if at_least_m > farthest {
                break;
            }
            let Some(complaints) = grid.get(&square) else {
                continue;
            };
            let young = complaints.range(search.from..search.before);
            let looked_at = young.rev().take(LOOKED_AT);
            let within = looked_at.filter(|(_, place)| reach.may_hold(search.middle, place.point));
            let near = within.map(|(&complaint, place)| Near {
                complaint,
                distance_m: search.middle.distance_m(place.point),
            });
            found.extend(near.filter(|near| near.distance_m <= search.radius_m));
            keep_nearest(&mut found, most);
            if found.len() == most {
                farthest = found.last().map_or(f64::INFINITY, |near| near.distance_m);
            }
        }
        found
    }
}

/// How far a circle reaches, in degrees: to the north and south, and to the east and west.
#[derive(Debug, Clone, Copy)]
struct Reach {
    up: f64,
    aside: f64,
}

impl Reach {
    fn of(middle: Point, radius_m: f64) -> Self {
        let up = radius_m / DEGREE_M / ROUNDED;
        let highest = middle.latitude.abs() + up;
        let aside = if highest < NEAR_POLE {
            (up / highest.to_radians().cos()).min(180.0)
        } else {
            180.0
        };
        Self { up, aside }
    }

    /// Whether a point may lie in the circle, without the sines and cosines of its distance.
    fn may_hold(self, middle: Point, point: Point) -> bool {
        let apart = (point.longitude - middle.longitude).abs();
        (point.latitude - middle.latitude).abs() <= self.up
            && apart.min(360.0 - apart) <= self.aside
    }
}

/// Of equally near ones the newest come first.
fn keep_nearest(found: &mut Vec<Near>, most: usize) {
    found.sort_by(|one, other| {
        let distance = one.distance_m.total_cmp(&other.distance_m);
        distance.then_with(|| other.complaint.cmp(&one.complaint))
    });
    found.truncate(most);
}

fn square_of(point: Point) -> Square {
    (number(point.latitude), number(point.longitude))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "degrees are within ±180, so that numbers of squares are within ±72 000"
)]
fn number(degrees: f64) -> i32 {
    (degrees / SQUARE).floor() as i32
}

/// The squares that a circle may touch, across ±180° too, each with how far at least its points within
/// the circle are from the middle; the nearest first.
fn squares(middle: Point, Reach { up, aside }: Reach) -> Vec<(Square, f64)> {
    let highest = (middle.latitude.abs() + up).min(90.0);
    let rows = number(middle.latitude - up)..=number(middle.latitude + up);
    let here = number(middle.longitude);
    let west = number(middle.longitude - aside).max(here - COLUMNS_MOST);
    let east = number(middle.longitude + aside).min(here + COLUMNS_MOST);
    let columns = west..=east;
    let narrowest = highest.to_radians().cos();
    let columns: Vec<(i32, f64)> = columns
        .map(|column| {
            let apart = gap(column, middle.longitude).min(180.0).to_radians();
            let angle = 2.0 * (narrowest * (apart / 2.0).sin()).asin();
            (wrapped(column), angle.to_degrees() * DEGREE_M * ROUNDED)
        })
        .collect();
    let mut squares = Vec::new();
    for row in rows {
        let north_m = gap(row, middle.latitude) * DEGREE_M * ROUNDED;
        let of_row = columns.iter();
        squares.extend(of_row.map(|(column, east_m)| ((row, *column), east_m.max(north_m))));
    }
    squares.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    squares
}

/// How many degrees a row or column is away from where it does not hold `degrees`.
fn gap(number: i32, degrees: f64) -> f64 {
    let begins = f64::from(number) * SQUARE;
    let before = begins - degrees;
    let behind = degrees - (begins + SQUARE);
    before.max(behind).max(0.0)
}

/// East of 180° comes −180°.
fn wrapped(column: i32) -> i32 {
    let around = number(360.0);
    (column - number(-180.0)).rem_euclid(around) + number(-180.0)
}

#[cfg(test)]
mod tests;
