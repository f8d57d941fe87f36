//! How much time does the hint at duplicates add to a submission at 100 000 open complaints?
//!
//! What a submission does for it: the search among the open complaints, the list as JSON, and noting the
//! new complaint for those that follow. `cargo bench --bench duplicate_hint`

#[expect(dead_code, reason = "other benches need more of the report")]
#[path = "../../loadtest/src/report.rs"]
mod report;

use std::error::Error;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use redress::domain::complaint::Severity;
use redress::domain::event::{FormerTraits, Sides, Sighting, Traits};
use redress::domain::nearby::Search;
use redress::domain::open::OpenComplaints;
use redress::domain::place::Point;
use redress::domain::region::RegionId;
use report::{Figure, Report, Target, percentile};
use serde_json::{Value, json};
use uuid::Uuid;

const OPEN: u32 = 100_000;
const SUBMISSIONS: u32 = 20_000;
const ROUNDS: u32 = 5;
/// As many are named in an answer.
const NAMED_MOST: usize = 10;
/// Milliseconds of the first id; ids are a second apart.
const BEGUN: u128 = 1_790_000_000_000;

/// Where open complaints are, and how they are looked for.
struct Scene {
    name: &'static str,
    /// Height and width of the ground, in degrees at 54° north.
    ground: (f64, f64),
    categories: u64,
    radius_m: f64,
    /// Whether somebody else writes all the time.
    is_busy: bool,
}

const SCENES: [Scene; 5] = [
    Scene {
        name: "a city of 20 km, 12 categories, 50 m",
        ground: (0.18, 0.3),
        categories: 12,
        radius_m: 50.0,
        is_busy: false,
    },
    Scene {
        name: "the same while another thread notes complaints all the time",
        ground: (0.18, 0.3),
        categories: 12,
        radius_m: 50.0,
        is_busy: true,
    },
    Scene {
        name: "all of one category on a square of 100 m, 50 m",
        ground: (0.0009, 0.0015),
        categories: 1,
        radius_m: 50.0,
        is_busy: false,
    },
    Scene {
        name: "all of one category in a town of 10 km, 5000 m",
        ground: (0.09, 0.15),
        categories: 1,
        radius_m: 5000.0,
        is_busy: false,
    },
    Scene {
        name: "all of one category in a country, 5000 m",
        ground: (4.0, 6.0),
        categories: 1,
        radius_m: 5000.0,
        is_busy: false,
    },
];

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut figures = Vec::new();
    let mut raw = Vec::new();
    for scene in &SCENES {
        let mut took = Vec::new();
        let mut named = 0;
        for round in 0..ROUNDS {
            named += measure(scene, u64::from(round) + 1, &mut took)?;
        }
        let at = |share| percentile(&mut took.clone(), share) / 1000.0;
        let (middle, late, last) = (at(0.5), at(0.99), at(1.0));
        let share = f64::from(named) / f64::from(SUBMISSIONS * ROUNDS);
        figures.push(Figure::new(
            scene.name,
            late,
            "µs",
            Target::AtMost(1000.0),
            format!("p99; p50 {middle:.1} µs, max {last:.0} µs; {share:.1} named each"),
        ));
        raw.push(
            json!({"scene": scene.name, "p50_us": middle, "p99_us": late, "max_us": last,
            "named_each": share}),
        );
    }
    Report::new(
        "duplicate-hint",
        "cargo bench --bench duplicate_hint",
        figures,
        Value::Array(raw),
    )
    .under("open complaints", OPEN.to_string())
    .under("submissions a scene", (SUBMISSIONS * ROUNDS).to_string())
    .publish()?;
    Ok(())
}

/// Submits among the open complaints of a scene, notes how many nanoseconds each hint took; how many
/// complaints were named in all.
fn measure(
    scene: &Scene,
    seed: u64,
    took: &mut Vec<u32>,
) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let mut dice = Dice(seed);
    let mut open = OpenComplaints::default();
    for number in 0..OPEN {
        open.see(&scene.complaint(number, &mut dice)?);
    }
    let open = RwLock::new(open);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if scene.is_busy {
            scope.spawn(|| write(scene, &open, &is_over));
        }
        let mut named = 0;
        for number in OPEN..OPEN + SUBMISSIONS {
            let submitted = scene.complaint(number, &mut dice)?;
            let begun = Instant::now();
            named += hint(scene, &open, &submitted)?;
            took.push(u32::try_from(begun.elapsed().as_nanos()).unwrap_or(u32::MAX));
        }
        is_over.store(true, Ordering::Relaxed);
        Ok(named)
    })
}

fn hint(
    scene: &Scene,
    open: &RwLock<OpenComplaints>,
    submitted: &Sighting,
) -> Result<u32, Box<dyn Error + Send + Sync>> {
    let middle = submitted.point.ok_or("every complaint has a point")?;
    let after = submitted.sides.after();
    let after = after.ok_or("every submission leaves a complaint open")?;
    let search = Search {
        category: &after.category,
        middle,
        radius_m: scene.radius_m,
        from: Uuid::nil(),
        before: submitted.sides.complaint(),
    };
    let held = open.read().unwrap_or_else(PoisonError::into_inner);
    let near = held.find(search, NAMED_MOST);
    drop(held);
    let list: Vec<Value> = near
        .iter()
        .map(|near| {
            json!({"id": near.complaint, "distance_m": near.distance_m,
                "support": format!("/api/v1/complaints/{}/support", near.complaint)})
        })
        .collect();
    black_box(serde_json::to_string(&list)?);
    let mut held = open.write().unwrap_or_else(PoisonError::into_inner);
    held.see(submitted);
    Ok(u32::try_from(near.len())?)
}

/// Opens and closes complaints, a hundred in a burst, about 20 000 a second.
fn write(scene: &Scene, open: &RwLock<OpenComplaints>, is_over: &AtomicBool) {
    let mut dice = Dice(99);
    let mut number = OPEN * 2;
    while !is_over.load(Ordering::Relaxed) {
        for _ in 0..100 {
            number += 1;
            let Ok(sighting) = scene.complaint(number, &mut dice) else {
                return;
            };
            let mut held = open.write().unwrap_or_else(PoisonError::into_inner);
            held.see(&sighting);
            held.see(&Sighting {
                is_open: false,
                ..sighting
            });
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

impl Scene {
    fn complaint(&self, number: u32, dice: &mut Dice) -> Result<Sighting, String> {
        let (height, width) = self.ground;
        let category = dice.next() % self.categories;
        let traits = Traits {
            category: format!("category-{category}"),
            severity: Severity::Medium,
            assignee: None,
        };
        let id = Uuid::from_u128((BEGUN + u128::from(number) * 1000) << 80);
        Ok(Sighting {
            region: RegionId::parse("north").map_err(|(_, said)| said)?,
            sides: Sides::new(id, traits, FormerTraits::default(), false).into(),
            point: Some(Point {
                latitude: 54.0 + dice.share() * height,
                longitude: 7.6 + dice.share() * width,
            }),
            is_open: true,
        })
    }
}

/// A sequence of numbers that looks random and is the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next()).unwrap_or_default()) / f64::from(u32::MAX / 2)
    }
}
