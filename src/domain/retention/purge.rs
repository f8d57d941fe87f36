//! A purge as an admin asks for it.

use super::super::fault::Faults;
use super::super::status::Status;
use super::{days, status};

/// What a run is narrowed to; nothing narrows the runs of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purge {
    /// Only complaints in this status.
    pub status: Option<Status>,
    /// Replaces the days of every rule.
    pub days: Option<u32>,
}

impl Purge {
    /// Reads what an admin asks for; `names` are those of the status and of the days, as the admin wrote them.
    ///
    /// # Errors
    /// Every fault; that of an age says the bounds.
    pub fn parse(
        status_word: Option<&str>,
        days_old: Option<&str>,
        names: (&str, &str),
    ) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let status = status_word.and_then(|word| faults.keep(names.0, status(word)));
        let days = days_old.and_then(|text| faults.keep(names.1, age(text)));
        faults.into_result(Some(Self { status, days }))
    }
}

/// A number of days.
fn age(text: &str) -> Result<u32, (&'static str, String)> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let bounds = days(0).map_or_else(|(_, bounds)| bounds, |_| String::new());
        return Err(("malformed", format!("must be a whole number, and {bounds}")));
    }
    // More digits than a number has are out of range too.
    days(text.parse().unwrap_or_default())
}
