//! The search for the region of a point: boundaries behind an R-tree.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{RTree, RTreeObject};
use serde::Serialize;
use utoipa::ToSchema;

use super::boundary::Boundary;
use super::place::Point;
use super::region::RegionId;

/// Two regions that both cover some ground, which belongs to the winner: the smaller of the two, or
/// the one with the lower id.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Overlap {
    /// The region in which a complaint there lands.
    #[schema(value_type = String)]
    pub winner: RegionId,
    /// The other one.
    #[schema(value_type = String)]
    pub loser: RegionId,
    /// Square metres that both cover.
    pub area_m2: f64,
}

/// The boundaries of many regions, searchable by point.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The box of every polygon, with the place in `regions` of the region to which it belongs.
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    /// Smallest area first, then by id: of several regions around a point the first here wins.
    regions: Vec<(RegionId, Boundary)>,
}

impl Places {
    /// Makes the boundaries searchable.
    pub fn new(regions: impl IntoIterator<Item = (RegionId, Boundary)>) -> Self {
        let mut sized: Vec<_> = regions
            .into_iter()
            .map(|(id, boundary)| (boundary.area_m2(), id, boundary))
            .collect();
        sized.sort_by(|one, other| by_area_then_id((one.0, &one.1), (other.0, &other.1)));
        let regions: Vec<_> = sized
            .into_iter()
            .map(|(_, id, boundary)| (id, boundary))
            .collect();
        let boxes = regions
            .iter()
            .enumerate()
            .flat_map(|(rank, (_, boundary))| {
                boundary
                    .boxes()
                    .map(move |area| GeomWithData::new(area, rank))
            })
            .collect();
        Self {
            boxes: RTree::bulk_load(boxes),
            regions,
        }
    }

    /// The region around `point`; of several the one with the smallest area, then the lowest id.
    pub fn region_at(&self, point: Point) -> Option<RegionId> {
        // 180° east and 180° west are one meridian, on which regions of both sides may end.
        let is_antimeridian = point.longitude.abs() >= 180.0;
        let twin = is_antimeridian.then_some(Point {
            longitude: -point.longitude,
            ..point
        });
        let ranks = [Some(point), twin].into_iter().flatten();
        let first = ranks.filter_map(|point| self.rank_at(point)).min()?;
        self.regions.get(first).map(|(id, _)| id.clone())
    }

    /// The place in `regions` of the first one around a point.
    fn rank_at(&self, point: Point) -> Option<usize> {
        let mut ranks: Vec<usize> = self
            .boxes
            .locate_all_at_point(&[point.longitude, point.latitude])
            .map(|found| found.data)
            .collect();
        ranks.sort_unstable();
        let contains = |rank: &usize| {
            let region = self.regions.get(*rank);
            region.is_some_and(|(_, boundary)| boundary.contains(point))
        };
        ranks.into_iter().find(contains)
    }

    /// The pairs of overlapping regions of which at least one is among `of`, in the order of the
    /// winners. Regions that share a border do not overlap; what is below a square metre is a matter
    /// of how the border was drawn.
    pub fn overlaps(&self, of: &BTreeSet<RegionId>) -> Vec<Overlap> {
        let neighbours: BTreeSet<(usize, usize)> = self
            .boxes
            .iter()
            .flat_map(|one| {
                let others = self
                    .boxes
                    .locate_in_envelope_intersecting(&one.geom().envelope());
                others.map(|other| (one.data, other.data))
            })
            .filter(|(winner, loser)| winner < loser)
            .collect();
        let pairs = neighbours.into_iter().filter_map(|(winner, loser)| {
            Some((self.regions.get(winner)?, self.regions.get(loser)?))
        });
        pairs
            .filter(|(winner, loser)| of.contains(&winner.0) || of.contains(&loser.0))
            .filter_map(|(winner, loser)| {
                let area_m2 = winner.1.common_m2(&loser.1);
                (area_m2 >= 1.0).then(|| Overlap {
                    winner: winner.0.clone(),
                    loser: loser.0.clone(),
                    area_m2: area_m2.round(),
                })
            })
            .collect()
    }

    /// How many regions have a boundary.
    pub fn len(&self) -> usize {
        self.regions.len()
    }

    /// Whether no region has a boundary.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }
}

