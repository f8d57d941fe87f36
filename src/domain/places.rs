//! The search for the region of a point: boundaries behind an R-tree.

use std::cmp::Ordering;

use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use super::boundary::Boundary;
use super::place::Point;
use super::region::RegionId;

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
        let mut ranks: Vec<usize> = self
            .boxes
            .locate_all_at_point(&[point.longitude, point.latitude])
            .map(|found| found.data)
            .collect();
        ranks.sort_unstable();
        ranks
            .into_iter()
            .filter_map(|rank| self.regions.get(rank))
            .find(|(_, boundary)| boundary.contains(point))
            .map(|(id, _)| id.clone())
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
