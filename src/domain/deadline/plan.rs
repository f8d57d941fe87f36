//! What holds for one complaint: how its deadlines move with its status, and when its desk must
//! look at it next by itself.
//!
//! A complaint has one deadline that runs (`due_at`). While it is on hold, or its status has a
//! deadline of its own (the nearer one runs), the deadline to resolve is kept in `due_when_held`. Levels of
//! escalation are counted for the deadline that runs, and start anew with another one.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use uuid::Uuid;

use super::super::action::Action;
use super::super::calendar::Calendar;
use super::super::complaint::Complaint;
use super::super::status::Status;
use super::super::term::Term;
use super::super::workflow::Workflow;
use super::{Clock, Level, Rule};

/// The longest wait on hold.
const HOLD_LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// What a timer does when its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// A deadline has passed; this level of escalation is reached.
    Escalate {
        /// 1 to 3.
        level: i16,
        /// Who gets the complaint.
        reassign_to: Option<Uuid>,
    },
    /// The time on hold is over.
    Wake,
    /// Nobody contested the resolution in time.
    AutoClose,
}

/// The rules for one complaint: of its category, region and severity.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The deadlines.
    pub rule: Option<&'a Rule>,
    /// The region's calendar.
    pub calendar: Option<&'a Calendar>,
    /// The workflow in force.
    pub workflow: &'a Workflow,
}

impl Plan<'_> {
    /// Sets the deadline and the timer of a new complaint: to acknowledge it, or to resolve it.
    pub fn submitted(&self, complaint: &mut Complaint) {
        let rule = self.rule;
        let term = rule.and_then(|rule| rule.acknowledge_within.or(rule.resolve_within));
        let due = term.map(|term| self.plus(complaint.created_at, term));
        self.run(complaint, due);
    }

    /// Moves deadlines, timers and times of a complaint that has just entered its status at
    /// `status_since`; `before` is the complaint before that, `hold_until` when it wakes up.
    pub fn entered(
        &self,
        before: &Complaint,
        complaint: &mut Complaint,
        hold_until: Option<Timestamp>,
    ) {
        let now = complaint.status_since;
        if before.status == Status::Reported {
            complaint.life.acknowledged_at.get_or_insert(now);
        }
        if complaint.status == Status::Resolved {
            complaint.life.resolved_at = Some(now);
        }
        complaint.life.hold_until = hold_until.filter(|_| complaint.status == Status::OnHold);
        if complaint.status.is_open() {
            let had = self.due_of(before);
            let due = self.due(before, had, now);
            self.run(complaint, due);
            // The levels of a deadline that still runs, or waits, go on; others begin anew.
            let goes_on = is_running(before, had) && is_running(complaint, due);
            if before.status == Status::Reported || !before.status.is_open() || !goes_on {
                complaint.life.escalation = 0;
            }
        } else {
            complaint.life.due_at = None;
            complaint.life.due_when_held = None;
        }
        self.arm(complaint);
    }

    /// The deadline to acknowledge or to resolve that a complaint has: it waits, or it runs.
    fn due_of(&self, complaint: &Complaint) -> Option<Timestamp> {
        let limit = self.limit(complaint);
        let runs = complaint.life.due_at.filter(|due| Some(*due) != limit);
        complaint.life.due_when_held.or(runs)
    }

    /// The deadline to resolve, after a step at `now` from an open status to another one; `had` is
    /// what the complaint had before.
    fn due(&self, before: &Complaint, had: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let resolve = self.rule.and_then(|rule| rule.resolve_within);
        match before.status {
            Status::Reported => resolve.map(|term| self.plus(before.created_at, term)),
            Status::Acknowledged | Status::InProgress => had,
            // What was left of the time when it was put on hold is left of it now.
            Status::OnHold => had.map(|due| self.add(due, self.elapsed(before.status_since, now))),
            Status::Resolved | Status::Closed | Status::Rejected => {
                resolve.map(|term| self.plus(now, term))
            }
        }
    }

    /// When the longest time in its status is over.
    fn limit(&self, complaint: &Complaint) -> Option<Timestamp> {
        let limit = self.workflow.deadlines.get(&complaint.status);
        limit.map(|term| self.plus(complaint.status_since, *term))
    }

    /// Lets `due` run, or the deadline of the status if that is nearer.
    fn run(&self, complaint: &mut Complaint, due: Option<Timestamp>) {
        let limit = self.limit(complaint);
        let is_held = complaint.status == Status::OnHold;
        let runs = due.filter(|_| !is_held);
        complaint.life.due_at = runs.into_iter().chain(limit).min();
        complaint.life.due_when_held = due.filter(|_| is_held || limit.is_some());
        self.arm(complaint);
    }

    /// Notes that a level of escalation was reached at `now`, as a new version.
    pub fn escalated(
        &self,
        complaint: &mut Complaint,
        level: i16,
        reassign_to: Option<Uuid>,
        now: Timestamp,
    ) {
        complaint.life.escalation = level;
        complaint.assignee = reassign_to.or(complaint.assignee);
        complaint.updated_at = now;
        complaint.version += 1;
        self.arm(complaint);
    }

    /// Sets the complaint's timer to what comes next.
    pub fn arm(&self, complaint: &mut Complaint) {
        complaint.life.timer_at = self.next_timer(complaint);
    }

    /// When the desk must look at the complaint next by itself.
    pub fn next_timer(&self, complaint: &Complaint) -> Option<Timestamp> {
        self.timers(complaint).map(|(at, _)| at).min()
    }

    /// What is due at `now`; of several the earliest. Once that is done, the next one may be due.
    pub fn fired(&self, complaint: &Complaint, now: Timestamp) -> Option<Fired> {
        self.timers(complaint)
            .filter(|(at, _)| *at <= now)
            .min_by_key(|(at, _)| *at)
            .map(|(_, fired)| fired)
    }

    fn timers(&self, complaint: &Complaint) -> impl Iterator<Item = (Timestamp, Fired)> {
        let waits = complaint.life.hold_until;
        let waits = waits.filter(|_| complaint.status == Status::OnHold);
        let closes = (complaint.status == Status::Resolved
            && self
                .workflow
                .edge(Status::Resolved, Action::AutoClose)
                .is_some())
        .then(|| self.confirmed_at(complaint));
        let escalates = self.next_level(complaint);
        let wakes = waits.map(|at| (at, Fired::Wake));
        let closes = closes.map(|at| (at, Fired::AutoClose));
        escalates.into_iter().chain(wakes).chain(closes)
    }

    fn confirmed_at(&self, complaint: &Complaint) -> Timestamp {
        let window = self.workflow.confirmation_window.exact();
        later(complaint.status_since, window)
    }

    /// The next level of escalation of the deadline that runs, and when it is reached.
    fn next_level(&self, complaint: &Complaint) -> Option<(Timestamp, Fired)> {
        let due = complaint.life.due_at?;
        let only = [Level::default()];
        let levels = self.rule.map_or(&only[..], |rule| &rule.escalations);
        let reached = usize::try_from(complaint.life.escalation).ok()?;
        let next = levels.get(reached)?;
        let steps = levels.iter().take(reached + 1);
        let at = steps.fold(due, |at, level| self.plus(at, level.after));
        let level = i16::try_from(reached + 1).ok()?;
        let reassign_to = next.reassign_to;
        Some((at, Fired::Escalate { level, reassign_to }))
    }

    /// The calendar, when its working time counts.
    fn business(&self) -> Option<&Calendar> {
        let clock = self.rule.map(|rule| rule.clock).unwrap_or_default();
        self.calendar.filter(|_| clock == Clock::Business)
    }

    /// `term` after `at` by the rule's clock.
    fn plus(&self, at: Timestamp, term: Term) -> Timestamp {
        if let Some(calendar) = self.business() {
            return calendar.add(at, calendar.working_time(term));
        }
        let zone = self
            .calendar
            .map_or(TimeZone::UTC, |calendar| calendar.zone().clone());
        let day = at.to_zoned(zone).checked_add(term.days.days());
        let day = day.map_or(Timestamp::MAX, |day| day.timestamp());
        later(day, term.time())
    }

    fn add(&self, at: Timestamp, time: SignedDuration) -> Timestamp {
        match self.business() {
            Some(calendar) => calendar.add(at, time),
            None => later(at, time),
        }
    }

    fn elapsed(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        match self.business() {
            Some(calendar) => calendar.between(from, to),
            None => to.duration_since(from).max(SignedDuration::ZERO),
        }
    }
}

