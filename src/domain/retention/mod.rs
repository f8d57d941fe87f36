//! Retention: how long complaints are kept after their end, and what becomes of them then.
//!
//! A [`Policy`] is a document of rules. Of the rules that fit a complaint the most specific holds. With a moment it
//! becomes a [`Plan`]: for each rule the cut-off, before which complaints must have entered their status. A plan is
//! made once for a run and kept with it, so that a run that goes on elsewhere goes on by the same cut-offs. Pure:
//! times and time zones are passed in. Whether one complaint may go is decided where it is erased, never here.

mod document;
mod plan;
mod purge;
mod run;
mod schedule;
#[cfg(test)]
mod schedule_tests;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::region::RegionId;
use super::status::Status;
pub use document::parse;
pub use plan::{Line, Plan};
pub use purge::Purge;
pub use run::{Counts, Origin, Run, Stage};
pub use schedule::Schedule;

/// Days that a period may have: from one to a hundred years.
pub const DAYS: RangeInclusive<i64> = 1..=36_500;

/// What becomes of a complaint when its time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// Everything goes; a tombstone without personal data stays.
    Erase,
    /// Who reported it, its texts and its photos go and its place is rounded; category, times and status stay.
    Anonymise,
}

impl Treatment {
    /// Every treatment.
    pub const ALL: [Self; 2] = [Self::Erase, Self::Anonymise];

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Anonymise => "anonymise",
        }
    }

    /// The treatment that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// How long complaints in one status are kept, all or some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rule {
    /// Only in this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub region: Option<RegionId>,
    /// Only of this category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// `resolved`, `closed` or `rejected`.
    pub status: Status,
    /// Days from entering the status, 1–36500.
    #[schema(minimum = 1, maximum = 36500)]
    pub days: u32,
    /// What becomes of them then.
    pub action: Treatment,
}

/// How long is kept what is no complaint, in days of 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kept {
    /// Missed events can be read again for so long.
    pub replay_days: u32,
    /// Pictures in the photo store without a photo: what a crash or a restored database left there.
    pub orphaned_photo_days: u32,
    /// Photos that were begun and not finished, or sent straight to the store and never confirmed.
    pub unfinished_upload_days: u32,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            replay_days: 30,
            orphaned_photo_days: 7,
            unfinished_upload_days: 1,
        }
    }
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The most specific first: with region and category, with a region, with a category, for all.
    rules: Vec<Rule>,
    /// What is no complaint.
    pub kept: Kept,
}

impl Default for Policy {
    fn default() -> Self {
        Self::new(Vec::new(), Kept::default())
    }
}

impl Policy {
    /// Statuses in which the time of a complaint can be up.
    pub const STATUSES: [Status; 3] = [Status::Resolved, Status::Closed, Status::Rejected];

    /// The policy of these rules; where none holds for all of a status, the usual one does.
    fn new(mut rules: Vec<Rule>, kept: Kept) -> Self {
        for status in Self::STATUSES {
            let for_all = |rule: &Rule| {
                rule.status == status && rule.region.is_none() && rule.category.is_none()
            };
            if !rules.iter().any(for_all) {
                rules.push(usual(status));
            }
        }
        rules.sort_by_key(|rule| {
            let unspecific = match (&rule.region, &rule.category) {
                (Some(_), Some(_)) => 0,
                (Some(_), None) => 1,
                (None, Some(_)) => 2,
                (None, None) => 3,
            };
            (unspecific, rule.status)
        });
        Self { rules, kept }
    }

    /// The rules, the most specific first: the first that fits a complaint holds.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// What holds for a status of which the document says nothing.
fn usual(status: Status) -> Rule {
    let days = match status {
        Status::Rejected => 7,
        Status::Closed => 30,
        Status::Resolved
        | Status::Reported
        | Status::Acknowledged
        | Status::InProgress
        | Status::OnHold => 90,
    };
    Rule {
        region: None,
        category: None,
        status,
        days,
        action: Treatment::Erase,
    }
}

/// A number of days as people write it.
///
/// # Errors
/// The fault's code and message, which says the bounds.
fn days(number: i64) -> Result<u32, (&'static str, String)> {
    let days = u32::try_from(number).ok();
    days.filter(|_| DAYS.contains(&number)).ok_or_else(|| {
        let (least, most) = (DAYS.start(), DAYS.end());
        let message = format!("must be between {least} and {most} days");
        ("out_of_range", message)
    })
}

/// A status in which the time of a complaint can be up.
///
/// # Errors
/// The fault's code and message.
fn status(word: &str) -> Result<Status, (&'static str, String)> {
    let known = Status::parse(word).filter(|status| Policy::STATUSES.contains(status));
    known.ok_or_else(|| {
        let message = "must be resolved, closed or rejected: what is active is never removed";
        ("unknown", message.into())
    })
}
