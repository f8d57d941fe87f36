//! The life of one made complaint, the same for the same number.

use redress::domain::status::Status;
use uuid::Uuid;

use super::text;
use crate::dice::Dice;

const HOUR: f64 = 3_600_000.0;
const DAY: f64 = 24.0 * HOUR;
/// Regions lie side by side, so many in a row.
const ROW: usize = 4;
/// South-western corner of the first region, and the size of each, in degrees.
const CORNER: (f64, f64) = (52.3, 13.0);
const SIZE: (f64, f64) = (0.1, 0.15);

/// The world in which complaints are made.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) complaints: u32,
    pub(crate) regions: usize,
    pub(crate) categories: usize,
    pub(crate) officers: Vec<Uuid>,
    /// The end of the year, in milliseconds since 1970.
    pub(crate) now: u64,
}

/// A status that was entered.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) at: u64,
    pub(crate) status: Status,
}

/// A complaint and how it came to be so.
pub(crate) struct Story {
    pub(crate) id: Uuid,
    pub(crate) region: usize,
    pub(crate) category: usize,
    pub(crate) severity: &'static str,
    pub(crate) assignee: Option<Uuid>,
    /// Earliest first; the first is its submission.
    pub(crate) steps: Vec<Step>,
    dice: Dice,
}

/// What only the row of a complaint needs.
pub(crate) struct Content {
    pub(crate) description: String,
    pub(crate) address: Option<String>,
    pub(crate) point: Option<(f64, f64)>,
    pub(crate) supporters: i32,
}

impl World {
    /// The id of a region.
    pub(crate) fn region(number: usize) -> String {
        format!("region-{number:03}")
    }

    /// The id of a category. The last is rare.
    pub(crate) fn category(number: usize) -> String {
        format!("category-{number:02}")
    }

    /// West, south, east and north of a region.
    pub(crate) fn bounds(region: usize) -> [f64; 4] {
        let (row, column) = ((region / ROW) as f64, (region % ROW) as f64);
        let (south, west) = (CORNER.0 + row * SIZE.0, CORNER.1 + column * SIZE.1);
        [west, south, west + SIZE.1, south + SIZE.0]
    }

    /// The regions of an officer.
    pub(crate) fn regions_of(&self, officer: usize) -> Vec<usize> {
        let mut regions: Vec<usize> = [0, 5, 11]
            .map(|step| (officer + step) % self.regions)
            .into();
        regions.sort_unstable();
        regions.dedup();
        regions
    }

    /// The story of a complaint; they come in the order of their numbers, over a year.
    pub(crate) fn story(&self, number: u32) -> Story {
        let mut dice = Dice::of(u64::from(number) + 1);
        let spacing = 365.0 * DAY / f64::from(self.complaints);
        let age = f64::from(self.complaints - number) * spacing - dice.share() * spacing;
        let created = self.now - age as u64;
        let region = (self.regions as f64 * dice.share().powf(1.4)) as usize;
        let category = self.any_category(&mut dice);
        let severity = match dice.below(100) {
            0..25 => "low",
            25..75 => "medium",
            75..97 => "high",
            _ => "critical",
        };
        let steps = self.steps(created, &mut dice);
        let is_taken = steps.len() > 1 && dice.happens(0.95);
        Story {
            id: id_at(created, &mut dice),
            region,
            category,
            severity,
            assignee: is_taken.then(|| self.officer_of(region, &mut dice)),
            steps,
            dice,
        }
    }

    fn any_category(&self, dice: &mut Dice) -> usize {
        if dice.happens(0.0002) {
            return self.categories - 1;
        }
        dice.rank(self.categories - 1)
    }

    fn officer_of(&self, region: usize, dice: &mut Dice) -> Uuid {
        // Officers of a region first are those whose number it is.
        let rounds = self.officers.len() / self.regions;
        let officer = region + self.regions * dice.below(rounds);
        self.officers[officer % self.officers.len()]
    }

    /// The statuses up to now.
    fn steps(&self, created: u64, dice: &mut Dice) -> Vec<Step> {
        let mut at = created as f64;
        let mut steps = vec![Step {
            at: created,
            status: Status::Reported,
        }];
        let mut enter = |after: f64, status: Status| {
            at += after.max(1000.0);
            steps.push(Step {
                at: at as u64,
                status,
            });
        };
        if dice.happens(0.07) {
            enter(dice.wait(20.0 * HOUR), Status::Rejected);
        } else {
            enter(dice.wait(10.0 * HOUR), Status::Acknowledged);
            enter(dice.wait(2.0 * DAY), Status::InProgress);
            if dice.happens(0.15) {
                enter(dice.wait(3.0 * DAY), Status::OnHold);
                enter(dice.wait(8.0 * DAY), Status::InProgress);
            }
            // A few are never done.
            if dice.happens(0.98) {
                enter(dice.wait(6.0 * DAY), Status::Resolved);
                enter(14.0 * DAY, Status::Closed);
            }
        }
        steps.retain(|step| step.at < self.now);
        steps
    }
}

impl Story {
    /// Where it stands.
    pub(crate) fn last(&self) -> Step {
        self.steps[self.steps.len() - 1]
    }

    /// When it first entered this status.
    pub(crate) fn entered(&self, status: Status) -> Option<u64> {
        let step = self.steps.iter().find(|step| step.status == status);
        step.map(|step| step.at)
    }

    /// What is written in it.
    pub(crate) fn content(&mut self) -> Content {
        let dice = &mut self.dice;
        let [west, south, east, north] = World::bounds(self.region);
        // Most complaints come from the middle of a town.
        let mut along = |from: f64, to: f64| {
            let share = if dice.happens(0.6) {
                0.35 + 0.3 * (dice.share() + dice.share()) / 2.0
            } else {
                dice.share()
            };
            from + (to - from) * share
        };
        let point = (along(south, north), along(west, east));
        let has_point = dice.happens(0.95);
        Content {
            description: text::description(dice),
            address: (!has_point || dice.happens(0.4)).then(|| text::address(dice)),
            point: has_point.then_some(point),
            supporters: if dice.happens(0.1) {
                1 + dice.rank(50) as i32
            } else {
                0
            },
        }
    }
}

/// A UUIDv7 of this time.
pub(crate) fn id_at(milliseconds: u64, dice: &mut Dice) -> Uuid {
    let high = milliseconds << 16 | 0x7000 | dice.number() & 0x0FFF;
    let low = dice.number() >> 2 | 1 << 63;
    Uuid::from_u64_pair(high, low)
}
