//! Deadlines as tables: how they start, wait, go on and end, and what fires when.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::calendar::{self, Calendar};
use super::super::complaint::Complaint;
use super::super::complaint::tests::sample;
use super::super::status::Status;
use super::super::workflow::{Workflow, tighten};
use super::*;
use Status::{Acknowledged, Closed, InProgress, OnHold, Rejected, Resolved};

fn at(text: &str) -> Timestamp {
    format!("2026-{text}Z").parse().unwrap()
}

/// Berlin's working hours: Monday to Friday, 08:00–16:00 UTC+2 in summer, 06:00–14:00 UTC.
fn berlin() -> Calendar {
    let day = json!(["08:00-16:00"]);
    let hours =
        json!({"monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day});
    calendar::parse(&json!({"time_zone": "Europe/Berlin", "hours": hours})).unwrap()
}

/// Everything that a plan is made of.
struct Rules {
    rules: Vec<Rule>,
    calendar: Option<Calendar>,
    workflow: Workflow,
}

impl Rules {
    fn of(rules_of: &Value) -> Self {
        Self {
            rules: parse(rules_of).unwrap(),
            calendar: None,
            workflow: Workflow::standard(),
        }
    }

    fn plan(&self) -> Plan<'_> {
        Plan {
            rule: self.rules.first(),
            calendar: self.calendar.as_ref(),
            workflow: &self.workflow,
        }
    }

    fn submitted(&self, when: &str) -> Complaint {
        let mut complaint = sample(at(when));
        self.plan().submitted(&mut complaint);
        complaint
    }

    fn enter(&self, complaint: &mut Complaint, status: Status, when: &str) {
        self.enter_until(complaint, status, when, None);
    }

    fn enter_until(&self, complaint: &mut Complaint, to: Status, when: &str, until: Option<&str>) {
        let before = complaint.clone();
        complaint.enter(to, at(when));
        self.plan().entered(&before, complaint, until.map(at));
    }

    /// Does all that is due, as a lane would; what happened.
    fn fire(&self, complaint: &mut Complaint, when: &str) -> Vec<Fired> {
        let mut fired = Vec::new();
        while let Some(next) = self.plan().fired(complaint, at(when)) {
            match next {
                Fired::Escalate { level, reassign_to } => {
                    self.plan()
                        .escalated(complaint, level, reassign_to, at(when));
                }
                Fired::Wake => self.enter(complaint, Acknowledged, when),
                Fired::AutoClose => self.enter(complaint, Closed, when),
            }
            fired.push(next);
        }
        fired
    }
}

fn due(complaint: &Complaint) -> Option<Timestamp> {
    complaint.life.due_at
}

fn timer(complaint: &Complaint) -> Option<Timestamp> {
    complaint.life.timer_at
}

fn level(level: i16) -> Fired {
    Fired::Escalate {
        level,
        reassign_to: None,
    }
}

#[test]
fn the_deadline_to_acknowledge_runs_first_and_then_the_one_to_resolve() {
    let rules = Rules::of(&json!([{"acknowledge_within": "4h", "resolve_within": "3d"}]));
    let mut complaint = rules.submitted("06-01T10:00:00");
    assert_eq!(due(&complaint), Some(at("06-01T14:00:00")));
    assert_eq!(timer(&complaint), due(&complaint));
    assert_eq!(complaint.life.acknowledged_at, None);
    rules.enter(&mut complaint, Acknowledged, "06-01T12:00:00");
    assert_eq!(due(&complaint), Some(at("06-04T10:00:00")));
    assert_eq!(complaint.life.acknowledged_at, Some(at("06-01T12:00:00")));
    rules.enter(&mut complaint, InProgress, "06-02T12:00:00");
    assert_eq!(due(&complaint), Some(at("06-04T10:00:00")));
    assert_eq!(complaint.life.acknowledged_at, Some(at("06-01T12:00:00")));
    rules.enter(&mut complaint, Resolved, "06-03T12:00:00");
    assert_eq!(due(&complaint), None);
    assert_eq!(complaint.life.resolved_at, Some(at("06-03T12:00:00")));
    assert_eq!(
        timer(&complaint),
        Some(at("06-17T12:00:00")),
        "closes by itself"
    );
    rules.enter(&mut complaint, InProgress, "06-10T12:00:00");
    assert_eq!(
        due(&complaint),
        Some(at("06-13T12:00:00")),
        "anew from the reopening"
    );
    rules.enter(&mut complaint, Rejected, "06-11T12:00:00");
    assert_eq!((due(&complaint), timer(&complaint)), (None, None));
}

#[test]
fn one_deadline_alone_runs_as_far_as_it_goes() {
    let resolve = Rules::of(&json!([{"resolve_within": "3d"}]));
    let mut complaint = resolve.submitted("06-01T10:00:00");
    assert_eq!(due(&complaint), Some(at("06-04T10:00:00")));
    resolve.enter(&mut complaint, Acknowledged, "06-02T10:00:00");
    assert_eq!(due(&complaint), Some(at("06-04T10:00:00")));
    let acknowledge = Rules::of(&json!([{"acknowledge_within": "4h"}]));
    let mut complaint = acknowledge.submitted("06-01T10:00:00");
    acknowledge.enter(&mut complaint, Acknowledged, "06-02T10:00:00");
    assert_eq!((due(&complaint), timer(&complaint)), (None, None));
    let none = Rules::of(&json!([]));
    let complaint = none.submitted("06-01T10:00:00");
    assert_eq!((due(&complaint), timer(&complaint)), (None, None));
}

#[test]
fn on_hold_the_deadline_waits_and_goes_on_with_what_was_left() {
    let mut rules = Rules::of(&json!([{"resolve_within": "3d", "clock": "calendar"}]));
    let mut complaint = rules.submitted("06-01T10:00:00");
    rules.enter_until(
        &mut complaint,
        OnHold,
        "06-02T10:00:00",
        Some("06-05T00:00:00"),
    );
    assert_eq!(due(&complaint), None);
    assert_eq!(complaint.life.due_when_held, Some(at("06-04T10:00:00")));
    assert_eq!(timer(&complaint), Some(at("06-05T00:00:00")), "wakes up");
    assert_eq!(complaint.life.acknowledged_at, Some(at("06-02T10:00:00")));
    rules.enter(&mut complaint, InProgress, "06-03T22:00:00");
    assert_eq!(due(&complaint), Some(at("06-05T22:00:00")));
    assert_eq!(
        (complaint.life.due_when_held, complaint.life.hold_until),
        (None, None)
    );

    // By working time (06:00–14:00 UTC): held for four hours of work on a Friday and a weekend.
    rules.calendar = Some(berlin());
    rules.rules[0].clock = Clock::Business;
    let mut complaint = rules.submitted("06-03T08:00:00");
    assert_eq!(due(&complaint), Some(at("06-08T08:00:00")));
    rules.enter(&mut complaint, OnHold, "06-05T10:00:00");
    rules.enter(&mut complaint, InProgress, "06-07T12:00:00");
    assert_eq!(due(&complaint), Some(at("06-08T12:00:00")));
}

#[test]
fn what_was_overdue_when_held_is_as_overdue_when_it_goes_on() {
    let rules = Rules::of(&json!([{"resolve_within": "1d",
        "escalations": [{}, {"after": "4h"}, {"after": "4h"}]}]));
    let mut complaint = rules.submitted("06-01T10:00:00");
    rules.enter(&mut complaint, Acknowledged, "06-01T11:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-02T13:00:00"), [level(1)]);
    rules.enter(&mut complaint, OnHold, "06-02T13:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-09T13:00:00"), []);
    rules.enter(&mut complaint, Acknowledged, "06-09T13:00:00");
    assert_eq!(complaint.life.escalation, 1);
    assert_eq!(
        timer(&complaint),
        Some(at("06-09T14:00:00")),
        "an hour was left"
    );
}