/// Whether `due`, and not the deadline of the status, is the one that runs, or waits on hold.
fn is_running(complaint: &Complaint, due: Option<Timestamp>) -> bool {
    due.is_some() && complaint.life.due_at.is_none_or(|runs| Some(runs) == due)
}

fn later(at: Timestamp, time: SignedDuration) -> Timestamp {
    at.checked_add(time).unwrap_or(Timestamp::MAX)
}

/// Checks when a complaint on hold shall wake up: after `now`, within 366 days.
///
/// # Errors
/// The fault's code and message.
pub fn hold_until(at: Timestamp, now: Timestamp) -> Result<Timestamp, (&'static str, String)> {
    if at <= now {
        Err(("out_of_range", "must be in the future".into()))
    } else if at.duration_since(now) > HOLD_LONGEST {
        Err(("out_of_range", "must be within 366 days".into()))
    } else {
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wake_up_date_is_in_the_future_and_within_a_year() {
        let now: Timestamp = "2026-06-01T10:00:00Z".parse().unwrap();
        for (when, good) in [
            ("2026-06-01T10:00:00Z", false),
            ("2026-06-01T10:00:01Z", true),
            ("2027-06-02T10:00:00Z", true),
            ("2027-06-02T10:00:01Z", false),
        ] {
            assert_eq!(
                hold_until(when.parse().unwrap(), now).is_ok(),
                good,
                "{when}"
            );
        }
    }
}
