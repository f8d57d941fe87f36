//! What of a region's events somebody follows: those whose complaint is, or was until then, of interest.
//!
//! A complaint that leaves an interest (given to another, less severe, of another category, moved away) is
//! told once more: whoever shows it would otherwise show it for ever.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Change, EventKind};
use crate::domain::complaint::{Complaint, Severity};

/// What somebody follows; what is absent asks nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Complaints of one of these.
    pub categories: Option<BTreeSet<String>>,
    /// Complaints that matter at least so much.
    pub min_severity: Option<Severity>,
    /// Complaints of this officer.
    pub assignee: Option<Uuid>,
}

impl Filter {
    /// Whether it asks for anything at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a complaint is of interest as it is.
    pub fn suits(&self, complaint: &Complaint) -> bool {
        self.suits_kind(&complaint.category, complaint.severity)
            && self.suits_assignee(complaint.assignee)
    }

    /// Whether an event is of interest. One of which nothing is known might be, and that a complaint was erased
    /// is: it may have been of interest before.
    pub fn matches(&self, sides: Option<&Sides>) -> bool {
        let Some(Sides {
            after: Some(after), ..
        }) = sides
        else {
            return true;
        };
        sides.is_some_and(|sides| self.suits_side(sides, after) || self.did_suit(sides))
    }

    fn did_suit(&self, sides: &Sides) -> bool {
        let before = sides.before.as_ref();
        before.is_some_and(|before| self.suits_side(sides, before))
    }

    fn suits_side(&self, sides: &Sides, side: &Traits) -> bool {
        // Moving away, a complaint loses an assignee of whom the event does not speak.
        let suits_assignee = sides.has_left || self.suits_assignee(side.assignee);
        suits_assignee && self.suits_kind(&side.category, side.severity)
    }

    fn suits_kind(&self, category: &str, severity: Severity) -> bool {
        let categories = self.categories.as_ref();
        categories.is_none_or(|wanted| wanted.contains(category))
            && self.min_severity.is_none_or(|least| severity >= least)
    }

    fn suits_assignee(&self, assignee: Option<Uuid>) -> bool {
        self.assignee.is_none() || self.assignee == assignee
    }
}

/// What filters ask of a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// Category id.
    pub category: String,
    /// How much it matters.
    pub severity: Severity,
    /// The officer who has it.
    pub assignee: Option<Uuid>,
}

/// What an event says of the traits before it; `None`: as after it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormerTraits {
    /// Category id.
    pub category: Option<String>,
    /// How much it mattered.
    pub severity: Option<Severity>,
    /// The officer who had it.
    pub assignee: Option<Option<Uuid>>,
}

/// An event's complaint before and after it, as far as filters ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides {
    complaint: Uuid,
    /// `None`: it was erased.
    after: Option<Traits>,
    /// `None` when it was the same.
    before: Option<Traits>,
    /// Whether the complaint has left the event's region.
    has_left: bool,
}

impl Sides {
    /// From what an event says of its complaint after it and before it.
    pub fn new(complaint: Uuid, after: Traits, former: FormerTraits, has_left: bool) -> Self {
        let before = (former != FormerTraits::default()).then(|| Traits {
            category: former.category.unwrap_or_else(|| after.category.clone()),
            severity: former.severity.unwrap_or(after.severity),
            assignee: former.assignee.unwrap_or(after.assignee),
        });
        Self {
            complaint,
            after: Some(after),
            before,
            has_left,
        }
    }

    /// Of a complaint that was erased.
    pub const fn erased(complaint: Uuid) -> Self {
        Self {
            complaint,
            after: None,
            before: None,
            has_left: true,
        }
    }

    /// The complaint's id.
    pub fn complaint(&self) -> Uuid {
        self.complaint
    }

    /// As it is after the event; `None` when it was erased.
    pub const fn after(&self) -> Option<&Traits> {
        self.after.as_ref()
    }

