//! A workflow: which steps are on, who may take them, what they need, and its windows of time.
//!
//! [`Workflow::standard`] is the law of the installation; a region, and a category within it, may
//! only tighten it (`document`), and only as far as every complaint keeps a way on (`check`).

mod check;
mod document;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::action::{Action, Party};
use super::status::Status;
use super::term::Term;
pub use document::tighten;

/// What a step may need.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A text by who takes the step.
    Comment,
    /// An officer who has the complaint.
    Assignee,
    /// A photo of the complaint.
    Photo,
}

impl Need {
    /// Every need.
    pub const ALL: [Self; 3] = [Self::Comment, Self::Assignee, Self::Photo];

    /// The word used in JSON and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Assignee => "assignee",
            Self::Photo => "photo",
        }
    }

    /// The need that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.as_str() == word)
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What holds for one action in one status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// Who may take the step.
    pub roles: BTreeSet<Party>,
    /// What it needs.
    pub requires: BTreeSet<Need>,
}

/// The rules in force for the complaints of a region, or of one category in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    edges: BTreeMap<(Status, Action), Edge>,
    /// Statuses that are not used here.
    without: BTreeSet<Status>,
    /// How long the reporter may contest a resolution before others than admins close it.
    pub confirmation_window: Term,
    /// How long admins may take up again what is closed or rejected.
    pub reopen_window: Term,
    /// The longest time in a status.
    pub deadlines: BTreeMap<Status, Term>,
}

impl Workflow {
    /// What holds where nothing else is set.
    pub fn standard() -> Self {
        let mut edges = BTreeMap::new();
        for action in Action::ALL {
            for &from in action.starts_from() {
                edges.insert((from, action), standard_edge(from, action));
            }
        }
        Self {
            edges,
            without: BTreeSet::new(),
            confirmation_window: Term::of_days(14),
            reopen_window: Term::of_days(30),
            deadlines: BTreeMap::new(),
        }
    }

    /// What holds for `action` in `from`; `None` when the step is switched off or none at all.
    pub fn edge(&self, from: Status, action: Action) -> Option<&Edge> {
        self.edges.get(&(from, action))
    }

    /// Whether the status is used.
    pub fn uses(&self, status: Status) -> bool {
        !self.without.contains(&status)
    }

    /// Every step that is on, in the order of a complaint's life.
    pub fn steps(&self) -> impl Iterator<Item = (Status, Action, &Edge)> {
        let step = |(&(from, action), edge)| (from, action, edge);
        self.edges
            .iter()
            .map(step)
            .filter(|(from, _, _)| self.uses(*from))
    }

    /// Whether people, or the end of the confirmation window, lead out of the status. A status that
    /// is not used has no way out: what is in it when the workflow is set would be stranded. (What
    /// slips in while it is being set leaves by the steps of the workflow beneath.)
    pub fn has_way_out(&self, status: Status) -> bool {
        self.steps()
            .any(|(from, action, _)| from == status && action != Action::Wake)
    }

    /// Switches a step off.
    fn switch_off(&mut self, from: Status, action: Action) {
        self.edges.remove(&(from, action));
    }

    /// Takes a status out of use: nothing leads into it any more.
    fn do_without(&mut self, status: Status) {
        self.without.insert(status);
        self.edges
            .retain(|(_, action), _| action.ends_in() != [status]);
    }
}

impl Default for Workflow {
    fn default() -> Self {
        Self::standard()
    }
}

fn standard_edge(from: Status, action: Action) -> Edge {
    use Party::{Admin, Officer, Reporter, System};
    let roles: &[Party] = match action {
        Action::Acknowledge
        | Action::Start
        | Action::Hold
        | Action::Resolve
        | Action::Close
        | Action::Reject => &[Officer, Admin],
        Action::Reopen if from == Status::Resolved => &[Officer, Admin],
        Action::Reopen => &[Admin],
        Action::Confirm | Action::Contest => &[Reporter],
        Action::Wake | Action::AutoClose => &[System],
    };
    let requires: &[Need] = match action {
        Action::Start => &[Need::Assignee],
        Action::Hold | Action::Resolve | Action::Reject | Action::Reopen | Action::Contest => {
            &[Need::Comment]
        }
        Action::Acknowledge
        | Action::Close
        | Action::Confirm
        | Action::Wake
        | Action::AutoClose => &[],
    };
    Edge {
        roles: roles.iter().copied().collect(),
        requires: requires.iter().copied().collect(),
    }
}