#[test]
fn levels_fire_one_after_the_other_and_each_once() {
    let who = "018f0000-0000-7000-8000-000000000001";
    let rules = Rules::of(&json!([{"acknowledge_within": "1h", "resolve_within": "1d",
        "escalations": [{}, {"after": "2h"}, {"after": "4h", "reassign_to": who}]}]));
    let mut complaint = rules.submitted("06-01T10:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-01T10:59:59"), []);
    assert_eq!(rules.fire(&mut complaint, "06-01T11:00:00"), [level(1)]);
    assert_eq!(rules.fire(&mut complaint, "06-01T11:00:00"), []);
    assert_eq!(timer(&complaint), Some(at("06-01T13:00:00")));
    let third = Fired::Escalate {
        level: 3,
        reassign_to: Some(who.parse().unwrap()),
    };
    // After a long outage all that was missed comes, in order.
    assert_eq!(
        rules.fire(&mut complaint, "06-01T23:00:00"),
        [level(2), third]
    );
    assert_eq!(complaint.assignee, Some(who.parse().unwrap()));
    assert_eq!((complaint.version, timer(&complaint)), (4, None));
    // The deadline to resolve has levels of its own.
    rules.enter(&mut complaint, InProgress, "06-01T23:30:00");
    assert_eq!(complaint.life.escalation, 0);
    assert_eq!(rules.fire(&mut complaint, "06-02T10:00:00"), [level(1)]);
}

