//! Erasing complaints: how much of one goes, why, and what forbids it.
//!
//! Only words and rules of age; [`super::change`] decides under the complaint's row lock.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

/// The least time that a complaint is resolved, closed or rejected before retention or a purge touches it.
pub const LEAST_AGE: SignedDuration = SignedDuration::from_hours(24);
/// How long after its end a day may still get events: commands and clocks of nodes are never so late.
const GRACE: SignedDuration = SignedDuration::from_hours(1);
/// The longest reason of a hold or of an admin's erasure, in characters.
pub const REASON_LONGEST: usize = 1000;
/// How far away the end of a hold may be.
const HOLD_LONGEST: SignedDuration = SignedDuration::from_hours(100 * 366 * 24);
/// What an anonymised complaint's place is rounded to: parts of a degree, about a kilometre.
const PLACES_A_DEGREE: f64 = 100.0;

/// How much of a complaint goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything; a tombstone stays.
    Erase,
    /// Who reported it, free text and photos; its place is rounded. Category, times and status stay.
    Anonymise,
    /// Who reported it, and nothing else.
    EraseIdentity,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Erase, Self::Anonymise, Self::EraseIdentity];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Anonymise => "anonymise",
            Self::EraseIdentity => "erase_identity",
        }
    }

    /// The mode that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }
}

/// Why it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The period of the policy is over.
    Retention,
    /// An admin cleared out.
    Purge,
    /// A person asked for it.
    Request,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Retention, Self::Purge, Self::Request];

    /// The word used in JSON and SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Purge => "purge",
            Self::Request => "request",
        }
    }

    /// The reason that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// What is to be done to a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erasure {
    /// How much goes.
    pub mode: Mode,
    /// Why.
    pub reason: Reason,
    /// The run that does it; `None` for a single request.
    pub run: Option<Uuid>,
}

impl Erasure {
    /// From when on a complaint may be erased that entered its present status at `since`; `None` when it may be
    /// now. A person's own request for what is theirs waits for nothing; nothing is erased whose day may still be
    /// counted, or figures of that day would lose it.
    pub fn waits_until(self, since: Timestamp, now: Timestamp) -> Option<Timestamp> {
        if self.reason == Reason::Request && self.mode != Mode::Erase {
            return None;
        }
        let old_enough = since.saturating_add(LEAST_AGE).unwrap_or(Timestamp::MAX);
        let counted = match self.mode {
            Mode::Erase => settled_from(since),
            Mode::Anonymise | Mode::EraseIdentity => old_enough,
        };
        Some(old_enough.max(counted)).filter(|from| *from > now)
    }
}

/// The first day (UTC) that is not over for good at `now`: those before it get no more events.
pub fn settled(now: Timestamp) -> Date {
    day(now.saturating_sub(GRACE).unwrap_or(now))
}

/// From when on the day of `at` is over for good.
fn settled_from(at: Timestamp) -> Timestamp {
    let next = day(at).tomorrow().ok();
    let midnight = next.and_then(|day| day.to_zoned(TimeZone::UTC).ok());
    let over = midnight.and_then(|midnight| midnight.timestamp().saturating_add(GRACE).ok());
    over.unwrap_or(Timestamp::MAX)
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// A degree of an anonymised place.
pub fn rounded(degree: f64) -> f64 {
    (degree * PLACES_A_DEGREE).round() / PLACES_A_DEGREE
}

/// A legal hold: nothing of its complaint is erased while it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalHold {
    /// The admin who placed it.
    pub placed_by: Uuid,
    /// Why, for admins.
    pub reason: String,
    /// When it was placed, or changed last.
    pub placed_at: Timestamp,
    /// Its end; `None`: until it is released.
    pub until: Option<Timestamp>,
}

