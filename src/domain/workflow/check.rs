//! Whether a workflow is one in which complaints can live: every status can be reached and left,
//! an end can be reached from everywhere, and deadlines stand where time can pass.

use std::collections::BTreeSet;

use super::super::fault::Faults;
use super::super::status::Status;
use super::Workflow;

/// Notes every fault of the graph.
pub(super) fn check(workflow: &Workflow, faults: &mut Faults) {
    let reached = reached_from(Status::Reported, workflow);
    for status in Status::ALL
        .into_iter()
        .filter(|status| workflow.uses(*status))
    {
        if !reached.contains(&status) {
            let message = format!("nothing leads to {status} any more");
            faults.add("edges", "unreachable", message);
        }
        if status.is_final() {
            continue;
        }
        if !workflow.has_way_out(status) {
            let message = format!("nothing leads out of {status} any more");
            faults.add("edges", "no_way_out", message);
        } else if !reached_from(status, workflow)
            .iter()
            .any(|to| to.is_final())
        {
            let message = format!("no end can be reached from {status} any more");
            faults.add("edges", "no_end", message);
        }
    }
    deadlines(workflow, faults);
}

fn deadlines(workflow: &Workflow, faults: &mut Faults) {
    for status in workflow.deadlines.keys() {
        let place = format!("deadlines.{status}");
        if !workflow.uses(*status) {
            let message = "is a deadline of a status that is not used here";
            faults.add(&place, "impossible_deadline", message);
        } else if !status.is_open() {
            let message = format!("no deadline can run while a complaint is {status}");
            faults.add(&place, "impossible_deadline", message);
        }
    }
}

/// The statuses to which steps lead from `start`, itself included.
fn reached_from(start: Status, workflow: &Workflow) -> BTreeSet<Status> {
    let mut reached = BTreeSet::from([start]);
    // Each round reaches at least one more status, or is the last.
    for _ in Status::ALL {
        let next: Vec<Status> = workflow
            .steps()
            .filter(|(from, _, _)| reached.contains(from))
            .flat_map(|(_, action, _)| action.ends_in().iter().copied())
            .collect();
        reached.extend(next);
    }
    reached
}
