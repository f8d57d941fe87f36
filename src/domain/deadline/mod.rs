//! Deadlines: how soon complaints of a category are to be acknowledged and resolved, and what
//! happens when that time passes.
//!
//! [`Plan`] is what holds for one complaint; it alone moves a complaint's deadlines and timers.

mod document;
mod plan;
#[cfg(test)]
mod plan_tests;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::complaint::Severity;
use super::region::RegionId;
use super::term::Term;
pub use document::parse;
pub use plan::{Fired, Plan, hold_until};

/// Most levels of escalation.
pub const LEVELS_MOST: usize = 3;

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// All time; a day is a civil day in the time zone of the region's calendar, otherwise in UTC.
    #[default]
    Calendar,
    /// Working time by the region's calendar; as `calendar` in a region that has none.
    Business,
}

impl Clock {
    /// Every clock.
    pub const ALL: [Self; 2] = [Self::Calendar, Self::Business];

    /// The word used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calendar => "calendar",
            Self::Business => "business",
        }
    }

    /// The clock that `word` names, if any.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clock| clock.as_str() == word)
    }
}

/// What happens at one level of escalation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Level {
    /// Time after the level before; the first level is at the deadline itself.
    #[schema(value_type = String, examples("4h"))]
    pub after: Term,
    /// The officer who gets the complaint then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reassign_to: Option<Uuid>,
}

/// The deadlines of a category's complaints, of all or of some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rule {
    /// Only in this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub region: Option<RegionId>,
    /// Only of this severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How soon it is to leave `reported`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("4h"))]
    pub acknowledge_within: Option<Term>,
    /// How soon it is to be resolved, from its submission or from its reopening.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, examples("3d"))]
    pub resolve_within: Option<Term>,
    /// Which time counts.
    pub clock: Clock,
    /// One to three levels.
    pub escalations: Vec<Level>,
}

/// The rule for a complaint: of those that fit the most specific, which is one for its region and
/// severity, else one for its region, else one for its severity, else the one for all.
pub fn rule_for<'a>(rules: &'a [Rule], region: &RegionId, severity: Severity) -> Option<&'a Rule> {
    let fits = |rule: &&Rule| {
        rule.region.as_ref().is_none_or(|only| only == region)
            && rule.severity.is_none_or(|only| only == severity)
    };
    let specific = |rule: &&Rule| (rule.region.is_some(), rule.severity.is_some());
    rules.iter().filter(fits).max_by_key(specific)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_most_specific_rule_wins() {
        let rules = parse(&json!([
            {"resolve_within": "1d"},
            {"severity": "high", "resolve_within": "2d"},
            {"region": "north", "resolve_within": "3d"},
            {"region": "north", "severity": "high", "resolve_within": "4d"},
        ]))
        .unwrap();
        for (region, severity, days) in [
            ("south", Severity::Low, 1),
            ("south", Severity::High, 2),
            ("north", Severity::Low, 3),
            ("north", Severity::High, 4),
        ] {
            let rule = rule_for(&rules, &RegionId::from_stored(region), severity).unwrap();
            assert_eq!(rule.resolve_within, Some(Term::of_days(days)));
        }
        assert!(rule_for(&rules[3..], &RegionId::from_stored("south"), Severity::High).is_none());
    }
}
