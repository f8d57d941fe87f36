//! The state machine of a complaint: one pure total function, [`after`].
//!
//! The only place that decides whether a step may be taken: from the status, the action, who asks,
//! the facts of the complaint, and the workflow in force.

mod refusal;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use super::action::{Action, Party};
use super::complaint::Complaint;
use super::status::Status;
use super::workflow::{Need, Workflow};
pub use refusal::{Allowed, Reason, Refusal, Wanted};

/// What a step depends on, beside status, action and party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// A text comes with the step.
    pub has_comment: bool,
    /// Somebody has the complaint.
    pub has_assignee: bool,
    /// The complaint has a photo.
    pub has_photo: bool,
    /// The complaint's region is one of the officer's. Asked of officers alone.
    pub is_in_region: bool,
    /// The reporter's time to contest a resolution is over.
    pub confirmation_is_over: bool,
    /// What is closed or rejected may still be taken up again.
    pub reopening_is_open: bool,
}

impl Facts {
    /// The facts of `complaint` at `now` under `workflow`; text, photo and region are up to the caller.
    pub fn of(complaint: &Complaint, workflow: &Workflow, now: Timestamp) -> Self {
        let ends = |window: super::term::Term| complaint.status_since.checked_add(window.exact());
        Self {
            has_assignee: complaint.assignee.is_some(),
            confirmation_is_over: ends(workflow.confirmation_window).is_ok_and(|end| end <= now),
            reopening_is_open: ends(workflow.reopen_window).is_ok_and(|end| now < end),
            ..Self::default()
        }
    }
}

/// A step that may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What is done.
    pub action: Action,
    /// Where it leads.
    pub to: Status,
}

/// What comes of `action` in `from`, asked for in the name of `party`.
///
/// # Errors
/// A [`Refusal`] that says what is missing and what would be allowed now.
pub fn after(
    from: Status,
    action: Action,
    party: Party,
    facts: Facts,
    workflow: &Workflow,
) -> Result<Outcome, Refusal> {
    let wanted = Wanted::Action(action);
    step(from, action, party, facts, workflow)
        .map_err(|reason| refusal(from, wanted, party, facts, workflow, reason))
}

/// As [`after`], when what is asked for is an action or the status to enter.
///
/// # Errors
/// A [`Refusal`].
pub fn after_wanted(
    from: Status,
    wanted: Wanted,
    party: Party,
    facts: Facts,
    workflow: &Workflow,
) -> Result<Outcome, Refusal> {
    let outcome = match wanted {
        Wanted::Action(action) => step(from, action, party, facts, workflow),
        Wanted::Status(to) => Action::towards(from, to)
            .ok_or(Reason::NoSuchStep)
            .and_then(|action| step(from, action, party, facts, workflow))
            .and_then(|outcome| arrives(outcome, to)),
    };
    outcome.map_err(|reason| refusal(from, wanted, party, facts, workflow, reason))
}

/// Reopening leads to one status or the other by the assignee, not by what was asked for.
fn arrives(outcome: Outcome, to: Status) -> Result<Outcome, Reason> {
    if outcome.to == to {
        Ok(outcome)
    } else if to == Status::InProgress {
        Err(Reason::Missing(vec![Need::Assignee]))
    } else {
        Err(Reason::LeadsTo(outcome.to))
    }
}

fn step(
    from: Status,
    action: Action,
    party: Party,
    facts: Facts,
    workflow: &Workflow,
) -> Result<Outcome, Reason> {
    let to = action
        .leads_to(from, facts.has_assignee)
        .ok_or(Reason::NoSuchStep)?;
    let edge = workflow.edge(from, action).ok_or(Reason::SwitchedOff)?;
    if !edge.roles.contains(&party) {
        return Err(Reason::Role(edge.roles.iter().copied().collect()));
    }
    if party == Party::Officer && !facts.is_in_region {
        return Err(Reason::OtherRegion);
    }
    windows(from, action, party, facts)?;
    let missing: Vec<Need> = edge
        .requires
        .iter()
        .copied()
        .filter(|need| !is_met(*need, facts))
        .collect();
    if missing.is_empty() {
        Ok(Outcome { action, to })
    } else {
        Err(Reason::Missing(missing))
    }
}

/// Whether the step's time has come, or has not passed.
fn windows(from: Status, action: Action, party: Party, facts: Facts) -> Result<(), Reason> {
    let waits = match action {
        Action::Close => party != Party::Admin,
        Action::AutoClose => true,
        Action::Acknowledge
        | Action::Start
        | Action::Hold
        | Action::Resolve
        | Action::Reject
        | Action::Reopen
        | Action::Confirm
        | Action::Contest
        | Action::Wake => false,
    };
    let expires = action == Action::Reopen && from.is_final();
    if waits && !facts.confirmation_is_over {
        Err(Reason::ConfirmationRuns)
    } else if expires && !facts.reopening_is_open {
        Err(Reason::ReopeningOver)
    } else {
        Ok(())
    }
}

const fn is_met(need: Need, facts: Facts) -> bool {
    match need {
        Need::Comment => facts.has_comment,
        Need::Assignee => facts.has_assignee,
        Need::Photo => facts.has_photo,
    }
}

fn refusal(
    from: Status,
    wanted: Wanted,
    party: Party,
    facts: Facts,
    workflow: &Workflow,
    reason: Reason,
) -> Refusal {
    let allowed = |action: Action| {
        let needs = match step(from, action, party, facts, workflow) {
            Ok(_) => Vec::new(),
            Err(Reason::Missing(needs)) => needs,
            Err(_) => return None,
        };
        let to = action.leads_to(from, facts.has_assignee)?;
        Some(Allowed { action, to, needs })
    };
    Refusal {
        from,
        wanted,
        party,
        reason,
        allowed: Action::ALL.into_iter().filter_map(allowed).collect(),
    }
}
