//! The cells of a map that cover a box: what the inverted index is asked for.
//!
//! Four maps divide the globe into squares (in degrees) of 180°/2^level. The SQL function
//! `complaint_marks` notes a complaint's cell on each of them, numbered as here.

use super::area::BoundingBox;

/// From fine to coarse: squares of about 300 m, 5 km, 78 km and 1250 km.
const LEVELS: [u8; 4] = [16, 12, 8, COARSEST];
const COARSEST: u8 = 4;
/// Most cells that are looked up one after the other: 6 km wide on the finest map. Each takes 10 to 15 µs.
pub const CELLS_MOST: i64 = 600;
/// Most cells that are looked for together with something else.
pub const CELLS_TOGETHER_MOST: i64 = 30;
/// On the coarsest map: half of the globe.
const COARSE_CELLS_MOST: i64 = 256;

/// The marks of the cells that cover a box, on the finest map that needs few; `None` when the box is
/// a large part of the globe, where cells would narrow nothing.
pub fn covering(area: &BoundingBox, most: i64) -> Option<Vec<String>> {
    LEVELS.into_iter().find_map(|level| on(level, area, most))
}

fn on(level: u8, area: &BoundingBox, most: i64) -> Option<Vec<String>> {
    let most = if level == COARSEST {
        COARSE_CELLS_MOST
    } else {
        most
    };
    let rows = (
        number(level, area.south, 90.0),
        number(level, area.north, 90.0),
    );
    let columns: Vec<(i64, i64)> = area
        .spans()
        .into_iter()
        .map(|(west, east)| (number(level, west, 180.0), number(level, east, 180.0)))
        .collect();
    let width: i64 = columns.iter().map(|(west, east)| east - west + 1).sum();
    if (rows.1 - rows.0 + 1) * width > most {
        return None;
    }
    let cells = columns.into_iter().flat_map(|(west, east)| {
        (rows.0..=rows.1).flat_map(move |row| {
            (west..=east).map(move |column| format!("=g{level}:{row}:{column}"))
        })
    });
    Some(cells.collect())
}

/// The number of the row or column in which an angle lies, counted from −`half` degrees.
#[expect(
    clippy::cast_possible_truncation,
    reason = "at most 360/180 × 2^16, and not negative"
)]
fn number(level: u8, degrees: f64, half: f64) -> i64 {
    ((degrees + half) / 180.0 * f64::from(1_u32 << level)).floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Option<Vec<String>> {
        covering(&BoundingBox::parse(text).unwrap(), CELLS_MOST)
    }

    #[test]
    fn a_small_box_is_covered_by_small_cells() {
        // A degree is 364.1 rows or columns of the finest map.
        assert_eq!(cells("0,0,0.001,0.001").unwrap(), ["=g16:32768:65536"]);
        let quarter = cells("13.40,52.50,13.44,52.54").unwrap();
        assert!((225..=256).contains(&quarter.len()), "{quarter:?}");
        assert!(quarter.iter().all(|cell| cell.starts_with("=g16:")));
    }

    #[test]
    fn larger_boxes_have_larger_cells() {
        for (text, level) in [
            ("13.0,52.3,13.6,52.7", "=g12:"),
            ("5,47,15,55", "=g8:"),
            ("-10,35,30,70", "=g4:"),
            ("160,-40,-120,10", "=g4:"),
        ] {
            let found = cells(text).unwrap();
            assert!(
                found.iter().all(|cell| cell.starts_with(level)),
                "{text}: {found:?}"
            );
        }
        assert_eq!(cells("-180,-90,180,90"), None);
    }

    #[test]
    fn a_box_across_the_antimeridian_has_cells_on_both_sides() {
        let found = cells("179.9995,0,-179.9995,0.0005").unwrap();
        // The column of exactly 180° is one of its own.
        let expected = ["=g16:32768:131071", "=g16:32768:131072", "=g16:32768:0"];
        assert_eq!(found, expected);
    }

    #[test]
    fn corners_of_the_world_have_cells() {
        assert!(
            cells("179.999,89.999,180,90")
                .unwrap()
                .contains(&"=g16:65536:131072".into())
        );
        assert!(
            cells("-180,-90,-179.999,-89.999")
                .unwrap()
                .contains(&"=g16:0:0".into())
        );
    }
}
