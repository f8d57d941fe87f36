//! A region's business calendar: when its officers work, and how much working time lies between
//! two instants.
//!
//! A time on the wall stands for the first instant at which the clock shows it or a later time. So
//! an hour that the clock skips has no length, one that it shows twice has two, and spans that do not
//! overlap on the wall do not overlap in truth. Pure: the time zone is looked up when a document is read.

mod document;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::term::Term;
pub use document::parse;

/// How many days ahead working time is looked for. The longest term is 366 working days, which with
/// one working day a week is out of reach: it ends here then.
pub const HORIZON_DAYS: i32 = 1100;

/// Opening and closing minute of a day; 1440 is midnight at its end.
type Hours = (u16, u16);

/// When a region works.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    /// From Monday on; of each day in order, without overlap.
    week: [Vec<Hours>; 7],
    holidays: BTreeSet<Date>,
}

impl Calendar {
    /// Its time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The working time of one working day: the mean of the weekdays that have hours.
    pub fn working_day(&self) -> SignedDuration {
        let days = self.week.iter().filter(|hours| !hours.is_empty()).count();
        let minutes: i64 = self
            .week
            .iter()
            .flatten()
            .map(|(opens, closes)| i64::from(closes - opens))
            .sum();
        let days = i64::try_from(days).unwrap_or(1).max(1);
        SignedDuration::from_secs(minutes * 60 / days)
    }

    /// The working time of a term: its days are working days.
    pub fn working_time(&self, term: Term) -> SignedDuration {
        self.working_day() * term.days + term.time()
    }

    /// The first instant at which `work` of working time has passed since `at`; nothing passes at
    /// once. Never later than [`HORIZON_DAYS`] days ahead.
    pub fn add(&self, at: Timestamp, work: SignedDuration) -> Timestamp {
        if !work.is_positive() {
            return at;
        }
        let mut left = work;
        for (opens, closes) in self.spans(at) {
            let begins = opens.max(at);
            let length = closes.duration_since(begins);
            if length >= left {
                return begins + left;
            }
            if length.is_positive() {
                left -= length;
            }
        }
        horizon(at)
    }

    /// The working time between two instants; none when `to` is not after `from`. Looks at most
    /// [`HORIZON_DAYS`] days ahead of `from`.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let mut worked = SignedDuration::ZERO;
        for (opens, closes) in self.spans(from) {
            if opens >= to {
                break;
            }
            let length = closes.min(to).duration_since(opens.max(from));
            worked += length.max(SignedDuration::ZERO);
        }
        worked
    }

    /// The working spans from the day of `at` on, in order, up to the horizon.
    fn spans(&self, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let first = self.zone.to_datetime(at).date();
        let days = (0..HORIZON_DAYS).map_while(move |days| first.checked_add(days.days()).ok());
        days.filter(|date| !self.holidays.contains(date))
            .flat_map(|date| {
                self.hours(date.weekday())
                    .iter()
                    .map(move |hours| (date, *hours))
            })
            .filter_map(|(date, (opens, closes))| {
                self.instant(date, opens).zip(self.instant(date, closes))
            })
    }

    fn hours(&self, weekday: Weekday) -> &[Hours] {
        let index = usize::try_from(weekday.to_monday_zero_offset()).unwrap_or_default();
        self.week.get(index).map_or(&[], Vec::as_slice)
    }

    /// The first instant at which the clock shows this minute of the date, or a later time.
    fn instant(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let wall = date.at(0, 0, 0, 0).checked_add(i64::from(minute).minutes());
        let shown = self.zone.to_ambiguous_timestamp(wall.ok()?);
        let is_skipped = matches!(shown.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        // Of a time that is shown twice this is the first, of one that is skipped the instant at
        // which it would be shown had the clock not been moved.
        let at = shown.compatible().ok()?;
        if is_skipped {
            let just_after = at.checked_add(1.nanosecond()).ok()?;
            let moved = self.zone.preceding(just_after).next();
            return moved.map(|transition| transition.timestamp());
        }
        Some(at)
    }
}

/// The end of what is looked at from `at`.
fn horizon(at: Timestamp) -> Timestamp {
    let length = SignedDuration::from_hours(24 * i64::from(HORIZON_DAYS));
    at.checked_add(length).unwrap_or(Timestamp::MAX)
}
