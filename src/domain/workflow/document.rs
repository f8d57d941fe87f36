//! A workflow as admins write it: a JSON document that tightens the one beneath it.
//!
//! ```json
//! {"confirmation_window": "7d", "reopen_window": "14d", "without": ["on_hold"],
//!  "edges": {"reported": {"resolve": false, "reject": {"roles": ["admin"], "require": ["photo"]}},
//!            "in_progress": {"resolve": {"require": ["photo"]}}},
//!  "deadlines": {"acknowledged": "2d"}}
//! ```
//!
//! Everything is optional. Every fault is named at once, with its place in the document.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::action::{Action, Party};
use super::super::document::{known, object, shortened, text, words};
use super::super::fault::Faults;
use super::super::status::Status;
use super::super::term::Term;
use super::{Edge, Need, Workflow, check};

/// The statuses that a region may do without. All others are where reopening, waking or the end of
/// the confirmation window lead.
const DISPENSABLE: [Status; 2] = [Status::OnHold, Status::Rejected];

/// The workflow that `document` makes of `base`.
///
/// # Errors
/// Every fault: unknown words, loosening, edges without a role, statuses that cannot be reached or
/// left, deadlines where none can be.
pub fn tighten(base: &Workflow, document: &Value) -> Result<Workflow, Faults> {
    let mut faults = Faults::default();
    let mut workflow = base.clone();
    if let Some(members) = object(document, "document", &mut faults) {
        apply(members, &mut workflow, &mut faults);
        if faults.is_empty() {
            check::check(&workflow, &mut faults);
        }
    }
    faults.into_result(Some(workflow))
}

fn apply(members: &Map<String, Value>, workflow: &mut Workflow, faults: &mut Faults) {
    for (name, value) in members {
        match name.as_str() {
            "confirmation_window" => {
                let window = text(value, name, faults).map(Term::positive);
                if let Some(term) = window.and_then(|term| faults.keep(name, term)) {
                    workflow.confirmation_window = term;
                }
            }
            "reopen_window" => {
                let window = text(value, name, faults).map(Term::parse);
                if let Some(term) = window.and_then(|term| faults.keep(name, term)) {
                    workflow.reopen_window = term;
                }
            }
            "without" => without(value, workflow, faults),
            "edges" => edges(value, workflow, faults),
            "deadlines" => deadlines(value, workflow, faults),
            _ => faults.add(
                &shortened(name),
                "unknown_field",
                "is not one of confirmation_window, reopen_window, without, edges, deadlines",
            ),
        }
    }
}

fn without(value: &Value, workflow: &mut Workflow, faults: &mut Faults) {
    for status in words(value, "without", "status", Status::parse, faults) {
        if DISPENSABLE.contains(&status) {
            workflow.do_without(status);
        } else {
            let message = format!("{status} is always needed; only on_hold and rejected are not");
            faults.add("without", "not_settable", message);
        }
    }
}

fn edges(value: &Value, workflow: &mut Workflow, faults: &mut Faults) {
    for (word, actions) in object(value, "edges", faults).into_iter().flatten() {
        let place = format!("edges.{}", shortened(word));
        let Some(from) = known(Status::parse(word), &place, "status", faults) else {
            continue;
        };
        for (word, setting) in object(actions, &place, faults).into_iter().flatten() {
            let place = format!("{place}.{}", shortened(word));
            if let Some(action) = known(Action::parse(word), &place, "action", faults) {
                edge(from, action, setting, &place, workflow, faults);
            }
        }
    }
}

fn edge(
    from: Status,
    action: Action,
    setting: &Value,
    place: &str,
    workflow: &mut Workflow,
    faults: &mut Faults,
) {
    if matches!(action, Action::Wake | Action::AutoClose) {
        let message = format!("{action} is the desk's own step; only its time can be set");
        return faults.add(place, "not_settable", message);
    }
    if !action.starts_from().contains(&from) {
        let message = format!("there is no step {action} from {from}");
        return faults.add(place, "no_such_step", message);
    }
    match setting {
        Value::Bool(false) => workflow.switch_off(from, action),
        Value::Bool(true) if workflow.edge(from, action).is_some() => {}
        Value::Object(members) => {
            if let Some(edge) = workflow.edges.get_mut(&(from, action)) {
                narrow(members, place, edge, faults);
            } else {
                faults.add(place, "loosens", "the workflow beneath has switched it off");
            }
        }
        Value::Bool(true) => {
            faults.add(place, "loosens", "the workflow beneath has switched it off");
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => faults.add(
            place,
            "wrong_type",
            "must be false (off) or an object with roles and require",
        ),
    }
}

fn narrow(members: &Map<String, Value>, place: &str, edge: &mut Edge, faults: &mut Faults) {
    for (name, value) in members {
        let place = format!("{place}.{}", shortened(name));
        match name.as_str() {
            "roles" => {
                let named: BTreeSet<Party> = words(value, &place, "role", Party::parse, faults)
                    .into_iter()
                    .collect();
                for role in named.difference(&edge.roles) {
                    let message = format!("{role} may not take this step in the workflow beneath");
                    faults.add(&place, "loosens", message);
                }
                if value.as_array().is_some_and(Vec::is_empty) {
                    let message = "names no role; to switch the step off, set it to false";
                    faults.add(&place, "no_role", message);
                }
                edge.roles = named;
            }
            "require" => {
                edge.requires
                    .extend(words(value, &place, "requirement", Need::parse, faults));
            }
            _ => faults.add(&place, "unknown_field", "is not one of roles, require"),
        }
    }
}

fn deadlines(value: &Value, workflow: &mut Workflow, faults: &mut Faults) {
    for (word, value) in object(value, "deadlines", faults).into_iter().flatten() {
        let place = format!("deadlines.{}", shortened(word));
        let status = known(Status::parse(word), &place, "status", faults);
        let term =
            text(value, &place, faults).and_then(|text| faults.keep(&place, Term::positive(text)));
        if let Some((status, term)) = status.zip(term) {
            workflow.deadlines.insert(status, term);
        }
    }
}
