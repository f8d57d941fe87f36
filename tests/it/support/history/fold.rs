//! What events come to: the open complaints of a region, by the rule of `docs/PROTOCOL.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Fact, digest, id_of};

const OPEN: [&str; 4] = ["reported", "acknowledged", "in_progress", "on_hold"];
const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];

/// The open complaints after these events: ids and digests. Only those of interest, and of which nothing was erased
/// since: what was said of them is not known any more.
pub(super) fn open_after(
    facts: &[Fact],
    interest: Option<&Interest>,
    erased: &BTreeSet<String>,
) -> BTreeMap<String, u64> {
    let mut open: BTreeMap<String, &Value> = BTreeMap::new();
    for fact in facts {
        let complaint = &fact.payload["complaint"];
        let has_left = fact.payload["kind"] == "complaint.moved_out";
        let is_open = OPEN.iter().any(|status| complaint["status"] == *status);
        if is_open && !has_left {
            open.insert(id_of(complaint), complaint);
        } else {
            open.remove(&id_of(complaint));
        }
    }
    open.retain(|id, _| !erased.contains(id));
    open.into_iter()
        .filter(|(_, complaint)| interest.is_none_or(|interest| interest.suits(complaint)))
        .map(|(id, complaint)| (id, digest(complaint)))
        .collect()
}

/// A filter of a subscription, as far as the checker knows them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interest {
    /// Empty for all.
    pub(crate) categories: BTreeSet<String>,
    pub(crate) min_severity: Option<String>,
}

impl Interest {
    /// The member `filter` of `subscribe`.
    pub(crate) fn filter(&self) -> Value {
        let mut filter = json!({});
        if !self.categories.is_empty() {
            filter["categories"] = json!(self.categories);
        }
        if let Some(severity) = &self.min_severity {
            filter["min_severity"] = json!(severity);
        }
        filter
    }

    fn suits(&self, complaint: &Value) -> bool {
        let text = |name: &str| complaint[name].as_str().unwrap_or_default();
        let rank = |severity: &str| SEVERITIES.iter().position(|one| *one == severity);
        let is_of_category =
            self.categories.is_empty() || self.categories.contains(text("category"));
        let is_grave = self
            .min_severity
            .as_ref()
            .is_none_or(|least| rank(text("severity")) >= rank(least));
        is_of_category && is_grave
    }

    /// Whether an event's complaint suits after it or did before it.
    pub(super) fn wants(&self, fact: &Fact) -> bool {
        if fact.payload["kind"] == "complaint.erased" {
            return true;
        }
        let after = &fact.payload["complaint"];
        let mut before = after.clone();
        for name in ["category", "severity"] {
            let former = &fact.payload["change"][name]["from"];
            if !former.is_null() {
                before[name] = former.clone();
            }
        }
        self.suits(after) || self.suits(&before)
    }
}