#[test]
fn a_resolution_closes_by_itself_and_a_wait_ends_by_itself() {
    let rules = Rules::of(&json!([]));
    let mut complaint = rules.submitted("06-01T10:00:00");
    rules.enter_until(
        &mut complaint,
        OnHold,
        "06-01T11:00:00",
        Some("06-03T00:00:00"),
    );
    assert_eq!(rules.fire(&mut complaint, "06-02T23:59:59"), []);
    assert_eq!(rules.fire(&mut complaint, "06-03T00:00:00"), [Fired::Wake]);
    rules.enter(&mut complaint, Resolved, "06-03T12:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-17T11:59:59"), []);
    assert_eq!(
        rules.fire(&mut complaint, "06-17T12:00:00"),
        [Fired::AutoClose]
    );
    assert_eq!(timer(&complaint), None);
}

#[test]
fn the_nearer_deadline_of_a_status_runs_while_the_other_waits() {
    let mut rules = Rules::of(&json!([{"resolve_within": "5d"}]));
    let document =
        json!({"deadlines": {"acknowledged": "1d", "on_hold": "2d", "in_progress": "30d"}});
    rules.workflow = tighten(&Workflow::standard(), &document).unwrap();
    let mut complaint = rules.submitted("06-01T10:00:00");
    rules.enter(&mut complaint, Acknowledged, "06-01T12:00:00");
    assert_eq!(due(&complaint), Some(at("06-02T12:00:00")));
    assert_eq!(complaint.life.due_when_held, Some(at("06-06T10:00:00")));
    assert_eq!(rules.fire(&mut complaint, "06-02T12:00:00"), [level(1)]);
    rules.enter(&mut complaint, InProgress, "06-02T13:00:00");
    assert_eq!(due(&complaint), Some(at("06-06T10:00:00")));
    assert_eq!(
        (complaint.life.due_when_held, complaint.life.escalation),
        (Some(at("06-06T10:00:00")), 0)
    );
    rules.enter(&mut complaint, OnHold, "06-03T10:00:00");
    assert_eq!(due(&complaint), Some(at("06-05T10:00:00")));
    assert_eq!(rules.fire(&mut complaint, "06-05T10:00:00"), [level(1)]);
    rules.enter(&mut complaint, InProgress, "06-05T10:00:00");
    assert_eq!(due(&complaint), Some(at("06-08T10:00:00")));
    assert_eq!(complaint.life.escalation, 0);
}

#[test]
fn each_status_has_levels_of_its_own() {
    let mut rules = Rules::of(&json!([]));
    let document =
        json!({"deadlines": {"reported": "1h", "acknowledged": "1d", "in_progress": "1d"}});
    rules.workflow = tighten(&Workflow::standard(), &document).unwrap();
    let mut complaint = rules.submitted("06-01T10:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-01T11:00:00"), [level(1)]);
    rules.enter(&mut complaint, Acknowledged, "06-01T12:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-02T12:00:00"), [level(1)]);
    rules.enter(&mut complaint, InProgress, "06-02T13:00:00");
    assert_eq!(rules.fire(&mut complaint, "06-03T13:00:00"), [level(1)]);
}

#[test]
fn days_are_civil_days_of_the_region_and_working_days_by_its_calendar() {
    let mut rules = Rules::of(&json!([{"resolve_within": "1d"}]));
    let due_of = |rules: &Rules| due(&rules.submitted("10-24T10:00:00"));
    // Berlin moves its clock on 25 October: that day has 25 hours.
    assert_eq!(due_of(&rules), Some(at("10-25T10:00:00")));
    rules.calendar = Some(berlin());
    assert_eq!(due_of(&rules), Some(at("10-25T11:00:00")));
    rules.rules[0].clock = Clock::Business;
    // A Saturday: the working day is the whole Monday.
    assert_eq!(due_of(&rules), Some(at("10-26T15:00:00")));
}
