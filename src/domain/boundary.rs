//! Where a region lies: its boundary as checked polygons.
//!
//! Boundaries are GeoJSON Polygons or MultiPolygons (RFC 7946) in WGS84 degrees. A point on a
//! border counts as inside. A region across the antimeridian is split there (RFC 7946 § 3.1.9).
//! Pure: parses values, reads no files.

use geo::{
    BooleanOps, ChamberlainDuquetteArea, Coord, InteriorPoint, Intersects, LineString,
    MultiPolygon, Polygon,
};
use geojson::{Geometry, GeometryValue};
use rstar::AABB;
use rstar::primitives::Rectangle;
use serde_json::Value;

use super::place::Point;
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

    /// Square metres that both cover.
    pub(super) fn common_m2(&self, other: &Self) -> f64 {
        Self(self.0.intersection(&other.0)).area_m2()
    }

    /// A box around each polygon, for [`super::places::Places`].
    pub(super) fn boxes(&self) -> impl Iterator<Item = Rectangle<[f64; 2]>> {
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

    #[test]
    fn a_hole_makes_a_region_smaller_whatever_its_winding() {
        let whole = polygon(&[square(0.0, 0.0, 10.0)]);
        let hole = json!([[4.0, 4.0], [4.0, 6.0], [6.0, 6.0], [6.0, 4.0], [4.0, 4.0]]);
        for hole in [hole, square(4.0, 4.0, 2.0)] {
            assert!(polygon(&[square(0.0, 0.0, 10.0), hole]).area_m2() < whole.area_m2());
        }
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
