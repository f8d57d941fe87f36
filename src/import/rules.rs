//! Setting the rules of a region or category: checked against what else holds, then stored.
//!
//! Used by the admin routes and by the command line.

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use crate::domain::catalogue::Catalogue;
use crate::domain::fault::Faults;
use crate::domain::region::RegionId;
use crate::domain::rules::RegionWorkflows;
use crate::domain::status::Status;
use crate::domain::{calendar, deadline};
use crate::store::{Store, StoreError, rules};

/// Why rules were not set.
#[derive(Debug, Error)]
pub enum RulesError {
    /// There is no such region.
    #[error("there is no such region")]
    UnknownRegion,
    /// There is no such category.
    #[error("there is no such category")]
    UnknownCategory,
    /// The document is at fault; every fault is listed.
    #[error("{}", super::listed(.0))]
    Invalid(Faults),
    /// Complaints are in statuses that the workflow would give no next step.
    #[error("it would strand complaints: {}", counted(.0))]
    Strands(BTreeMap<Status, i64>),
    /// The database did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn counted(stranded: &BTreeMap<Status, i64>) -> String {
    let counts: Vec<_> = stranded
        .iter()
        .map(|(status, complaints)| format!("{complaints} {status}"))
        .collect();
    counts.join(", ")
}

/// The bytes of a file as JSON.
///
/// # Errors
/// [`RulesError::Invalid`].
pub fn document(bytes: &[u8]) -> Result<Value, RulesError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let mut faults = Faults::default();
        faults.add("document", "malformed", format!("is no JSON: {error}"));
        RulesError::Invalid(faults)
    })
}

/// Sets the workflow of a region, or of one category in it.
///
/// # Errors
/// [`RulesError`]; nothing is changed then.
pub async fn set_workflow(
    store: &Store,
    catalogue: &Catalogue,
    region: &RegionId,
    category: Option<&str>,
    document: &Value,
) -> Result<(), RulesError> {
    let workflows = catalogue
        .rules
        .workflows_with(region, category, document)
        .map_err(RulesError::Invalid)?;
    let stranded = stranded(store, region, category, &workflows).await?;
    if !stranded.is_empty() {
        return Err(RulesError::Strands(stranded));
    }
    let is_written = rules::save_workflow(store, region, category, document).await?;
    is_written.then_some(()).ok_or(RulesError::UnknownRegion)
}

/// How many complaints would be in a status without a way out. Asks the database only when there is
/// such a status.
async fn stranded(
    store: &Store,
    region: &RegionId,
    category: Option<&str>,
    workflows: &RegionWorkflows,
) -> Result<BTreeMap<Status, i64>, StoreError> {
    let mut stranded = BTreeMap::new();
    let dead_ends = workflows.dead_ends();
    if dead_ends.is_empty() {
        return Ok(stranded);
    }
    for count in rules::count_in(store, region, dead_ends).await? {
        let is_meant = category.is_none_or(|only| only == count.category);
        if is_meant && !workflows.of(&count.category).has_way_out(count.status) {
            *stranded.entry(count.status).or_default() += count.complaints;
        }
    }
    Ok(stranded)
}

/// Sets the business calendar of a region.
///
/// # Errors
/// [`RulesError`]; nothing is changed then.
pub async fn set_calendar(
    store: &Store,
    region: &RegionId,
    document: &Value,
) -> Result<(), RulesError> {
    calendar::parse(document).map_err(RulesError::Invalid)?;
    let is_written = rules::save_calendar(store, region, document).await?;
    is_written.then_some(()).ok_or(RulesError::UnknownRegion)
}

/// Sets the deadlines of a category: all of its rules.
///
/// # Errors
/// [`RulesError`]; nothing is changed then.
pub async fn set_deadlines(
    store: &Store,
    catalogue: &Catalogue,
    category: &str,
    document: &Value,
) -> Result<(), RulesError> {
    let parsed = deadline::parse(document).map_err(RulesError::Invalid)?;
    let mut faults = Faults::default();
    let mut people = Vec::new();
    for (index, rule) in parsed.iter().enumerate() {
        let region = rule.region.as_ref();
        if region.is_some_and(|region| !catalogue.regions.contains_key(region)) {
            faults.add(&format!("rules[{index}].region"), "unknown", "is no region");
        }
        let named = rule
            .escalations
            .iter()
            .filter_map(|level| level.reassign_to);
        people.extend(named.map(|person| (person, region)));
    }
    for person in rules::unable_officers(store, &people).await? {
        let message = format!("{person} is no active officer of that region");
        faults.add("reassign_to", "unknown", message);
    }
    faults.into_result(Some(())).map_err(RulesError::Invalid)?;
    let is_written = rules::save_deadlines(store, category, document).await?;
    is_written.then_some(()).ok_or(RulesError::UnknownCategory)
}
