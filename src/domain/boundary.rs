//! Where a region lies: its boundary as checked polygons, and the search for the region of a point.
//!
//! Boundaries are GeoJSON Polygons or MultiPolygons (RFC 7946) in WGS84 degrees. A point on a
//! border counts as inside. A region across the antimeridian is split there (RFC 7946 § 3.1.9).
//! Pure: parses values, reads no files.

use std::cmp::Ordering;

use geo::{
    ChamberlainDuquetteArea, Coord, InteriorPoint, Intersects, LineString, MultiPolygon, Polygon,
};
use geojson::{Geometry, GeometryValue};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde_json::Value;

use super::complaint::Point;
use super::region::RegionId;
use super::ring;

/// Most positions of one boundary: keeps the check of an upload well under a second.
pub const POSITIONS_MOST: usize = 100_000;
/// Most faults that are named of one boundary.
const FAULTS_MOST: usize = 10;

/// A code for programs and a message for people.
pub type BoundaryFault = (&'static str, String);

/// A region's checked boundary: one or more polygons, with holes.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary(MultiPolygon<f64>);

impl Boundary {
    /// Parses a GeoJSON Polygon or MultiPolygon.
    ///
    /// # Errors
    /// The faults found, one a ring and at most ten, each naming its polygon and ring.
    pub fn parse(geometry: &Value) -> Result<Self, Vec<BoundaryFault>> {
        let polygons = polygons_of(geometry).map_err(|fault| vec![fault])?;
        let positions: usize = polygons.iter().flatten().map(Vec::len).sum();
        if positions > POSITIONS_MOST {
            let message = format!(
                "has {positions} positions; at most {POSITIONS_MOST} are allowed: simplify it"
            );
            return Err(vec![("too_long", message)]);
        }
        let mut faults = Vec::new();
        let checked: Vec<_> = polygons
            .iter()
            .enumerate()
            .filter_map(|(index, rings)| polygon_of(index, rings, &mut faults))
            .collect();
        if faults.is_empty() {
            Ok(Self(MultiPolygon::new(checked)))
        } else {
            faults.truncate(FAULTS_MOST);
            Err(faults)
        }
    }

    /// The boundary as GeoJSON: what is stored. Members that mean nothing here (`bbox`, heights) are gone.
    pub fn geometry(&self) -> Value {
        let rings = |polygon: &Polygon<f64>| -> Vec<Vec<[f64; 2]>> {
            std::iter::once(polygon.exterior())
                .chain(polygon.interiors())
                .map(|ring| ring.coords().map(|at| [at.x, at.y]).collect())
                .collect()
        };
        let value = match self.0.0.as_slice() {
            [polygon] => GeometryValue::new_polygon(rings(polygon)),
            polygons => GeometryValue::new_multi_polygon(polygons.iter().map(rings)),
        };
        Value::from(&value)
    }

    /// Whether `point` is inside or on the border.
    pub fn contains(&self, point: Point) -> bool {
        self.0.intersects(&coordinate(point))
    }

    /// Some point well inside, such as for examples and tests.
    pub fn point_inside(&self) -> Option<Point> {
        self.0.interior_point().map(|point| Point {
            latitude: point.y(),
            longitude: point.x(),
        })
    }

    /// Square metres on a sphere, within a percent: for comparing regions.
    pub fn area_m2(&self) -> f64 {
        let ring_area = |ring: &LineString<f64>| {
            Polygon::new(ring.clone(), Vec::new()).chamberlain_duquette_unsigned_area()
        };
        let polygon_area = |polygon: &Polygon<f64>| {
            let holes: f64 = polygon.interiors().iter().map(ring_area).sum();
            ring_area(polygon.exterior()) - holes
        };
        self.0.iter().map(polygon_area).sum()
    }

    fn boxes(&self) -> impl Iterator<Item = Rectangle<[f64; 2]>> {
        self.0.iter().map(|polygon| {
            let corners: Vec<_> = polygon.exterior().coords().map(|at| [at.x, at.y]).collect();
            Rectangle::from_aabb(AABB::from_points(&corners))
        })
    }
}

fn coordinate(point: Point) -> Coord<f64> {
    Coord {
        x: point.longitude,
        y: point.latitude,
    }
}

/// The polygons of a geometry, each a list of rings, not yet checked.
fn polygons_of(geometry: &Value) -> Result<Vec<geojson::PolygonType>, BoundaryFault> {
    let parsed: Geometry = serde_json::from_value(geometry.clone())
        .map_err(|error| ("malformed", format!("is no GeoJSON geometry: {error}")))?;
    let polygons = match parsed.value {
        GeometryValue::Polygon { coordinates } => vec![coordinates],
        GeometryValue::MultiPolygon { coordinates } => coordinates,
        other @ (GeometryValue::Point { .. }
        | GeometryValue::MultiPoint { .. }
        | GeometryValue::LineString { .. }
        | GeometryValue::MultiLineString { .. }
        | GeometryValue::GeometryCollection { .. }) => {
            let message = format!(
                "is a {}; it must be a Polygon or a MultiPolygon",
                other.type_name()
            );
            return Err(("wrong_type", message));
        }
    };
    if polygons.is_empty() {
        return Err(("required", "has no polygon".into()));
    }
    Ok(polygons)
}

fn polygon_of(
    index: usize,
    rings: &[Vec<geojson::Position>],
    faults: &mut Vec<BoundaryFault>,
) -> Option<Polygon<f64>> {
    if rings.is_empty() {
        faults.push(("required", format!("polygon {index} has no ring")));
    }
    let mut checked = Vec::with_capacity(rings.len());
    for (number, positions) in rings.iter().enumerate() {
        if faults.len() >= FAULTS_MOST {
            return None;
        }
        match ring::parse(positions) {
            Ok(ring) => checked.push(ring),
            Err((code, message)) => {
                faults.push((code, format!("{}: {message}", ring_name(index, number))))
            }
        }
    }
    if checked.len() != rings.len() {
        return None;
    }
    let mut checked = checked.into_iter();
    let outline = Polygon::new(checked.next()?, Vec::new());
    let holes: Vec<_> = checked.collect();
    for (number, hole) in holes.iter().enumerate() {
        // One position is enough against a mistaken order of rings, which is what happens in practice.
        if hole
            .coords()
            .next()
            .is_some_and(|at| !outline.intersects(at))
        {
            let name = ring_name(index, number + 1);
            faults.push((
                "outside",
                format!("{name}: lies outside of the polygon's outer ring"),
            ));
        }
    }
    let (exterior, _) = outline.into_inner();
    Some(Polygon::new(exterior, holes))
}

fn ring_name(polygon: usize, ring: usize) -> String {
    match ring {
        0 => format!("polygon {polygon}, ring 0 (the outline)"),
        hole => format!("polygon {polygon}, ring {hole} (a hole)"),
    }
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
    use serde_json::json;

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

    fn faults(geometry: Value) -> Vec<BoundaryFault> {
        Boundary::parse(&geometry).unwrap_err()
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
    fn a_point_is_inside_outside_or_in_a_hole() {
        let ring = polygon(&[square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)]);
        let places = places(&[("ring", ring)]);
        assert_eq!(at(&places, 1.0, 1.0).as_deref(), Some("ring"));
        assert_eq!(at(&places, 5.0, 5.0), None, "in the hole");
        assert_eq!(at(&places, 11.0, 1.0), None, "outside");
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
    fn a_hole_makes_a_region_smaller_whatever_its_winding() {
        let whole = polygon(&[square(0.0, 0.0, 10.0)]);
        let hole = json!([[4.0, 4.0], [4.0, 6.0], [6.0, 6.0], [6.0, 4.0], [4.0, 4.0]]);
        for hole in [hole, square(4.0, 4.0, 2.0)] {
            assert!(polygon(&[square(0.0, 0.0, 10.0), hole]).area_m2() < whole.area_m2());
        }
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

    #[test]
    fn heights_and_foreign_members_are_dropped() {
        let geometry = json!({"type": "Polygon", "bbox": [0, 0, 1, 1], "note": "\u{0}",
            "coordinates": [[[0, 0, 7], [1, 0, 7], [1, 1, 7], [0, 0, 7]]]});
        let stored = Boundary::parse(&geometry).unwrap().geometry();
        let expected = json!({"type": "Polygon",
            "coordinates": [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]});
        assert_eq!(stored, expected);
    }

    #[test]
    fn the_point_inside_is_inside() {
        let ring = polygon(&[square(0.0, 0.0, 10.0), square(4.0, 4.0, 2.0)]);
        assert!(ring.contains(ring.point_inside().unwrap()));
    }

    #[test]
    fn every_bad_ring_is_named_with_its_polygon() {
        let open = json!([[0, 0], [1, 0], [1, 1], [0, 1]]);
        let found = faults(json!({"type": "MultiPolygon",
            "coordinates": [[square(0.0, 0.0, 3.0), open], [square(179.0, 0.0, 3.0)]]}));
        let messages: Vec<_> = found.into_iter().map(|(_, message)| message).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(
            messages[0].starts_with("polygon 0, ring 1 (a hole)"),
            "{messages:?}"
        );
        assert!(
            messages[1].starts_with("polygon 1, ring 0 (the outline)"),
            "{messages:?}"
        );
    }

    #[test]
    fn a_hole_outside_of_its_outline_is_refused() {
        let rings = json!([square(0.0, 0.0, 1.0), square(5.0, 5.0, 1.0)]);
        assert_eq!(
            faults(json!({"type": "Polygon", "coordinates": rings}))[0].0,
            "outside"
        );
    }

    #[test]
    fn what_is_no_polygon_is_refused() {
        for (geometry, code) in [
            (json!(null), "malformed"),
            (json!({"type": "Polygon"}), "malformed"),
            (
                json!({"type": "Polygon", "coordinates": [[["a", "b"]]]}),
                "malformed",
            ),
            (
                json!({"type": "Point", "coordinates": [1, 2]}),
                "wrong_type",
            ),
            (
                json!({"type": "MultiPolygon", "coordinates": []}),
                "required",
            ),
            (json!({"type": "Polygon", "coordinates": []}), "required"),
            (json!({"type": "Polygon", "coordinates": [[]]}), "too_short"),
        ] {
            assert_eq!(faults(geometry.clone())[0].0, code, "{geometry}");
        }
    }
}
