//! The state machine of a complaint: one enum, one pure total function [`after`].
//!
//! This is the only place that knows which status may follow which, and who may do it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::account::Role;

/// Where a complaint stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Submitted; nobody has acted on it yet.
    Reported,
    /// Seen and taken up; nobody needs to be working on it yet.
    Acknowledged,
    /// Somebody works on it.
    InProgress,
    /// Waits for something outside (parts, weather, another authority).
    OnHold,
    /// Done, in the officer's eyes; may still be reopened.
    Resolved,
    /// Final: done and confirmed.
    Closed,
    /// Final: not a complaint for this desk.
    Rejected,
}

impl Status {
    /// Every status, in the order of a complaint's life.
    pub const ALL: [Self; 7] = [
        Self::Reported,
        Self::Acknowledged,
        Self::InProgress,
        Self::OnHold,
        Self::Resolved,
        Self::Closed,
        Self::Rejected,
    ];

    /// The word used in JSON, SQL, metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Rejected => "rejected",
        }
    }

    /// The status that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether a complaint in this status still needs somebody: it is in snapshots and "active" counts.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Reported | Self::Acknowledged | Self::InProgress | Self::OnHold => true,
            Self::Resolved | Self::Closed | Self::Rejected => false,
        }
    }

    /// Whether a complaint's life ends here, unless an admin takes it up again.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Closed | Self::Rejected => true,
            Self::Reported
            | Self::Acknowledged
            | Self::InProgress
            | Self::OnHold
            | Self::Resolved => false,
        }
    }

    /// Its place in [`Status::ALL`]: the index of per-status counts.
    pub const fn index(self) -> usize {
        match self {
            Self::Reported => 0,
            Self::Acknowledged => 1,
            Self::InProgress => 2,
            Self::OnHold => 3,
            Self::Resolved => 4,
            Self::Closed => 5,
            Self::Rejected => 6,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a transition was refused, and what would be allowed instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The complaint's present status.
    pub from: Status,
    /// The status asked for.
    pub to: Status,
    /// Who asked.
    pub role: Role,
    /// The statuses to which `role` may move it from `from`.
    pub allowed: Vec<Status>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to, role) = (self.from, self.to, self.role);
        if from == to {
            write!(f, "the complaint is already {to}")?;
        } else {
            write!(f, "{role} may not move a complaint from {from} to {to}")?;
        }
        match self.allowed.as_slice() {
            [] => write!(f, "; no further change is allowed"),
            allowed => {
                let words: Vec<_> = allowed.iter().map(|status| status.as_str()).collect();
                write!(f, "; allowed now: {}", words.join(", "))
            }
        }
    }
}

/// The status after `role` asks to move a complaint from `from` to `to`.
///
/// # Errors
/// A [`Refusal`] that says what would be allowed.
pub fn after(from: Status, to: Status, role: Role) -> Result<Status, Refusal> {
    if may(from, to, role) {
        return Ok(to);
    }
    let allowed = Status::ALL
        .into_iter()
        .filter(|&next| may(from, next, role))
        .collect();
    Err(Refusal {
        from,
        to,
        role,
        allowed,
    })
}

/// The edges of the machine. Final statuses are left by admins alone.
const fn may(from: Status, to: Status, role: Role) -> bool {
    use Status::{Acknowledged, Closed, InProgress, OnHold, Rejected, Reported, Resolved};
    match (from, to) {
        (Reported, Acknowledged | InProgress | OnHold | Resolved | Rejected)
        | (Acknowledged, InProgress | OnHold | Resolved | Rejected)
        | (InProgress, OnHold | Resolved | Rejected)
        | (OnHold, InProgress | Resolved | Rejected)
        | (Resolved, Acknowledged | InProgress | Closed) => true,
        (Closed | Rejected, Acknowledged | InProgress) => matches!(role, Role::Admin),
        (Reported, Reported | Closed)
        | (Acknowledged, Reported | Acknowledged | Closed)
        | (InProgress, Reported | Acknowledged | InProgress | Closed)
        | (OnHold, Reported | Acknowledged | OnHold | Closed)
        | (Resolved, Reported | OnHold | Resolved | Rejected)
        | (Closed | Rejected, Reported | OnHold | Resolved | Closed | Rejected) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole machine as a table: per role and status, what may follow.
    fn expected(from: Status, role: Role) -> &'static [Status] {
        use Status::{Acknowledged, Closed, InProgress, OnHold, Rejected, Reported, Resolved};
        match (from, role) {
            (Reported, _) => &[Acknowledged, InProgress, OnHold, Resolved, Rejected],
            (Acknowledged, _) => &[InProgress, OnHold, Resolved, Rejected],
            (InProgress, _) => &[OnHold, Resolved, Rejected],
            (OnHold, _) => &[InProgress, Resolved, Rejected],
            (Resolved, _) => &[Acknowledged, InProgress, Closed],
            (Closed | Rejected, Role::Officer) => &[],
            (Closed | Rejected, Role::Admin) => &[Acknowledged, InProgress],
        }
    }

    #[test]
    fn every_triple_is_decided_as_the_table_says() {
        for from in Status::ALL {
            for to in Status::ALL {
                for role in [Role::Officer, Role::Admin] {
                    let allowed = expected(from, role);
                    match after(from, to, role) {
                        Ok(status) => assert!(status == to && allowed.contains(&to)),
                        Err(refusal) => {
                            assert!(!allowed.contains(&to), "{from} → {to} as {role}");
                            assert_eq!(refusal.allowed, allowed);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_refusal_names_what_would_be_allowed() {
        let refusal = after(Status::Resolved, Status::OnHold, Role::Officer).unwrap_err();
        let said = refusal.to_string();
        assert!(said.contains("from resolved to on_hold"), "{said}");
        assert!(said.contains("acknowledged, in_progress, closed"), "{said}");
    }

    #[test]
    fn words_and_indexes_name_one_status_each() {
        for (index, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(Status::parse(status.as_str()), Some(status));
            assert_eq!(status.index(), index);
        }
        assert_eq!(Status::parse("Reported"), None);
    }
}
