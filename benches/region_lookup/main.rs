//! How long does the search for the region of a point take among 1000 boundaries of 500 points?
//!
//! The boundaries are wavy rings that fill a map of 40 × 25 fields and overlap at their edges, so that
//! most points lie in the boxes of several. `cargo bench --bench region_lookup`

#[expect(dead_code, reason = "other benches need more of the report")]
#[path = "../../loadtest/src/report.rs"]
mod report;

use std::error::Error;
use std::f64::consts::TAU;
use std::hint::black_box;
use std::time::Instant;

use redress::domain::boundary::Boundary;
use redress::domain::place::Point;
use redress::domain::places::Places;
use redress::domain::region::RegionId;
use report::{Figure, Report, Target, median};
use serde_json::{Value, json};

const COLUMNS: u32 = 40;
const ROWS: u32 = 25;
const POSITIONS: u32 = 500;
const LOOKUPS: u32 = 200_000;
const ROUNDS: usize = 7;
/// Degrees of a field.
const FIELD: f64 = 0.1;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let places = Places::new(boundaries()?);
    let mut rounds = Vec::new();
    let mut found = 0;
    for _ in 0..ROUNDS {
        let mut dice = 1;
        let points: Vec<Point> = (0..LOOKUPS).map(|_| point(&mut dice)).collect();
        let begun = Instant::now();
        found = points
            .iter()
            .filter(|point| black_box(places.region_at(**point)).is_some())
            .count();
        rounds.push(begun.elapsed().as_secs_f64() * 1e6 / f64::from(LOOKUPS));
    }
    let slowest = rounds.iter().copied().fold(0.0, f64::max);
    let share = f64::from(u32::try_from(found)?) / f64::from(LOOKUPS);
    let figures = vec![
        Figure::new(
            "a look-up among 1000 boundaries of 500 points",
            median(rounds.iter().copied()),
            "µs",
            Target::AtMost(20.0),
            format!("median of {ROUNDS} rounds of {LOOKUPS} points; slowest {slowest:.2} µs"),
        ),
        Figure::new(
            "points that lie in a region",
            share * 100.0,
            "%",
            Target::None,
            "the others lie between the rings".into(),
        ),
    ];
    Report::new(
        "region-lookup",
        "cargo bench --bench region_lookup",
        figures,
        json!({"us_per_lookup": rounds}),
    )
    .publish()?;
    Ok(())
}

/// The rings, checked as an import checks them.
fn boundaries() -> Result<Vec<(RegionId, Boundary)>, Box<dyn Error + Send + Sync>> {
    let fields = (0..ROWS).flat_map(|row| (0..COLUMNS).map(move |column| (row, column)));
    fields
        .map(|(row, column)| {
            let boundary =
                Boundary::parse(&ring(row, column)).map_err(|faults| format!("{faults:?}"))?;
            Ok((
                RegionId::parse(&format!("region-{row}-{column}")).map_err(|(_, said)| said)?,
                boundary,
            ))
        })
        .collect()
}

/// A wavy ring a little larger than its field.
fn ring(row: u32, column: u32) -> Value {
    let middle = (
        (f64::from(column) + 0.5) * FIELD,
        (f64::from(row) + 0.5) * FIELD + 50.0,
    );
    let position = |step: u32| {
        let angle = f64::from(step) / f64::from(POSITIONS - 1) * TAU;
        let radius = FIELD * (0.55 + 0.05 * (angle * 12.0).sin());
        [
            middle.0 + radius * angle.cos(),
            middle.1 + radius * angle.sin(),
        ]
    };
    let mut ring: Vec<[f64; 2]> = (0..POSITIONS - 1).map(position).collect();
    ring.extend(ring.first().copied());
    json!({"type": "Polygon", "coordinates": [ring]})
}

/// A point on the map, the same sequence each time.
fn point(dice: &mut u64) -> Point {
    let mut share = || {
        *dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        #[expect(
            clippy::cast_precision_loss,
            reason = "53 bits are all that a share needs"
        )]
        let share = (*dice >> 11) as f64 / (1_u64 << 53) as f64;
        share
    };
    Point {
        latitude: 50.0 + share() * f64::from(ROWS) * FIELD,
        longitude: share() * f64::from(COLUMNS) * FIELD,
    }
}
