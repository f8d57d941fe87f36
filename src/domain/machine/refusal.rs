//! Why a step was refused, and what would be allowed instead, for programs and for people.

use std::fmt::{self, Display};

use super::super::action::{Action, Party};
use super::super::status::Status;
use super::super::workflow::Need;

/// What somebody asks for: an action, or the status to enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// This action.
    Action(Action),
    /// Whatever leads to this status.
    Status(Status),
}

/// Why a step may not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is no step from the present status.
    NoSuchStep,
    /// The workflow of the region or category has switched it off.
    SwitchedOff,
    /// Only these may take it.
    Role(Vec<Party>),
    /// The officer does not work in the complaint's region.
    OtherRegion,
    /// The reporter may still contest the resolution: only admins close it before.
    ConfirmationRuns,
    /// The time in which it could be taken up again is over.
    ReopeningOver,
    /// It leads to this status, not to the one that was asked for.
    LeadsTo(Status),
    /// This must come with it, or be there before.
    Missing(Vec<Need>),
}

/// A step that the same party could take now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The action.
    pub action: Action,
    /// Where it leads.
    pub to: Status,
    /// What is missing for it.
    pub needs: Vec<Need>,
}

/// A step that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The complaint's present status.
    pub from: Status,
    /// What was asked for.
    pub wanted: Wanted,
    /// In whose name.
    pub party: Party,
    /// Why not.
    pub reason: Reason,
    /// What the same party could do now.
    pub allowed: Vec<Allowed>,
}

impl Refusal {
    /// Whether nothing but a text is missing: the caller can mend the request itself.
    pub fn lacks_only_a_comment(&self) -> bool {
        match &self.reason {
            Reason::Missing(needs) => needs.as_slice() == [Need::Comment],
            Reason::NoSuchStep
            | Reason::SwitchedOff
            | Reason::Role(_)
            | Reason::OtherRegion
            | Reason::ConfirmationRuns
            | Reason::ReopeningOver
            | Reason::LeadsTo(_) => false,
        }
    }

    fn why(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, wanted, party) = (self.from, self.wanted, self.party);
        match &self.reason {
            Reason::NoSuchStep if wanted == Wanted::Status(from) => {
                write!(f, "the complaint is already {from}")
            }
            Reason::NoSuchStep => write!(f, "there is no {wanted} from {from}"),
            Reason::SwitchedOff => {
                write!(f, "the workflow in force here has no {wanted} from {from}")
            }
            Reason::Role(roles) => write!(
                f,
                "{party} may not take the {wanted} from {from}; may: {}",
                list(roles)
            ),
            Reason::OtherRegion => {
                write!(f, "the complaint is not in one of the officer's regions")
            }
            Reason::ConfirmationRuns => write!(
                f,
                "the reporter may still contest the resolution; only an admin closes it before"
            ),
            Reason::ReopeningOver => write!(
                f,
                "the time in which a complaint that is {from} may be reopened is over"
            ),
            Reason::LeadsTo(to) => write!(f, "reopening this complaint leads to {to}"),
            Reason::Missing(needs) => {
                write!(f, "the {wanted} from {from} needs: {}", list(needs))
            }
        }
    }
}

impl Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => write!(f, "step {action}"),
            Self::Status(status) => write!(f, "step to {status}"),
        }
    }
}

impl Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (to {}", self.action, self.to)?;
        if !self.needs.is_empty() {
            write!(f, "; needs: {}", list(&self.needs))?;
        }
        write!(f, ")")
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why(f)?;
        match self.allowed.as_slice() {
            [] => write!(f, "; {} can do nothing with it now", self.party),
            allowed => write!(f, "; allowed now: {}", list(allowed)),
        }
    }
}

fn list(items: &[impl Display]) -> String {
    let words: Vec<String> = items.iter().map(ToString::to_string).collect();
    words.join(", ")
}
