//! The deadlines of a category as admins write them: a list of rules.
//!
//! ```json
//! [{"acknowledge_within": "1d", "resolve_within": "10d", "clock": "business"},
//!  {"region": "harbour", "severity": "critical", "acknowledge_within": "1h", "resolve_within": "8h",
//!   "escalations": [{}, {"after": "2h"}, {"after": "4h", "reassign_to": "018f…"}]}]
//! ```

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::super::complaint::Severity;
use super::super::document::{known, list, object, shortened, text};
use super::super::fault::Faults;
use super::super::region::RegionId;
use super::super::term::Term;
use super::{Clock, LEVELS_MOST, Level, Rule};

/// Most rules of a category: one for each severity in each of a hundred regions.
const RULES_MOST: usize = 500;

/// The rules that `document` lists. Whether its regions and officers exist is up to the caller.
///
/// # Errors
/// Every fault, with its place.
pub fn parse(document: &Value) -> Result<Vec<Rule>, Faults> {
    let mut faults = Faults::default();
    let mut rules = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, value) in list(document, "rules", RULES_MOST, &mut faults)
        .iter()
        .enumerate()
    {
        let place = format!("rules[{index}]");
        let mut own = Faults::default();
        let rule = object(value, &place, &mut own).map(|members| rule(members, &place, &mut own));
        let key = rule
            .as_ref()
            .map(|rule| (rule.region.clone(), rule.severity));
        if own.is_empty() && key.is_some_and(|key| !seen.insert(key)) {
            let message = "an earlier rule is for the same region and severity";
            own.add(&place, "duplicate", message);
        }
        faults.append("", own);
        rules.extend(rule);
    }
    faults.into_result(Some(rules))
}

fn rule(members: &Map<String, Value>, place: &str, faults: &mut Faults) -> Rule {
    let mut rule = Rule {
        region: None,
        severity: None,
        acknowledge_within: None,
        resolve_within: None,
        clock: Clock::default(),
        escalations: vec![Level::default()],
    };
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{place}.{}", shortened(name));
        match name.as_str() {
            "region" => {
                let parsed = text(value, &at, faults).map(RegionId::parse);
                rule.region = parsed.and_then(|parsed| faults.keep(&at, parsed));
            }
            "severity" => {
                let parsed = text(value, &at, faults).map(Severity::parse);
                rule.severity = parsed.and_then(|parsed| faults.keep(&at, parsed));
            }
            "acknowledge_within" => rule.acknowledge_within = term(value, &at, faults),
            "resolve_within" => rule.resolve_within = term(value, &at, faults),
            "clock" => {
                let clock = text(value, &at, faults)
                    .and_then(|word| known(Clock::parse(word), &at, "clock", faults));
                rule.clock = clock.unwrap_or_default();
            }
            "escalations" => rule.escalations = levels(value, &at, faults),
            _ => faults.add(&at, "unknown_field", "is not a member of a rule"),
        }
    }
    let sets_deadline = ["acknowledge_within", "resolve_within"];
    if !sets_deadline
        .iter()
        .any(|name| members.get(*name).is_some_and(|value| !value.is_null()))
    {
        let message = "must set acknowledge_within or resolve_within";
        faults.add(place, "required", message);
    }
    rule
}

fn term(value: &Value, place: &str, faults: &mut Faults) -> Option<Term> {
    let parsed = text(value, place, faults).map(Term::positive);
    parsed.and_then(|parsed| faults.keep(place, parsed))
}

fn levels(value: &Value, place: &str, faults: &mut Faults) -> Vec<Level> {
    let items = list(value, place, LEVELS_MOST, faults);
    if value.as_array().is_some_and(Vec::is_empty) {
        let message = format!("must have 1 to {LEVELS_MOST} levels");
        faults.add(place, "required", message);
    }
    let mut levels = Vec::new();
    for (index, value) in items.iter().enumerate() {
        let place = format!("{place}[{index}]");
        let members = object(value, &place, faults);
        levels.extend(members.map(|members| level(index, members, &place, faults)));
    }
    levels
}

fn level(index: usize, members: &Map<String, Value>, place: &str, faults: &mut Faults) -> Level {
    let mut level = Level::default();
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{place}.{}", shortened(name));
        match name.as_str() {
            "after" => {
                let parsed = text(value, &at, faults).map(Term::parse);
                let parsed = parsed.and_then(|parsed| faults.keep(&at, parsed));
                level.after = parsed.unwrap_or_default();
            }
            "reassign_to" => {
                let id = text(value, &at, faults).map(str::parse::<Uuid>);
                let id = id.map(|id| id.map_err(|_bad| ("malformed", "must be an id".into())));
                level.reassign_to = id.and_then(|id| faults.keep(&at, id));
            }
            _ => faults.add(&at, "unknown_field", "is not one of after, reassign_to"),
        }
    }
    let at = format!("{place}.after");
    if index == 0 && !level.after.is_zero() {
        let message = "the first level is at the deadline: leave it out";
        faults.add(&at, "out_of_range", message);
    } else if index > 0 && level.after.is_zero() {
        faults.add(&at, "required", "must be longer than nothing");
    }
    level
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::fault::Fault;
    use super::*;

    #[test]
    fn all_faults_of_rules_are_named_at_once() {
        let document = json!([
            {"acknowledge_within": "4h"}, {"resolve_within": "1d"}, {"region": "No Slug"},
            {"severity": "huge", "resolve_within": "0s", "clock": "sand", "extra": 1}, 7,
            {"region": "north", "resolve_within": "1d",
             "escalations": [{"after": "1h"}, {}, {"after": "x", "reassign_to": "me", "by": 1}]},
            {"region": "south", "resolve_within": "1d", "escalations": []},
            {"region": "west", "resolve_within": "1d", "escalations": [{}, {"after": "1h"}, {"after": "1h"}, {"after": "1h"}]},
        ]);
        let faults = parse(&document).unwrap_err().into_inner();
        let pair = |fault: Fault| (fault.field, fault.code);
        let mut found: Vec<_> = faults.into_iter().map(pair).collect();
        found.sort_unstable();
        let expected = [
            ("rules[1]", "duplicate"),
            ("rules[2]", "required"),
            ("rules[2].region", "invalid"),
            ("rules[3].clock", "unknown"),
            ("rules[3].extra", "unknown_field"),
            ("rules[3].resolve_within", "out_of_range"),
            ("rules[3].severity", "unknown"),
            ("rules[4]", "wrong_type"),
            ("rules[5].escalations[0].after", "out_of_range"),
            ("rules[5].escalations[1].after", "required"),
            ("rules[5].escalations[2].after", "malformed"),
            ("rules[5].escalations[2].after", "required"),
            ("rules[5].escalations[2].by", "unknown_field"),
            ("rules[5].escalations[2].reassign_to", "malformed"),
            ("rules[6].escalations", "required"),
            ("rules[7].escalations", "too_long"),
        ];
        let found: Vec<_> = found
            .iter()
            .map(|(field, code)| (field.as_str(), *code))
            .collect();
        assert_eq!(found, expected);
        assert!(parse(&json!({})).is_err());
    }
}
