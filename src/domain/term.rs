//! A length of time as people set it: days, which calendars count, and exact time.

use std::fmt;

use jiff::{SignedDuration, Span};
use serde::{Serialize, Serializer};

/// The longest term, in days.
const DAYS_MOST: i64 = 366;
/// Seconds of a day of 24 hours.
const DAY: i64 = 86_400;

/// Days and whole seconds, at most 366 days in all; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Term {
    /// Days: civil days, working days or days of 24 hours, as the clock that counts them says.
    pub days: i32,
    /// Exact time, in whole seconds.
    pub seconds: i64,
}

impl Term {
    /// So many days.
    pub const fn of_days(days: i32) -> Self {
        Self { days, seconds: 0 }
    }

    /// Parses `3d`, `1d 12h`, `90 minutes`, `P3D` or `PT4H`.
    ///
    /// # Errors
    /// The fault's code and message.
    pub fn parse(text: &str) -> Result<Self, (&'static str, String)> {
        let span: Span = text.parse().map_err(|_unreadable| {
            let message = format!("{text:?} is no duration such as \"4h\", \"3d\" or \"PT90M\"");
            ("malformed", message)
        })?;
        if span.is_negative() {
            return Err(("out_of_range", "must not be negative".into()));
        }
        let has_calendar_units =
            span.get_years() != 0 || span.get_months() != 0 || span.get_weeks() != 0;
        let subsecond = span.get_milliseconds() != 0
            || span.get_microseconds() != 0
            || span.get_nanoseconds() != 0;
        if has_calendar_units || subsecond {
            let message = "may have days, hours, minutes and whole seconds only";
            return Err(("invalid", message.into()));
        }
        let minutes = i64::from(span.get_hours()) * 60 + span.get_minutes();
        let term = Self {
            days: span.get_days(),
            seconds: minutes
                .saturating_mul(60)
                .saturating_add(span.get_seconds()),
        };
        if term.seconds.saturating_add(i64::from(term.days) * DAY) > DAYS_MOST * DAY {
            return Err(("out_of_range", format!("must be at most {DAYS_MOST} days")));
        }
        Ok(term)
    }

    /// As [`Term::parse`], and longer than nothing.
    ///
    /// # Errors
    /// The fault's code and message.
    pub fn positive(text: &str) -> Result<Self, (&'static str, String)> {
        match Self::parse(text)? {
            term if term.is_zero() => Err(("out_of_range", "must be longer than nothing".into())),
            term => Ok(term),
        }
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.days == 0 && self.seconds == 0
    }

    /// Its length when a day has 24 hours.
    pub fn exact(self) -> SignedDuration {
        SignedDuration::from_secs(i64::from(self.days) * DAY) + self.time()
    }

    /// Its exact part.
    pub const fn time(self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.days, self.seconds) {
            (days, 0) => write!(f, "{days}d"),
            (0, _) => write!(f, "{:#}", self.time()),
            (days, _) => write!(f, "{days}d {:#}", self.time()),
        }
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn friendly_and_iso_durations_are_read_and_written_back() {
        for (text, days, seconds, written) in [
            ("4h", 0, 14_400, "4h"),
            ("3d", 3, 0, "3d"),
            ("1d 12h", 1, 43_200, "1d 12h"),
            ("1d12h", 1, 43_200, "1d 12h"),
            ("P3D", 3, 0, "3d"),
            ("PT90M", 0, 5400, "1h 30m"),
            ("1.5h", 0, 5400, "1h 30m"),
            ("90 minutes", 0, 5400, "1h 30m"),
            ("48h", 0, 172_800, "48h"),
            ("0s", 0, 0, "0d"),
            ("366d", 366, 0, "366d"),
        ] {
            let term = Term::parse(text).unwrap();
            assert_eq!((term.days, term.seconds), (days, seconds), "{text}");
            assert_eq!(term.to_string(), written);
            assert_eq!(Term::parse(written), Ok(term));
        }
    }

    #[test]
    fn what_no_clock_counts_is_refused() {
        for bad in [
            "",
            "3",
            "d",
            "-3d",
            "-PT1H",
            "3d ago",
            "1mo",
            "1y",
            "2w",
            "P1M",
            "1.5s",
            "5ms",
            "367d",
            "8785h",
            "999999999d",
            "soon",
            "\u{0}",
        ] {
            assert!(Term::parse(bad).is_err(), "{bad}");
        }
        assert!(Term::positive("0d").is_err());
    }
}
