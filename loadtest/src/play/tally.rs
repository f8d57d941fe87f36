//! What the players count: how long everything took, how it ended, and what the server must have counted too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Instant;

use super::histogram::Histogram;

/// Kinds of errors that are told apart.
const ERRORS: usize = 50;

/// One kind of deed.
#[derive(Default)]
pub(crate) struct Kind {
    pub(crate) errors: u64,
    pub(crate) times: Histogram,
}

/// What ended within the present second.
#[derive(Default)]
pub(crate) struct Second {
    pub(crate) times: Histogram,
    pub(crate) errors: u64,
}

/// What the server did for the players, as far as they were told.
#[derive(Debug, Default, Clone)]
pub(crate) struct Known {
    /// Answers by method, route template and status.
    pub(crate) answers: BTreeMap<(&'static str, &'static str, u16), u64>,
    /// Complaints by region.
    pub(crate) submitted: BTreeMap<String, u64>,
    /// Changes of status, from and to.
    pub(crate) transitions: BTreeMap<(&'static str, &'static str), u64>,
    /// Events that this must have made.
    pub(crate) events: u64,
    pub(crate) photos: u64,
    /// Requests whose answer never came, or does not say whether anything was done.
    pub(crate) unanswered: u64,
    /// Submissions among them.
    pub(crate) unanswered_submissions: u64,
}

/// All counts. One thread's.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) kinds: BTreeMap<&'static str, Kind>,
    pub(crate) all: Histogram,
    /// By how much requests were sent later than the timetable says.
    pub(crate) lateness: Histogram,
    pub(crate) second: Second,
    pub(crate) errors: BTreeMap<String, u64>,
    pub(crate) failed: u64,
    /// Deeds that met an outage of our making, and those among them that failed.
    pub(crate) in_outages: u64,
    pub(crate) failed_in_outages: u64,
    pub(crate) known: Known,
    /// When the server or its database was away by our doing; the last one may go on.
    outages: Vec<(Instant, Option<Instant>)>,
}

/// The counts, for all players.
#[derive(Default)]
pub(crate) struct Tally(pub(crate) RefCell<Counts>);

impl Tally {
    /// A deed that should have begun at `at` ended now.
    pub(crate) fn ended(&self, name: &'static str, at: Instant, outcome: Result<(), String>) {
        let mut counts = self.0.borrow_mut();
        let now = Instant::now();
        let us = u64::try_from((now - at).as_micros()).unwrap_or(u64::MAX);
        if counts.met_outage(at, now) {
            counts.in_outages += 1;
            counts.failed_in_outages += u64::from(outcome.is_err());
            return;
        }
        counts.all.note(us);
        counts.second.times.note(us);
        let kind = counts.kinds.entry(name).or_default();
        kind.times.note(us);
        if let Err(error) = outcome {
            kind.errors += 1;
            counts.failed += 1;
            counts.second.errors += 1;
            counts.tell_apart(format!("{name}: {error}"));
        }
    }

    /// An answer came.
    pub(crate) fn answered(&self, method: &'static str, template: &'static str, status: u16) {
        let mut counts = self.0.borrow_mut();
        let answers = &mut counts.known.answers;
        *answers.entry((method, template, status)).or_default() += 1;
    }

    /// Something was done, as an answer says.
    pub(crate) fn know(&self, note: impl FnOnce(&mut Known)) {
        note(&mut self.0.borrow_mut().known);
    }

    /// An outage of our making begins.
    pub(crate) fn outage_begins(&self) {
        self.0.borrow_mut().outages.push((Instant::now(), None));
    }

    /// Everything is there again.
    pub(crate) fn outage_ends(&self) {
        if let Some((_, end)) = self.0.borrow_mut().outages.last_mut() {
            *end = Some(Instant::now());
        }
    }
}

impl Counts {
    /// Share of the deeds outside of outages that failed.
    pub(crate) fn error_rate(&self) -> f64 {
        self.failed as f64 / (self.all.count().max(1)) as f64
    }

    fn met_outage(&self, from: Instant, to: Instant) -> bool {
        self.outages
            .iter()
            .any(|(begin, end)| to >= *begin && end.is_none_or(|end| from <= end))
    }

    fn tell_apart(&mut self, error: String) {
        let error: String = error.chars().take(300).collect();
        let is_known = self.errors.contains_key(&error);
        let name = if is_known || self.errors.len() < ERRORS {
            error
        } else {
            "others".into()
        };
        *self.errors.entry(name).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn latency_begins_at_the_moment_of_the_timetable() {
        let tally = Tally::default();
        let at = Instant::now() - Duration::from_millis(500);
        tally.ended("list", at, Ok(()));
        let counts = tally.0.borrow();
        assert!(
            counts.all.ms(0.5) >= 500.0,
            "the wait before the request counts"
        );
        assert!(counts.kinds["list"].times.ms(1.0) >= 500.0);
        assert_eq!(counts.error_rate(), 0.0);
    }

    #[test]
    fn failures_are_counted_and_told_apart_within_bounds() {
        let tally = Tally::default();
        for number in 0..200 {
            tally.ended("list", Instant::now(), Err(format!("status {number}")));
        }
        let counts = tally.0.borrow();
        assert_eq!(
            (counts.error_rate(), counts.errors.len()),
            (1.0, ERRORS + 1)
        );
        assert_eq!(counts.errors["others"], 150);
    }

    #[test]
    fn what_meets_an_outage_is_counted_apart() {
        let tally = Tally::default();
        let before = Instant::now();
        tally.outage_begins();
        tally.ended("list", before, Err("status 503".into()));
        tally.outage_ends();
        tally.ended("list", before, Err("it began before the end".into()));
        tally.ended("list", Instant::now() + Duration::from_millis(1), Ok(()));
        let counts = tally.0.borrow();
        assert_eq!((counts.in_outages, counts.failed_in_outages), (2, 2));
        assert_eq!((counts.all.count(), counts.failed), (1, 0));
    }
}
