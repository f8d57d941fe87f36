//! When runs begin: the five fields of cron, on the calendar of a time zone.
//!
//! A time that a clock skips begins when the clock would have shown it, had it not been put forward; of one that it
//! shows twice the first counts. So every day of the schedule has its run, and none has two.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// How far ahead a moment is looked for: from one leap day to the next are up to eight years.
const HORIZON_DAYS: i64 = 366 * 9;
/// The longest that each month can be.
const LONGEST: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Numbers from 0 to 63.
type Numbers = u64;

/// Minute, hour, day of the month, month, day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    minutes: Numbers,
    hours: Numbers,
    days: Numbers,
    months: Numbers,
    /// From Sunday, 0, on.
    weekdays: Numbers,
    /// Days of the month and of the week are both narrowed: one of them must fit, as with cron.
    either_day: bool,
}

impl FromStr for Schedule {
    type Err = String;

    /// Reads `0 3 * * *`: numbers, `*`, ranges (`1-5`), steps (`*/15`) and lists of these (`1,15`).
    fn from_str(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            let expected = "minute, hour, day of the month, month and day of the week";
            return Err(format!(
                "expected five fields: {expected}, such as 0 3 * * *"
            ));
        };
        let weekdays = field(weekday, "day of the week", 0, 7)?;
        let schedule = Self {
            text: fields.join(" "),
            minutes: field(minute, "minute", 0, 59)?,
            hours: field(hour, "hour", 0, 23)?,
            days: field(day, "day of the month", 1, 31)?,
            months: field(month, "month", 1, 12)?,
            // Sunday is 0 and 7.
            weekdays: weekdays | (weekdays >> 7 & 1),
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        };
        if schedule.has_a_day() {
            Ok(schedule)
        } else {
            Err("no month has such a day".into())
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Schedule {
    /// The first moment after `after`; `None` beyond the end of the calendar.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let first = zone.to_datetime(after).date();
        let dates = (0..HORIZON_DAYS).map_while(|days| first.checked_add(days.days()).ok());
        dates
            .filter(|date| self.fits(*date))
            .find_map(|date| self.moment(date, after, zone))
    }

    /// The first of its moments on a date after `after`.
    fn moment(&self, date: Date, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let hours = (0..24).filter(|hour| has(self.hours, *hour));
        let minutes = |hour: i8| {
            let minutes = (0..60).filter(|minute| has(self.minutes, *minute));
            minutes.map(move |minute| (hour, minute))
        };
        let moments = hours.flat_map(minutes).filter_map(|(hour, minute)| {
            let shown = zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0));
            shown.compatible().ok()
        });
        moments.filter(|moment| *moment > after).min()
    }

    fn fits(&self, date: Date) -> bool {
        let is_day = has(self.days, date.day());
        let is_weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        let fits = if self.either_day {
            is_day || is_weekday
        } else {
            is_day && is_weekday
        };
        fits && has(self.months, date.month())
    }

    fn has_a_day(&self) -> bool {
        let mut months = (1..)
            .zip(LONGEST)
            .filter(|(month, _)| has(self.months, *month));
        self.either_day || months.any(|(_, longest)| self.days.trailing_zeros() <= longest)
    }
}

fn has(numbers: Numbers, number: i8) -> bool {
    u32::try_from(number).is_ok_and(|number| numbers >> number & 1 == 1)
}

/// The numbers of a field.
fn field(text: &str, what: &str, least: u32, most: u32) -> Result<Numbers, String> {
    let wrong = || {
        let forms = "a number, *, a range 1-5, a step */15 or a list 1,15";
        format!("the {what} must be {forms}, from {least} to {most}; got {text:?}")
    };
    let mut numbers = 0;
    for part in text.split(',') {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => number(from).zip(number(to)).ok_or_else(wrong)?,
            None => {
                let from = number(range).ok_or_else(wrong)?;
                (from, if part.contains('/') { most } else { from })
            }
        };
        let step = number(step).filter(|step| *step > 0).ok_or_else(wrong)?;
        if from < least || to > most || from > to {
            return Err(wrong());
        }
        let steps = usize::try_from(step).unwrap_or(usize::MAX);
        numbers |= (from..=to)
            .step_by(steps)
            .fold(0, |all, one| all | 1 << one);
    }
    Ok(numbers)
}

fn number(text: &str) -> Option<u32> {
    let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}
