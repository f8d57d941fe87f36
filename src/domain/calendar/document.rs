//! A business calendar as admins write it.
//!
//! ```json
//! {"time_zone": "Europe/Berlin",
//!  "hours": {"monday": ["08:00-12:00", "13:00-17:00"], "tuesday": ["08:00-17:00"]},
//!  "holidays": ["2026-12-25", "2026-12-26"]}
//! ```
//!
//! A day that `hours` does not name is free. A span may end at `24:00`. `holidays` may be absent.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::super::document::{list, object, shortened, text};
use super::super::fault::Faults;
use super::{Calendar, Hours};

/// The days of a week in the order of [`Calendar`]'s week.
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// Most spans of one day.
const SPANS_MOST: usize = 24;
/// Most holidays.
const HOLIDAYS_MOST: usize = 1000;
/// Minutes of a day.
const MIDNIGHT: u16 = 24 * 60;

/// The calendar that `document` describes.
///
/// # Errors
/// Every fault, with its place.
pub fn parse(document: &Value) -> Result<Calendar, Faults> {
    let mut faults = Faults::default();
    let calendar = object(document, "document", &mut faults)
        .and_then(|members| calendar(members, &mut faults));
    faults.into_result(calendar)
}

fn calendar(members: &Map<String, Value>, faults: &mut Faults) -> Option<Calendar> {
    for name in members.keys() {
        if !["time_zone", "hours", "holidays"].contains(&name.as_str()) {
            let message = "is not one of time_zone, hours, holidays";
            faults.add(&shortened(name), "unknown_field", message);
        }
    }
    let zone = required(members, "time_zone", faults).and_then(|value| zone(value, faults));
    let week = required(members, "hours", faults).and_then(|value| week(value, faults));
    let holidays = members.get("holidays");
    let holidays = holidays.map_or_else(BTreeSet::new, |value| holidays_of(value, faults));
    Some(Calendar {
        zone: zone?,
        week: week?,
        holidays,
    })
}

fn required<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    faults: &mut Faults,
) -> Option<&'a Value> {
    let value = members.get(name);
    if value.is_none() {
        faults.add(name, "required", "must be given");
    }
    value
}

fn zone(value: &Value, faults: &mut Faults) -> Option<TimeZone> {
    let name = text(value, "time_zone", faults)?;
    let found = TimeZone::get(name).ok();
    if found.is_none() {
        let message = "is no time zone of the IANA database, such as Europe/Berlin";
        faults.add("time_zone", "unknown", message);
    }
    found
}

fn week(value: &Value, faults: &mut Faults) -> Option<[Vec<Hours>; 7]> {
    let mut week: [Vec<Hours>; 7] = Default::default();
    let days = object(value, "hours", faults)?;
    let before = faults.clone();
    for (name, value) in days {
        let place = format!("hours.{}", shortened(name));
        let index = WEEKDAYS.iter().position(|weekday| weekday == name);
        let Some(day) = index.and_then(|index| week.get_mut(index)) else {
            faults.add(&place, "unknown", "is no day of the week, such as monday");
            continue;
        };
        *day = hours(value, &place, faults);
    }
    if week.iter().all(Vec::is_empty) && *faults == before {
        let message = "no day has working hours: no deadline would ever pass";
        faults.add("hours", "no_working_time", message);
    }
    Some(week)
}

fn hours(value: &Value, place: &str, faults: &mut Faults) -> Vec<Hours> {
    let mut spans = Vec::new();
    for item in list(value, place, SPANS_MOST, faults) {
        let Some(span) = text(item, place, faults).map(span) else {
            continue;
        };
        match span {
            Some((opens, closes)) if opens < closes => spans.push((opens, closes)),
            Some(_) => faults.add(place, "invalid", "a span must end after it begins"),
            None => faults.add(place, "malformed", "must be spans such as 08:00-17:00"),
        }
    }
    spans.sort_unstable();
    let overlap = |(one, next): (&Hours, &Hours)| next.0 < one.1;
    if spans.iter().zip(spans.iter().skip(1)).any(overlap) {
        faults.add(place, "overlap", "two spans of a day overlap");
    }
    spans
}

/// `08:00-17:00` as minutes of the day.
fn span(text: &str) -> Option<Hours> {
    let (opens, closes) = text.split_once('-')?;
    Some((minute(opens)?, minute(closes)?))
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= MIDNIGHT).then_some(of_day)
}

fn holidays_of(value: &Value, faults: &mut Faults) -> BTreeSet<Date> {
    let mut holidays = BTreeSet::new();
    for item in list(value, "holidays", HOLIDAYS_MOST, faults) {
        let Some(text) = text(item, "holidays", faults) else {
            continue;
        };
        let written = |date: &Date| date.to_string() == text;
        match text.parse::<Date>().ok().filter(written) {
            Some(date) => {
                holidays.insert(date);
            }
            None => faults.add(
                "holidays",
                "malformed",
                format!("{:?} is no date such as 2026-12-25", shortened(text)),
            ),
        }
    }
    holidays
}
