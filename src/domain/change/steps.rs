//! Steps from status to status, by people and by timers.

use std::collections::HashSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::Decision;
use super::allowed::Refusal;
use super::requests::Step;
use crate::domain::action::{Action, Party};
use crate::domain::complaint::Complaint;
use crate::domain::deadline::{Fired, Plan};
use crate::domain::event::{Change, EventKind};
use crate::domain::machine::{self, Facts, Wanted};
use crate::domain::region::RegionId;

/// Decides a step by the workflow in force, and what it does to deadlines. `has_photo`: one can be looked at.
pub(super) fn decide(
    present: &Complaint,
    (step, has_photo): (&Step, bool),
    party: Party,
    plan: &Plan<'_>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let facts = Facts {
        has_comment: step.comment.is_some(),
        has_photo,
        // Who asks was let in for the complaint's region before the command came here.
        is_in_region: true,
        ..Facts::of(present, plan.workflow, now)
    };
    let outcome = machine::after_wanted(present.status, step.wanted, party, facts, plan.workflow)?;
    let mut complaint = present.clone();
    complaint.enter(outcome.to, now);
    plan.entered(present, &mut complaint, step.hold_until);
    let mut change = Change::of_status(Some(present.status), outcome.to);
    change.comment.clone_from(&step.comment);
    Ok(Decision::one(EventKind::StatusChanged, complaint, change))
}

/// Decides what is due by itself. Another node may have done it already: then nothing is. `officers` of
/// regions are those who may be given complaints.
pub(super) fn timer(
    present: &Complaint,
    plan: &Plan<'_>,
    officers: &HashSet<(Uuid, RegionId)>,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let by_itself = |action| Step {
        wanted: Wanted::Action(action),
        comment: None,
        hold_until: None,
    };
    match plan.fired(present, now) {
        Some(Fired::Wake) => {
            let step = by_itself(Action::Wake);
            let woken = decide(present, (&step, false), Party::System, plan, now);
            Ok(woken.unwrap_or_else(|_refusal| disarmed(present)))
        }
        Some(Fired::AutoClose) => {
            let step = by_itself(Action::AutoClose);
            let closed = decide(present, (&step, false), Party::System, plan, now);
            Ok(closed.unwrap_or_else(|_refusal| disarmed(present)))
        }
        Some(Fired::Escalate { level, reassign_to }) => {
            let region = &present.region;
            let is_able = |officer: &Uuid| officers.contains(&(*officer, region.clone()));
            Ok(escalated(present, plan, (level, reassign_to), is_able, now))
        }
        None => Ok(rearmed(present, plan)),
    }
}

/// The level is reached in any case; who was to get the complaint may have left the region since the
/// rule was set.
fn escalated(
    present: &Complaint,
    plan: &Plan<'_>,
    (level, reassign_to): (i16, Option<Uuid>),
    is_able: impl Fn(&Uuid) -> bool,
    now: Timestamp,
) -> Decision {
    let mut complaint = present.clone();
    plan.escalated(&mut complaint, level, reassign_to.filter(&is_able), now);
    let mut change = Change {
        escalation: Some((present.life.escalation, level).into()),
        not_reassigned_to: reassign_to.filter(|officer| !is_able(officer)),
        ..Change::default()
    };
    if complaint.assignee != present.assignee {
        change.assignee = Some((present.assignee, complaint.assignee).into());
    }
    Decision::one(EventKind::Escalated, complaint, change)
}

/// The workflow has come to forbid what was due: it is not tried for ever.
fn disarmed(present: &Complaint) -> Decision {
    let mut complaint = present.clone();
    complaint.life.timer_at = None;
    Decision {
        rearmed: Some(complaint),
        ..Decision::default()
    }
}

/// The rules have changed since the timer was set: it is set anew.
fn rearmed(present: &Complaint, plan: &Plan<'_>) -> Decision {
    let mut complaint = present.clone();
    plan.arm(&mut complaint);
    Decision {
        rearmed: (complaint.life.timer_at != present.life.timer_at).then_some(complaint),
        ..Decision::default()
    }
}