impl LegalHold {
    /// Whether it holds at `now`.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

/// The end of a hold, in microseconds, as PostgreSQL keeps it.
///
/// # Errors
/// The fault's code and message when it is no time, in the past or absurdly far away.
pub fn end_of_hold(text: &str, now: Timestamp) -> Result<Timestamp, (&'static str, String)> {
    let malformed = "must be a time such as 2027-12-01T08:00:00Z";
    let until: Result<Timestamp, _> = text.parse();
    let until = until.map_err(|_error| ("malformed", malformed.to_owned()))?;
    let until = Timestamp::from_microsecond(until.as_microsecond()).unwrap_or(until);
    let latest = now.saturating_add(HOLD_LONGEST).unwrap_or(Timestamp::MAX);
    if until <= now || until > latest {
        let message = "must be in the future, at most a hundred years from now";
        return Err(("out_of_range", message.into()));
    }
    Ok(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn by(mode: Mode, reason: Reason) -> Erasure {
        let run = None;
        Erasure { mode, reason, run }
    }

    #[test]
    fn retention_and_purge_wait_a_day_and_until_the_day_is_counted() {
        let (since, erase) = (at("2026-11-24T12:00:00Z"), Mode::Erase);
        for reason in [Reason::Retention, Reason::Purge] {
            let wait = |now| by(erase, reason).waits_until(since, at(now));
            let from = at("2026-11-25T12:00:00Z");
            assert_eq!(wait("2026-11-25T11:59:59Z"), Some(from));
            assert_eq!(wait("2026-11-25T12:00:00Z"), None);
        }
        // A day and half an hour later its day is over, but may still get events.
        let early = at("2026-11-24T00:10:00Z");
        let wait = |mode, now| by(mode, Reason::Purge).waits_until(early, at(now));
        let counted = at("2026-11-25T01:00:00Z");
        assert_eq!(wait(erase, "2026-11-25T00:40:00Z"), Some(counted));
        assert_eq!(wait(Mode::Anonymise, "2026-11-25T00:40:00Z"), None);
        assert_eq!(wait(erase, "2026-11-25T01:00:00Z"), None);
    }

    #[test]
    fn what_may_be_erased_is_of_days_that_are_settled() {
        let erase = by(Mode::Erase, Reason::Retention);
        let mut since = at("2026-11-23T00:00:00Z");
        while since < at("2026-11-25T00:00:00Z") {
            let first = erase.waits_until(since, since).unwrap();
            assert!(settled(first) > day(since), "{since} from {first}");
            since += SignedDuration::from_mins(10);
        }
    }

    #[test]
    fn a_person_waits_for_nothing_but_a_whole_erasure() {
        let now = at("2026-11-24T12:00:00Z");
        let wait = |mode| by(mode, Reason::Request).waits_until(now, now);
        assert_eq!(wait(Mode::EraseIdentity), None);
        assert_eq!(wait(Mode::Anonymise), None);
        assert!(wait(Mode::Erase).is_some(), "figures would lose it");
    }

    #[test]
    fn words_lead_back() {
        for mode in Mode::ALL {
            assert_eq!(Mode::parse(mode.as_str()), Some(mode));
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!((Mode::parse("all"), Reason::parse("")), (None, None));
    }

    #[test]
    fn a_hold_ends_with_its_end() {
        let hold = |until: Option<&str>| LegalHold {
            placed_by: Uuid::nil(),
            reason: "a trial".into(),
            placed_at: at("2026-11-01T00:00:00Z"),
            until: until.map(at),
        };
        let now = at("2026-11-24T12:00:00Z");
        assert!(hold(None).is_in_force(now));
        assert!(hold(Some("2026-11-24T12:00:01Z")).is_in_force(now));
        assert!(!hold(Some("2026-11-24T12:00:00Z")).is_in_force(now));
    }

    #[test]
    fn the_end_of_a_hold_is_in_the_future_and_not_absurd() {
        let now = at("2026-11-24T12:00:00Z");
        let end = |text| end_of_hold(text, now).map_err(|(code, _)| code);
        assert_eq!(
            end("2027-01-01T01:00:00+01:00"),
            Ok(at("2027-01-01T00:00:00Z"))
        );
        for (text, code) in [
            ("soon", "malformed"),
            ("", "malformed"),
            ("2026-11-24T12:00:00Z", "out_of_range"),
            ("9999-01-01T00:00:00Z", "out_of_range"),
        ] {
            assert_eq!(end(text), Err(code), "{text}");
        }
    }

    #[test]
    fn places_are_rounded_to_a_hundredth_of_a_degree() {
        assert_eq!([54.099_4, -7.585, 0.0].map(rounded), [54.10, -7.59, 0.0]);
    }
}
