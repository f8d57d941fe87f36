//! Where a complaint stands. Which status may follow which is the machine's.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// A status, and when it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Entered {
    /// The status.
    pub status: Status,
    /// When it was entered (UTC).
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What a complaint was, from its submission to its present status, oldest first. `told` is what its events say, which may
/// begin late and, read a moment after the complaint, end late.
pub fn past(told: Vec<Entered>, created_at: Timestamp, now: Entered) -> Vec<Entered> {
    let first = Entered {
        status: Status::Reported,
        at: created_at,
    };
    let known = told.into_iter().filter(|step| step.at <= now.at);
    let mut past: Vec<Entered> = std::iter::once(first).chain(known).collect();
    past.dedup_by_key(|step| step.status);
    if past.last().map(|step| step.status) != Some(now.status) {
        past.push(now);
    }
    past
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_indexes_name_one_status_each() {
        for (index, status) in Status::ALL.into_iter().enumerate() {
            assert_eq!(Status::parse(status.as_str()), Some(status));
            assert_eq!(status.index(), index);
        }
        assert_eq!(Status::parse("Reported"), None);
    }

    #[test]
    fn a_past_begins_with_the_report_and_ends_with_the_present_status() {
        use Status::{Acknowledged, InProgress, Reported, Resolved};
        let entered = |status, second| Entered {
            status,
            at: Timestamp::from_second(second).unwrap(),
        };
        let created = Timestamp::from_second(1).unwrap();
        let seen = |told: &[(Status, i64)], now| {
            let told = told
                .iter()
                .map(|(status, second)| entered(*status, *second));
            let past = past(told.collect(), created, now);
            let past = past.into_iter();
            past.map(|step| (step.status, step.at.as_second()))
                .collect::<Vec<_>>()
        };
        let whole = [
            (Reported, 1),
            (Acknowledged, 2),
            (InProgress, 5),
            (Acknowledged, 7),
        ];
        assert_eq!(seen(&whole, entered(Acknowledged, 7)), whole);
        assert_eq!(seen(&[], entered(Reported, 1)), [(Reported, 1)]);
        // Events that are gone, and one that came after the complaint was read.
        assert_eq!(
            seen(&[(InProgress, 5), (Resolved, 9)], entered(InProgress, 5)),
            [(Reported, 1), (InProgress, 5)]
        );
        assert_eq!(
            seen(&[], entered(Resolved, 9)),
            [(Reported, 1), (Resolved, 9)]
        );
    }
}
