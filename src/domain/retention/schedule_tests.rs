//! Schedules on calendars with their odd days, as tables.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Schedule;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moments of a schedule after one, up to `count` of them.
fn moments(schedule: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let schedule: Schedule = schedule.parse().unwrap();
    let zone = TimeZone::get(zone).unwrap();
    let next = |after: &Timestamp| schedule.next(*after, &zone);
    std::iter::successors(next(&at(after)), next)
        .take(count)
        .map(|moment| moment.to_string())
        .collect()
}

/// A schedule, its zone, the moment after which, and the next moments.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

fn check(cases: &[Case]) {
    for (schedule, zone, after, expected) in cases {
        let found = moments(schedule, zone, after, expected.len());
        assert_eq!(&found, expected, "{schedule} {zone} after {after}");
    }
}

#[test]
fn a_schedule_is_on_the_calendar_of_its_zone() {
    check(&[
        (
            "0 3 * * *",
            "UTC",
            "2026-11-26T02:59:59Z",
            &["2026-11-26T03:00:00Z", "2026-11-27T03:00:00Z"],
        ),
        // A moment is not its own next one.
        (
            "0 3 * * *",
            "UTC",
            "2026-11-26T03:00:00Z",
            &["2026-11-27T03:00:00Z"],
        ),
        // Clocks are put forward from 02:00 to 03:00 on the 29th.
        (
            "0 3 * * *",
            "Europe/Berlin",
            "2026-03-28T00:00:00Z",
            &[
                "2026-03-28T02:00:00Z",
                "2026-03-29T01:00:00Z",
                "2026-03-30T01:00:00Z",
            ],
        ),
    ]);
}

#[test]
fn a_time_that_the_clock_skips_or_shows_twice_has_one_run() {
    check(&[
        // 02:30 is skipped on that day: the run is at 03:30, and there is one.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"],
        ),
        // Nor are there two when the next hour is on the schedule as well; and they come in order.
        (
            "30 2,3 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            &["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"],
        ),
        (
            "0,30 2,3 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            &[
                "2026-03-29T01:00:00Z",
                "2026-03-29T01:30:00Z",
                "2026-03-30T00:00:00Z",
            ],
        ),
        // Clocks are put back from 03:00 to 02:00 on the 25th: 02:30 is shown twice, and counts once.
        (
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        // A day that was skipped whole.
        (
            "0 3 * * *",
            "Pacific/Apia",
            "2011-12-29T14:00:00Z",
            &["2011-12-30T13:00:00Z", "2011-12-31T13:00:00Z"],
        ),
    ]);
}

#[test]
fn days_are_found_however_rare_they_are() {
    check(&[
        (
            "0 3 29 2 *",
            "UTC",
            "2026-01-01T00:00:00Z",
            &["2028-02-29T03:00:00Z", "2032-02-29T03:00:00Z"],
        ),
        // 2100 is no leap year.
        (
            "0 3 29 2 *",
            "UTC",
            "2096-03-01T00:00:00Z",
            &["2104-02-29T03:00:00Z"],
        ),
        (
            "*/20 4 * * *",
            "UTC",
            "2026-11-26T04:00:00Z",
            &[
                "2026-11-26T04:20:00Z",
                "2026-11-26T04:40:00Z",
                "2026-11-27T04:00:00Z",
            ],
        ),
        // Sunday is 0 and 7; the 26th is a Thursday.
        (
            "0 3 * * 7",
            "UTC",
            "2026-11-26T12:00:00Z",
            &["2026-11-29T03:00:00Z"],
        ),
        (
            "0 3 * * 0",
            "UTC",
            "2026-11-26T12:00:00Z",
            &["2026-11-29T03:00:00Z"],
        ),
        (
            "0 3 * * 1-5",
            "UTC",
            "2026-11-27T12:00:00Z",
            &["2026-11-30T03:00:00Z"],
        ),
        // With both days narrowed one of them must fit.
        (
            "0 3 1 * 6",
            "UTC",
            "2026-11-26T12:00:00Z",
            &[
                "2026-11-28T03:00:00Z",
                "2026-12-01T03:00:00Z",
                "2026-12-05T03:00:00Z",
            ],
        ),
        (
            "0 3 31 2 1",
            "UTC",
            "2026-02-22T12:00:00Z",
            &["2026-02-23T03:00:00Z"],
        ),
    ]);
}

#[test]
fn what_is_no_schedule_is_refused() {
    for bad in [
        "",
        "0 3 * *",
        "0 3 * * * *",
        "60 3 * * *",
        "0 24 * * *",
        "0 3 0 * *",
        "0 3 32 * *",
        "0 3 * 13 *",
        "0 3 * * 8",
        "x 3 * * *",
        "-1 3 * * *",
        "5-1 3 * * *",
        "*/0 3 * * *",
        "1, 3 * * *",
        "1--2 3 * * *",
        "0 3 31 2 *",
        "0 3 30 2,2 *",
        "0 3 31 4,6,9,11 *",
        "001 3 * * *",
    ] {
        assert!(bad.parse::<Schedule>().is_err(), "{bad}");
    }
    let kept: Schedule = " 0  3 * * * ".parse().unwrap();
    assert_eq!(kept.to_string(), "0 3 * * *");
}