fn by_area_then_id(one: (f64, &RegionId), other: (f64, &RegionId)) -> Ordering {
    one.0.total_cmp(&other.0).then_with(|| one.1.cmp(other.1))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn square(west: f64, south: f64, size: f64) -> Value {
        let (east, north) = (west + size, south + size);
        json!([
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south]
        ])
    }

    fn polygon(rings: &[Value]) -> Boundary {
        Boundary::parse(&json!({"type": "Polygon", "coordinates": rings})).unwrap()
    }

    fn places(regions: &[(&str, Boundary)]) -> Places {
        Places::new(
            regions
                .iter()
                .map(|(id, boundary)| (RegionId::from_stored(id), boundary.clone())),
        )
    }

    fn at(places: &Places, longitude: f64, latitude: f64) -> Option<String> {
        let point = Point {
            latitude,
            longitude,
        };
        places.region_at(point).map(|id| id.to_string())
    }

    #[test]
    fn a_border_counts_as_inside() {
        let ring = polygon(&[square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)]);
        let places = places(&[("ring", ring)]);
        for (longitude, latitude) in [(0.0, 5.0), (10.0, 10.0), (0.0, 0.0), (4.0, 5.0)] {
            assert!(
                at(&places, longitude, latitude).is_some(),
                "{longitude} {latitude}"
            );
        }
    }

    #[test]
    fn a_point_is_inside_outside_or_in_a_hole() {
        let ring = polygon(&[square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)]);
        let places = places(&[("ring", ring)]);
        assert_eq!(at(&places, 1.0, 1.0).as_deref(), Some("ring"));
        assert_eq!(at(&places, 5.0, 5.0), None, "in the hole");
        assert_eq!(at(&places, 11.0, 1.0), None, "outside");
    }

    #[test]
    fn on_a_shared_border_the_lower_id_wins() {
        let places = places(&[
            ("west", polygon(&[square(0.0, 0.0, 1.0)])),
            ("east", polygon(&[square(1.0, 0.0, 1.0)])),
        ]);
        assert_eq!(at(&places, 1.0, 0.5).as_deref(), Some("east"));
        assert_eq!(at(&places, 0.5, 0.5).as_deref(), Some("west"));
    }

    #[test]
    fn of_two_overlapping_regions_the_smaller_wins() {
        let places = places(&[
            ("a-city", polygon(&[square(0.0, 0.0, 10.0)])),
            ("z-quarter", polygon(&[square(4.0, 4.0, 2.0)])),
        ]);
        assert_eq!(at(&places, 5.0, 5.0).as_deref(), Some("z-quarter"));
        assert_eq!(at(&places, 1.0, 5.0).as_deref(), Some("a-city"));
    }

    #[test]
    fn the_antimeridian_is_one_meridian_and_poles_are_in_their_regions() {
        let places = places(&[
            ("fiji", polygon(&[square(177.0, -20.0, 3.0)])),
            (
                "arctic",
                polygon(&[json!([
                    [-180, 66],
                    [180, 66],
                    [180, 90],
                    [-180, 90],
                    [-180, 66]
                ])]),
            ),
            (
                "antarctic",
                polygon(&[json!([
                    [-180, -90],
                    [180, -90],
                    [180, -60],
                    [-180, -60],
                    [-180, -90]
                ])]),
            ),
        ]);
        for (longitude, latitude, expected) in [
            (180.0, -18.0, Some("fiji")),
            (-180.0, -18.0, Some("fiji")),
            (-179.999, -18.0, None),
            (0.0, 90.0, Some("arctic")),
            (180.0, 90.0, Some("arctic")),
            (-180.0, 66.0, Some("arctic")),
            (77.0, -90.0, Some("antarctic")),
            (-180.0, -90.0, Some("antarctic")),
            (0.0, 0.0, None),
        ] {
            let found = at(&places, longitude, latitude);
            assert_eq!(found.as_deref(), expected, "{longitude} {latitude}");
        }
    }

    #[test]
    fn overlapping_regions_are_named_with_the_winner_and_neighbours_are_not() {
        let places = places(&[
            ("city", polygon(&[square(0.0, 0.0, 10.0)])),
            ("quarter", polygon(&[square(4.0, 4.0, 2.0)])),
            ("neighbour", polygon(&[square(10.0, 0.0, 10.0)])),
            ("island", polygon(&[square(50.0, 0.0, 1.0)])),
            ("alike-b", polygon(&[square(70.0, 0.0, 1.0)])),
            ("alike-a", polygon(&[square(70.5, 0.0, 1.0)])),
        ]);
        let of = |ids: &[&str]| -> Vec<(String, String)> {
            let of = ids.iter().map(|id| RegionId::from_stored(id)).collect();
            let overlaps = places.overlaps(&of).into_iter();
            overlaps
                .map(|pair| (pair.winner.to_string(), pair.loser.to_string()))
                .collect()
        };
        let pair = |winner: &str, loser: &str| (winner.to_owned(), loser.to_owned());
        assert_eq!(of(&["city"]), [pair("quarter", "city")]);
        assert_eq!(
            of(&["quarter", "neighbour", "island"]),
            [pair("quarter", "city")]
        );
        assert_eq!(of(&["alike-b"]), [pair("alike-a", "alike-b")]);
        assert!(of(&["neighbour"]).is_empty());
        let area = places.overlaps(&[RegionId::from_stored("city")].into())[0].area_m2;
        assert!((area / 4.93e10 - 1.0).abs() < 0.02, "{area}");
    }

    #[test]
    fn every_part_of_a_multi_polygon_is_found() {
        let geometry = json!({"type": "MultiPolygon",
            "coordinates": [[square(0.0, 0.0, 1.0)], [square(50.0, 50.0, 1.0)]]});
        let islands = Boundary::parse(&geometry).unwrap();
        assert_eq!(islands.geometry(), geometry);
        let places = places(&[("islands", islands)]);
        assert!(at(&places, 0.5, 0.5).is_some() && at(&places, 50.5, 50.5).is_some());
        assert!(at(&places, 25.0, 25.0).is_none());
    }
}
