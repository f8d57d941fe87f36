//! A retention policy as admins write it.
//!
//! ```json
//! {"rules": [{"status": "resolved", "days": 90, "action": "erase"},
//!            {"region": "north", "category": "lamp", "status": "closed", "days": 365, "action": "anonymise"}],
//!  "replay_days": 30, "orphaned_photo_days": 7, "unfinished_upload_days": 1}
//! ```
//!
//! `region` and `category` narrow a rule, and `action` is `erase` when it is absent. So are all members of the document:
//! the usual periods hold of what it does not name.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::document::{known, list, object, shortened, text};
use super::super::fault::Faults;
use super::super::region::RegionId;
use super::{Kept, Policy, Rule, Treatment, days, status};

/// The members of a policy.
const MEMBERS: [&str; 4] = [
    "rules",
    "replay_days",
    "orphaned_photo_days",
    "unfinished_upload_days",
];
/// Most rules of a policy.
const RULES_MOST: usize = 1000;

/// The policy that `document` describes. Whether its regions and categories exist is for whoever knows them.
///
/// # Errors
/// Every fault, with its place.
pub fn parse(document: &Value) -> Result<Policy, Faults> {
    let mut faults = Faults::default();
    let policy = object(document, "document", &mut faults).map(|members| {
        refuse_others(members, &MEMBERS, "", &mut faults);
        let rules = members.get("rules");
        let rules = rules.map_or_else(Vec::new, |value| rules_of(value, &mut faults));
        Policy::new(rules, kept(members, &mut faults))
    });
    faults.into_result(policy)
}

fn kept(members: &Map<String, Value>, faults: &mut Faults) -> Kept {
    let mut kept = Kept::default();
    for (name, days) in [
        ("replay_days", &mut kept.replay_days),
        ("orphaned_photo_days", &mut kept.orphaned_photo_days),
        ("unfinished_upload_days", &mut kept.unfinished_upload_days),
    ] {
        if let Some(given) = members.get(name) {
            *days = number(given, name, faults).unwrap_or(*days);
        }
    }
    kept
}

fn refuse_others(members: &Map<String, Value>, may: &[&str], prefix: &str, faults: &mut Faults) {
    for name in members.keys().filter(|name| !may.contains(&name.as_str())) {
        let message = format!("is not one of {}", may.join(", "));
        let place = format!("{prefix}{}", shortened(name));
        faults.add(&place, "unknown_field", message);
    }
}

fn rules_of(value: &Value, faults: &mut Faults) -> Vec<Rule> {
    let (mut rules, mut seen) = (Vec::new(), HashSet::new());
    for (index, item) in list(value, "rules", RULES_MOST, faults).iter().enumerate() {
        let place = format!("rules[{index}]");
        let Some(rule) = rule(item, &place, faults) else {
            continue;
        };
        let whom = (rule.region.clone(), rule.category.clone(), rule.status);
        if !seen.insert(whom) {
            let message = "an earlier rule is of the same region, category and status";
            faults.add(&place, "repeated", message);
        }
        rules.push(rule);
    }
    rules
}

fn rule(value: &Value, place: &str, faults: &mut Faults) -> Option<Rule> {
    let members = object(value, place, faults)?;
    let prefix = format!("{place}.");
    let may = ["region", "category", "status", "days", "action"];
    refuse_others(members, &may, &prefix, faults);
    let region = word(members, "region", &prefix, faults);
    let category = word(members, "category", &prefix, faults);
    let at = |name: &str| format!("{prefix}{name}");
    let status = required(members, "status", &prefix, faults)
        .and_then(|value| text(value, &at("status"), faults))
        .and_then(|word| faults.keep(&at("status"), status(word)));
    let days = required(members, "days", &prefix, faults)
        .and_then(|value| number(value, &at("days"), faults));
    let action = members
        .get("action")
        .map_or(Some(Treatment::Erase), |value| {
            let word = text(value, &at("action"), faults)?;
            known(Treatment::parse(word), &at("action"), "action", faults)
        });
    Some(Rule {
        region: region.map(|region| RegionId::from_stored(&region)),
        category,
        status: status?,
        days: days?,
        action: action?,
    })
}

fn required<'a>(
    members: &'a Map<String, Value>,
    name: &str,
    prefix: &str,
    faults: &mut Faults,
) -> Option<&'a Value> {
    let value = members.get(name);
    if value.is_none() {
        faults.add(&format!("{prefix}{name}"), "required", "must be given");
    }
    value
}

/// An id that narrows a rule.
fn word(
    members: &Map<String, Value>,
    name: &str,
    prefix: &str,
    faults: &mut Faults,
) -> Option<String> {
    let value = members.get(name)?;
    let place = format!("{prefix}{name}");
    text(value, &place, faults).map(shortened)
}

fn number(value: &Value, place: &str, faults: &mut Faults) -> Option<u32> {
    let Some(number) = value.as_number() else {
        faults.add(place, "wrong_type", "must be a whole number of days");
        return None;
    };
    // What no i64 holds, and what is no whole number, is out of range as well.
    faults.keep(place, days(number.as_i64().unwrap_or_default()))
}