    /// Of an event that has just been decided.
    pub(super) fn of(kind: EventKind, complaint: &Complaint, change: &Change) -> Self {
        if kind == EventKind::Erased {
            return Self::erased(complaint.id);
        }
        let after = Traits {
            category: complaint.category.clone(),
            severity: complaint.severity,
            assignee: complaint.assignee,
        };
        let former = FormerTraits {
            category: change
                .category
                .as_ref()
                .map(|category| category.from.clone()),
            severity: change.severity.as_ref().map(|severity| severity.from),
            assignee: change.assignee.as_ref().map(|assignee| assignee.from),
        };
        Self::new(complaint.id, after, former, kind == EventKind::MovedOut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn traits(category: &str, severity: Severity, assignee: Option<u128>) -> Traits {
        Traits {
            category: category.into(),
            severity,
            assignee: assignee.map(Uuid::from_u128),
        }
    }

    fn of(categories: &[&str], min_severity: Option<Severity>, assignee: Option<u128>) -> Filter {
        let named: BTreeSet<String> = categories.iter().map(|&one| one.to_owned()).collect();
        Filter {
            categories: (!named.is_empty()).then_some(named),
            min_severity,
            assignee: assignee.map(Uuid::from_u128),
        }
    }

    #[test]
    fn every_condition_must_hold_on_one_side() {
        let hole = || traits("pothole", Severity::High, Some(1));
        let unchanged = Sides::new(ID, hole(), FormerTraits::default(), false);
        for (filter, expected) in [
            (of(&[], None, None), true),
            (of(&["pothole", "lamp"], None, None), true),
            (of(&["lamp"], None, None), false),
            (of(&[], Some(Severity::High), None), true),
            (of(&[], Some(Severity::Critical), None), false),
            (of(&[], None, Some(1)), true),
            (of(&[], None, Some(2)), false),
            (of(&["pothole"], Some(Severity::Low), Some(1)), true),
            (of(&["pothole"], Some(Severity::Low), Some(2)), false),
        ] {
            assert_eq!(filter.matches(Some(&unchanged)), expected, "{filter:?}");
        }
        assert!(of(&["lamp"], None, None).matches(None), "it might be");
        // Each side alone fails one condition: never of interest.
        let former = FormerTraits {
            category: Some("lamp".into()),
            ..FormerTraits::default()
        };
        let renamed = Sides::new(ID, traits("pothole", Severity::Low, None), former, false);
        assert!(!of(&["pothole"], Some(Severity::High), None).matches(Some(&renamed)));
    }

    #[test]
    fn what_leaves_an_interest_is_told_once_more() {
        let former = |change: fn(&mut FormerTraits)| {
            let mut former = FormerTraits::default();
            change(&mut former);
            Sides::new(ID, traits("lamp", Severity::Low, Some(2)), former, false)
        };
        let renamed = former(|former| former.category = Some("pothole".into()));
        let eased = former(|former| former.severity = Some(Severity::Critical));
        let given = former(|former| former.assignee = Some(Some(Uuid::from_u128(1))));
        let taken = former(|former| former.assignee = Some(None));
        assert!(of(&["pothole"], None, None).matches(Some(&renamed)));
        assert!(of(&[], Some(Severity::High), None).matches(Some(&eased)));
        assert!(of(&[], None, Some(1)).matches(Some(&given)));
        assert!(!of(&[], None, Some(1)).matches(Some(&taken)));
    }

    #[test]
    fn everybody_is_told_that_a_complaint_was_erased() {
        let gone = Sides::erased(ID);
        for filter in [
            of(&["pothole"], None, None),
            of(&[], Some(Severity::Critical), Some(1)),
        ] {
            assert!(filter.matches(Some(&gone)), "{filter:?}");
        }
    }

    #[test]
    fn a_complaint_that_moves_away_may_have_been_anybodys() {
        let after = traits("lamp", Severity::Low, None);
        let gone = Sides::new(ID, after, FormerTraits::default(), true);
        assert!(of(&[], None, Some(1)).matches(Some(&gone)));
        assert!(!of(&["pothole"], None, Some(1)).matches(Some(&gone)));
    }
}
