//! Calendars as tables and as laws, over changes of the clock in both hemispheres.

use jiff::tz;
use serde_json::{Value, json};

use super::super::fault::Fault;
use super::*;

fn calendar(document: &Value) -> Calendar {
    parse(document).unwrap()
}

/// Monday to Friday from 08:00 to 12:00 and from 13:00 to 17:00, without Christmas.
fn office(zone: &str) -> Calendar {
    let day = json!(["13:00-17:00", "08:00-12:00"]);
    calendar(
        &json!({"time_zone": zone, "holidays": ["2026-12-25"], "hours": {
        "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day}}),
    )
}

/// The same hours on every day of the week.
fn daily(zone: &str, spans: &[&str]) -> Calendar {
    let days = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let hours: serde_json::Map<_, _> = days
        .iter()
        .map(|day| ((*day).into(), json!(spans)))
        .collect();
    calendar(&json!({"time_zone": zone, "hours": hours}))
}

fn at(text: &str) -> Timestamp {
    match text.parse::<jiff::Zoned>() {
        Ok(zoned) => zoned.timestamp(),
        Err(_) => text.parse().unwrap(),
    }
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[test]
fn working_time_is_counted_within_the_hours_alone() {
    let berlin = office("Europe/Berlin");
    for (from, minutes, to) in [
        // Within a morning, over lunch, to the very end of a day, into the next day.
        (
            "2026-06-01T09:00[Europe/Berlin]",
            60,
            "2026-06-01T10:00[Europe/Berlin]",
        ),
        (
            "2026-06-01T11:30[Europe/Berlin]",
            60,
            "2026-06-01T13:30[Europe/Berlin]",
        ),
        (
            "2026-06-01T16:00[Europe/Berlin]",
            60,
            "2026-06-01T17:00[Europe/Berlin]",
        ),
        (
            "2026-06-01T16:00[Europe/Berlin]",
            61,
            "2026-06-02T08:01[Europe/Berlin]",
        ),
        // From before work, from a weekend, over a weekend, over a holiday and a weekend.
        (
            "2026-06-01T03:00[Europe/Berlin]",
            30,
            "2026-06-01T08:30[Europe/Berlin]",
        ),
        (
            "2026-06-06T12:00[Europe/Berlin]",
            1,
            "2026-06-08T08:01[Europe/Berlin]",
        ),
        (
            "2026-06-05T16:30[Europe/Berlin]",
            60,
            "2026-06-08T08:30[Europe/Berlin]",
        ),
        (
            "2026-12-24T16:30[Europe/Berlin]",
            60,
            "2026-12-28T08:30[Europe/Berlin]",
        ),
        // Over the changes of the clock: the same hours on the wall.
        (
            "2026-03-27T16:00[Europe/Berlin]",
            120,
            "2026-03-30T09:00[Europe/Berlin]",
        ),
        (
            "2026-10-23T16:00[Europe/Berlin]",
            120,
            "2026-10-26T09:00[Europe/Berlin]",
        ),
    ] {
        let work = SignedDuration::from_mins(minutes);
        assert_eq!(berlin.add(at(from), work), at(to), "{from} + {minutes}");
        assert_eq!(berlin.between(at(from), at(to)), work, "{from} to {to}");
    }
}

#[test]
fn a_working_day_ends_at_the_same_time_of_another_day() {
    let berlin = office("Europe/Berlin");
    assert_eq!(berlin.working_day(), hours(8));
    let three_days = berlin.working_time(Term::of_days(3));
    let due = berlin.add(at("2026-10-22T10:00[Europe/Berlin]"), three_days);
    assert_eq!(due, at("2026-10-27T10:00[Europe/Berlin]"));
    let uneven = calendar(&json!({"time_zone": "UTC",
        "hours": {"monday": ["08:00-16:00"], "friday": ["08:00-12:00"]}}));
    assert_eq!(uneven.working_day(), hours(6));
}

#[test]
fn an_hour_that_the_clock_skips_has_no_length_and_one_shown_twice_has_two() {
    for (zone, date, spans, worked) in [
        // Berlin skips 02:00–03:00 on 29 March and shows 02:00–03:00 twice on 25 October.
        ("Europe/Berlin", "2026-03-29", &["00:00-24:00"][..], 23 * 60),
        ("Europe/Berlin", "2026-03-29", &["02:00-03:00"], 0),
        (
            "Europe/Berlin",
            "2026-03-29",
            &["01:30-02:30", "02:30-03:30"],
            60,
        ),
        ("Europe/Berlin", "2026-10-25", &["00:00-24:00"], 25 * 60),
        (
            "Europe/Berlin",
            "2026-10-25",
            &["02:00-02:30", "02:30-03:00"],
            120,
        ),
        // Sydney skips on 4 October and shows twice on 5 April; Lord Howe moves by half an hour.
        ("Australia/Sydney", "2026-10-04", &["00:00-24:00"], 23 * 60),
        ("Australia/Sydney", "2026-04-05", &["01:00-04:00"], 4 * 60),
        (
            "Australia/Lord_Howe",
            "2026-10-04",
            &["00:00-24:00"],
            23 * 60 + 30,
        ),
        // Santiago moves at midnight; Samoa left out a whole day.
        ("America/Santiago", "2026-09-06", &["00:00-08:00"], 7 * 60),
        ("Pacific/Apia", "2011-12-30", &["08:00-17:00"], 0),
    ] {
        let calendar = daily(zone, spans);
        let day: Date = date.parse().unwrap();
        let spans = spans.len();
        let worked_then: SignedDuration = (0..spans)
            .map(|index| calendar.hours(day.weekday())[index])
            .map(|(opens, closes)| {
                let ends = calendar.instant(day, closes).unwrap();
                ends.duration_since(calendar.instant(day, opens).unwrap())
            })
            .fold(SignedDuration::ZERO, |sum, length| sum + length);
        assert_eq!(
            worked_then,
            SignedDuration::from_mins(worked),
            "{zone} {date}"
        );
    }
}

/// A small generator of numbers: the laws below are tried at the same places in every run.
fn random(state: &mut u64, below: i64) -> i64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    i64::try_from(*state >> 33).unwrap() % below
}

#[test]
fn adding_and_measuring_agree_and_never_go_back() {
    let calendars = [
        office("Europe/Berlin"),
        office("America/Santiago"),
        daily("Australia/Lord_Howe", &["00:30-02:15", "22:00-24:00"]),
        daily("America/New_York", &["00:00-24:00"]),
        daily("Africa/Casablanca", &["01:30-03:30"]),
        calendar(&json!({"time_zone": "Pacific/Apia", "hours": {"sunday": ["23:00-24:00"]}})),
    ];
    let start = at("2026-01-01T00:00:00Z");
    let mut state = 7;
    for calendar in &calendars {
        for _ in 0..300 {
            let from = start + SignedDuration::from_secs(random(&mut state, 366 * 86_400));
            let work = SignedDuration::from_secs(1 + random(&mut state, 40 * 3600));
            let due = calendar.add(from, work);
            assert_eq!(calendar.between(from, due), work, "{from} + {work:?}");
            assert!(due > from);
            let second = SignedDuration::from_secs(1);
            assert!(
                calendar.add(from, work + second) > due,
                "more work ends later"
            );
            assert!(
                calendar.add(from + second, work) >= due,
                "a later begin never ends earlier"
            );
            let middle = from + SignedDuration::from_secs(random(&mut state, 86_400));
            let parts = calendar.between(from, middle) + calendar.between(middle, due.max(middle));
            assert_eq!(
                parts,
                calendar.between(from, due.max(middle)),
                "parts add up"
            );
        }
    }
}

#[test]
fn nothing_passes_at_once_and_too_much_ends_at_the_horizon() {
    let weekly = calendar(&json!({"time_zone": "UTC", "hours": {"monday": ["08:00-08:01"]}}));
    let from = at("2026-06-06T12:00:00Z");
    assert_eq!(weekly.add(from, SignedDuration::ZERO), from);
    assert_eq!(weekly.add(from, hours(10_000)), horizon(from));
    assert_eq!(weekly.between(from, from), SignedDuration::ZERO);
    assert_eq!(
        weekly.between(from, at("2020-01-01T00:00:00Z")),
        SignedDuration::ZERO
    );
    let year = weekly.between(from, at("2027-06-06T12:00:00Z"));
    assert_eq!(year, SignedDuration::from_mins(52));
    let end = weekly.add(Timestamp::MAX, hours(1));
    assert_eq!(end, Timestamp::MAX);
}

#[test]
fn all_faults_of_a_calendar_are_named_at_once() {
    let faults = |document: Value| -> Vec<(String, &'static str)> {
        let faults = parse(&document).unwrap_err().into_inner();
        let pair = |fault: Fault| (fault.field, fault.code);
        faults.into_iter().map(pair).collect()
    };
    let found = faults(json!({"time_zone": "Europe/Atlantis", "zone": 1,
        "holidays": ["2026-02-30", "2026-1-1", 7, "2026-12-25T00:00"],
        "hours": {"monday": ["8:00-17:00"], "tuesday": ["17:00-08:00"], "funday": [],
            "wednesday": ["08:00-12:00", "11:59-13:00"], "thursday": "08:00-12:00",
            "friday": ["08:00-24:01"]}}));
    let expected = [
        ("zone", "unknown_field"),
        ("time_zone", "unknown"),
        ("hours.friday", "malformed"),
        ("hours.funday", "unknown"),
        ("hours.monday", "malformed"),
        ("hours.thursday", "wrong_type"),
        ("hours.tuesday", "invalid"),
        ("hours.wednesday", "overlap"),
        ("holidays", "malformed"),
        ("holidays", "malformed"),
        ("holidays", "wrong_type"),
        ("holidays", "malformed"),
    ];
    let found: Vec<_> = found
        .iter()
        .map(|(field, code)| (field.as_str(), *code))
        .collect();
    assert_eq!(found, expected);
    let idle = json!({"time_zone": "UTC", "hours": {"monday": []}});
    assert_eq!(faults(idle), [("hours".to_owned(), "no_working_time")]);
    let missing = [
        ("time_zone".to_owned(), "required"),
        ("hours".to_owned(), "required"),
    ];
    assert_eq!(faults(json!({})), missing);
}

#[test]
fn time_zones_are_known_without_the_system() {
    assert!(tz::db().get("Europe/Berlin").is_ok());
    assert!(
        jiff::tz::TimeZoneDatabase::bundled()
            .get("Europe/Berlin")
            .is_ok()
    );
}
