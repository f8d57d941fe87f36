//! One ring of a boundary: closed, of at least four positions, within WGS84, not crossing itself.

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Line, LineString};
use geojson::Position;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::boundary::BoundaryFault;

/// Checks the positions of one ring.
pub(super) fn parse(positions: &[Position]) -> Result<LineString<f64>, BoundaryFault> {
    let mut coords = Vec::with_capacity(positions.len());
    for (index, position) in positions.iter().enumerate() {
        coords.push(coordinate(index, position)?);
    }
    if coords.len() < 4 {
        let message = format!(
            "has {} positions; a ring needs at least 4, the last being the first again",
            coords.len()
        );
        return Err(("too_short", message));
    }
    if coords.first() != coords.last() {
        return Err((
            "not_closed",
            "is not closed: its last position must be the first again".into(),
        ));
    }
    coords.dedup();
    if coords.len() < 4 {
        return Err(("too_short", "has fewer than 3 different positions".into()));
    }
    let ring = LineString::new(coords);
    match crossing(&ring) {
        Some(at) => {
            let message = format!(
                "crosses or overlaps itself near longitude {:.6}, latitude {:.6}",
                at.x, at.y
            );
            Err(("self_intersection", message))
        }
        None => Ok(ring),
    }
}

fn coordinate(index: usize, position: &Position) -> Result<Coord<f64>, BoundaryFault> {
    let &[x, y, ..] = position.as_slice() else {
        return Err((
            "malformed",
            format!("position {index} must be [longitude, latitude]"),
        ));
    };
    if (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) {
        return Ok(Coord { x, y });
    }
    let message = format!(
        "position {index} is [{x}, {y}]; it must be [longitude, latitude] in degrees, within ±180 and ±90"
    );
    Err(("out_of_range", message))
}

/// Where two lines of the ring cross or lie on each other, if anywhere.
///
/// A ring that merely touches itself in a point passes: maps have such, and inside and outside
/// stay clear. The tree keeps this near n·log n; geo's own check compares every pair.
fn crossing(ring: &LineString<f64>) -> Option<Coord<f64>> {
    let lines: Vec<Line<f64>> = ring.lines().collect();
    let tree = RTree::bulk_load(
        lines
            .iter()
            .enumerate()
            .map(|(index, line)| {
                GeomWithData::new(Rectangle::from_aabb(area(line)), (index, *line))
            })
            .collect(),
    );
    lines.iter().enumerate().find_map(|(index, line)| {
        tree.locate_in_envelope_intersecting(&area(line))
            .filter(|other| other.data.0 > index)
            .find_map(|other| crossing_of(*line, other.data.1))
    })
}

fn crossing_of(one: Line<f64>, other: Line<f64>) -> Option<Coord<f64>> {
    match line_intersection(one, other)? {
        LineIntersection::SinglePoint {
            intersection,
            is_proper,
        } => is_proper.then_some(intersection),
        LineIntersection::Collinear { intersection } => {
            (intersection.start != intersection.end).then_some(intersection.start)
        }
    }
}

fn area(line: &Line<f64>) -> AABB<[f64; 2]> {
    AABB::from_corners([line.start.x, line.start.y], [line.end.x, line.end.y])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(positions: &[[f64; 2]]) -> Option<&'static str> {
        let positions: Vec<_> = positions.iter().map(|&at| Position::from(at)).collect();
        parse(&positions).err().map(|(code, _)| code)
    }

    #[test]
    fn rings_are_judged_as_the_table_says() {
        let cases: &[(&[[f64; 2]], Option<&str>)] = &[
            (&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], None),
            (
                &[[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]],
                None,
            ),
            (&[[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]], Some("too_short")),
            (
                &[[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 0.0]],
                Some("too_short"),
            ),
            (
                &[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]],
                Some("not_closed"),
            ),
            (
                &[[0.0, 0.0], [181.0, 0.0], [1.0, 1.0], [0.0, 0.0]],
                Some("out_of_range"),
            ),
            (
                &[[0.0, 0.0], [1.0, -90.5], [1.0, 1.0], [0.0, 0.0]],
                Some("out_of_range"),
            ),
            // A bow tie, a spike, and two triangles that touch in a corner.
            (
                &[[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0], [0.0, 0.0]],
                Some("self_intersection"),
            ),
            (
                &[[0.0, 0.0], [4.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 0.0]],
                Some("self_intersection"),
            ),
            (
                &[
                    [0.0, 0.0],
                    [1.0, 1.0],
                    [2.0, 2.0],
                    [2.0, 0.0],
                    [1.0, 1.0],
                    [0.0, 2.0],
                    [0.0, 0.0],
                ],
                None,
            ),
        ];
        for (positions, expected) in cases {
            assert_eq!(code(positions), *expected, "{positions:?}");
        }
    }

    #[test]
    fn a_position_of_one_number_is_refused() {
        let short = [Position::from(vec![1.0])];
        assert_eq!(parse(&short).unwrap_err().0, "malformed");
    }

    #[test]
    fn a_long_ring_is_checked_quickly() {
        let circle: Vec<Position> = (0..50_000)
            .map(|step| f64::from(step % 49_999) / 49_999.0 * std::f64::consts::TAU)
            .map(|angle| Position::from([angle.cos(), angle.sin()]))
            .collect();
        let start = std::time::Instant::now();
        assert!(parse(&circle).is_ok());
        assert!(start.elapsed().as_secs() < 10);
    }
}
