//! What may be done to a complaint, where that leads, and in whose name.
//!
//! Knows the shape of the machine alone: who may take a step, and what it needs, is the workflow's.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::account::Role;
use super::status::Status;

/// A step that somebody asks for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Say that it was seen.
    Acknowledge,
    /// Begin to work on it, also after a wait.
    Start,
    /// Wait for something outside.
    Hold,
    /// Say that it is done.
    Resolve,
    /// End it after it was resolved.
    Close,
    /// Refuse it.
    Reject,
    /// Take it up again.
    Reopen,
    /// The reporter says that it is done: it is closed.
    Confirm,
    /// The reporter says that it is not done: it is taken up again.
    Contest,
    /// The time on hold is over.
    Wake,
    /// Nobody contested it in time: it is closed.
    AutoClose,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::Acknowledge,
        Self::Start,
        Self::Hold,
        Self::Resolve,
        Self::Close,
        Self::Reject,
        Self::Reopen,
        Self::Confirm,
        Self::Contest,
        Self::Wake,
        Self::AutoClose,
    ];

    /// The word used in JSON and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Start => "start",
            Self::Hold => "hold",
            Self::Resolve => "resolve",
            Self::Close => "close",
            Self::Reject => "reject",
            Self::Reopen => "reopen",
            Self::Confirm => "confirm",
            Self::Contest => "contest",
            Self::Wake => "wake",
            Self::AutoClose => "auto_close",
        }
    }

    /// The action that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }

    /// The statuses in which it may be asked for.
    pub const fn starts_from(self) -> &'static [Status] {
        use Status::{Acknowledged, Closed, InProgress, OnHold, Rejected, Reported, Resolved};
        match self {
            Self::Acknowledge => &[Reported],
            Self::Start => &[Reported, Acknowledged, OnHold],
            Self::Hold => &[Reported, Acknowledged, InProgress],
            Self::Resolve | Self::Reject => &[Reported, Acknowledged, InProgress, OnHold],
            Self::Close | Self::Confirm | Self::AutoClose | Self::Contest => &[Resolved],
            Self::Reopen => &[Resolved, Closed, Rejected],
            Self::Wake => &[OnHold],
        }
    }

    /// The statuses to which it may lead. Taken up again is `in_progress` when somebody has the
    /// complaint, else `acknowledged`.
    pub const fn ends_in(self) -> &'static [Status] {
        match self {
            Self::Acknowledge => &[Status::Acknowledged],
            Self::Start => &[Status::InProgress],
            Self::Hold => &[Status::OnHold],
            Self::Resolve => &[Status::Resolved],
            Self::Close | Self::Confirm | Self::AutoClose => &[Status::Closed],
            Self::Reject => &[Status::Rejected],
            Self::Reopen | Self::Contest | Self::Wake => {
                &[Status::InProgress, Status::Acknowledged]
            }
        }
    }

    /// Where it leads from `from`; `None` when it is no step from there.
    pub fn leads_to(self, from: Status, has_assignee: bool) -> Option<Status> {
        if !self.starts_from().contains(&from) {
            return None;
        }
        match (self.ends_in(), has_assignee) {
            ([with, _], true) => Some(*with),
            ([.., last], _) => Some(*last),
            ([], _) => None,
        }
    }

    /// What staff do to move a complaint from one status to another; `None`: there is no such step.
    pub fn towards(from: Status, to: Status) -> Option<Self> {
        let by_staff = [
            Self::Acknowledge,
            Self::Start,
            Self::Hold,
            Self::Resolve,
            Self::Close,
            Self::Reject,
            Self::Reopen,
        ];
        by_staff
            .into_iter()
            .find(|action| action.starts_from().contains(&from) && action.ends_in().contains(&to))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// In whose name a step is taken.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// An officer.
    Officer,
    /// An admin.
    Admin,
    /// Who reported it, by tracking token or their app's key.
    Reporter,
    /// A timer of the desk.
    System,
}

impl Party {
    /// Every party.
    pub const ALL: [Self; 4] = [Self::Officer, Self::Admin, Self::Reporter, Self::System];

    /// The word used in JSON and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Admin => "admin",
            Self::Reporter => "reporter",
            Self::System => "system",
        }
    }

    /// The party that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|party| party.as_str() == word)
    }
}

impl From<Role> for Party {
    fn from(role: Role) -> Self {
        match role {
            Role::Officer => Self::Officer,
            Role::Admin => Self::Admin,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_one_action_and_one_party_each() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        for party in Party::ALL {
            assert_eq!(Party::parse(party.as_str()), Some(party));
        }
        assert_eq!(Action::parse("Start"), None);
        assert_eq!(Party::parse(""), None);
    }

    #[test]
    fn an_action_towards_a_status_leads_there_with_or_without_an_assignee() {
        for from in Status::ALL {
            for to in Status::ALL {
                let Some(action) = Action::towards(from, to) else {
                    continue;
                };
                let led = [true, false].map(|assignee| action.leads_to(from, assignee));
                assert!(led.contains(&Some(to)), "{from} → {to} by {action}");
            }
        }
        assert_eq!(Action::towards(Status::Reported, Status::Closed), None);
        assert_eq!(Action::towards(Status::OnHold, Status::OnHold), None);
    }
}
