//! Corrections of what a complaint says.

use jiff::Timestamp;

use super::allowed::{self, Refusal};
use super::requests::Edit;
use super::{Decision, replan};
use crate::domain::action::Party;
use crate::domain::complaint::Complaint;
use crate::domain::event::{Change, EventKind, Whereabouts};
use crate::domain::rules::Rules;

/// Decides a correction: by officers while the complaint is open, by admins at any time.
pub(super) fn decide(
    present: &Complaint,
    edit: &Edit,
    party: Party,
    rules: &Rules,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    match party {
        Party::Admin => {}
        Party::Officer | Party::Reporter | Party::System => allowed::open(present)?,
    }
    let mut complaint = present.clone();
    let mut change = Change::default();
    if let Some(category) = edit.category.as_ref().filter(|it| **it != present.category) {
        change.category = Some((present.category.clone(), category.clone()).into());
        complaint.category.clone_from(category);
    }
    if let Some(severity) = edit.severity.filter(|it| *it != present.severity) {
        change.severity = Some((present.severity, severity).into());
        complaint.severity = severity;
    }
    if let Some(description) = edit
        .description
        .as_ref()
        .filter(|it| **it != present.description)
    {
        change.description = Some((present.description.clone(), description.clone()).into());
        complaint.description.clone_from(description);
    }
    if let Some(place) = &edit.place {
        complaint.put_at(place);
        let (from, to) = (Whereabouts::of(present), Whereabouts::of(&complaint));
        if from != to {
            change.place = Some((from, to).into());
        }
    }
    if change == Change::default() {
        return Ok(Decision::default());
    }
    complaint.touch(now);
    if change.category.is_some() || change.severity.is_some() {
        replan(&mut complaint, rules);
    }
    Ok(Decision::one(EventKind::Updated, complaint, change))
}
