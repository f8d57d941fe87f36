//! A policy at a moment: who is due.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::erasure::LEAST_AGE;
use super::super::region::RegionId;
use super::super::status::Status;
use super::{Policy, Purge, Rule, Treatment};

/// A rule with its cut-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Line {
    /// Only in this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Only of this category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The status.
    pub status: Status,
    /// Who entered the status before this is due.
    #[schema(value_type = String, format = DateTime)]
    pub before: Timestamp,
    /// What becomes of them.
    pub action: Treatment,
}

/// Who is due, and for what: the first line that fits a complaint holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Plan {
    lines: Vec<Line>,
}

impl Plan {
    /// What is due at `now` by the policy, with its days counted on the calendar of `zone`: of all, or of what a purge
    /// narrows it to.
    pub fn new(policy: &Policy, purge: &Purge, now: Timestamp, zone: &TimeZone) -> Self {
        let rules = policy.rules().iter();
        let wanted = rules.filter(|rule| purge.status.is_none_or(|only| only == rule.status));
        let line = |rule: &Rule| Line {
            region: rule
                .region
                .as_ref()
                .map(|id| RegionId::as_str(id).to_owned()),
            category: rule.category.clone(),
            status: rule.status,
            before: cut_off(purge.days.unwrap_or(rule.days), now, zone),
            action: rule.action,
        };
        Self {
            lines: wanted.map(line).collect(),
        }
    }

    /// Its lines, the most specific first.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The statuses of which some complaints may be due, in the order of a complaint's life.
    pub fn statuses(&self) -> impl Iterator<Item = Status> + '_ {
        let named = |status: &Status| self.lines.iter().any(|line| line.status == *status);
        Policy::STATUSES.into_iter().filter(named)
    }

    /// The latest cut-off of a status: nothing younger can be due.
    pub fn latest(&self, status: Status) -> Option<Timestamp> {
        let of_status = self.lines.iter().filter(|line| line.status == status);
        of_status.map(|line| line.before).max()
    }
}

/// So many days before `now`, on the calendar of `zone`, but never less than 24 hours: the day on which clocks are put
/// forward has 23.
pub(super) fn cut_off(days: u32, now: Timestamp, zone: &TimeZone) -> Timestamp {
    let begun = now
        .to_zoned(zone.clone())
        .checked_sub(i64::from(days).days())
        .map_or(Timestamp::MIN, |begun| begun.timestamp());
    begun.min(now.saturating_sub(LEAST_AGE).unwrap_or(Timestamp::MIN))
}
