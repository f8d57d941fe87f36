//! The rules in force, by region and category: workflows, business calendars and deadlines.
//!
//! Made once from the stored documents, with the catalogue that it belongs to, and never changed.

mod escalations;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

use super::calendar::{self, Calendar};
use super::complaint::Severity;
use super::deadline::{self, Plan, Rule, rule_for};
use super::fault::Faults;
use super::region::RegionId;
use super::status::Status;
use super::workflow::{Need, Workflow, tighten};
pub use escalations::BrokenEscalation;

/// The documents as they are stored.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// By region, for all categories.
    pub regions: BTreeMap<RegionId, Value>,
    /// By region and category.
    pub categories: BTreeMap<RegionId, BTreeMap<String, Value>>,
    /// By region.
    pub calendars: BTreeMap<RegionId, Value>,
    /// By category: a list of rules.
    pub deadlines: BTreeMap<String, Value>,
}

/// The workflows of one region: what they would be, or are.
#[derive(Debug, Clone, Default)]
pub struct RegionWorkflows {
    own: Workflow,
    categories: BTreeMap<String, Workflow>,
}

impl RegionWorkflows {
    /// The workflow of a category.
    pub fn of(&self, category: &str) -> &Workflow {
        self.categories.get(category).unwrap_or(&self.own)
    }

    fn asks_for_photos(&self) -> bool {
        let mut workflows = self.categories.values().chain([&self.own]);
        workflows.any(|workflow| {
            let mut steps = workflow.steps();
            steps.any(|(_, _, edge)| edge.requires.contains(&Need::Photo))
        })
    }

    /// The statuses without a way out in one of the workflows: who is in one may be stranded.
    pub fn dead_ends(&self) -> BTreeSet<Status> {
        let workflows = self.categories.values().chain([&self.own]);
        workflows
            .flat_map(|workflow| {
                let ends = |status: &Status| !status.is_final() && !workflow.has_way_out(*status);
                Status::ALL.into_iter().filter(ends)
            })
            .collect()
    }
}

/// All rules of the installation.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    documents: Documents,
    standard: Workflow,
    workflows: BTreeMap<RegionId, RegionWorkflows>,
    calendars: BTreeMap<RegionId, Calendar>,
    deadlines: BTreeMap<String, Vec<Rule>>,
    /// Whom the escalations name.
    officers: BTreeSet<Uuid>,
    /// Some step needs a photo.
    asks_for_photos: bool,
    unreadable: Vec<String>,
}

impl Rules {
    /// Reads the stored documents. One that cannot be read any more is left out and noted.
    pub fn new(documents: Documents) -> Self {
        let mut rules = Self::default();
        let regions = documents.regions.keys().chain(documents.categories.keys());
        for region in regions.collect::<BTreeSet<_>>() {
            let workflows = rules.readable(&documents, region);
            rules.workflows.insert(region.clone(), workflows);
        }
        for (region, document) in &documents.calendars {
            let read = calendar::parse(document);
            let read = rules.kept(read, || format!("the calendar of region {region}"));
            rules
                .calendars
                .extend(read.map(|read| (region.clone(), read)));
        }
        for (category, document) in &documents.deadlines {
            let read = deadline::parse(document);
            let read = rules.kept(read, || format!("the deadlines of category {category}"));
            rules
                .deadlines
                .extend(read.map(|read| (category.clone(), read)));
        }
        rules.officers = escalations::officers(rules.deadlines.values().flatten());
        let mut all = rules.workflows.values();
        rules.asks_for_photos = all.any(RegionWorkflows::asks_for_photos);
        rules.documents = documents;
        rules
    }

    fn readable(&mut self, documents: &Documents, region: &RegionId) -> RegionWorkflows {
        let mut workflows = RegionWorkflows::default();
        if let Some(document) = documents.regions.get(region) {
            let read = tighten(&self.standard, document);
            let read = self.kept(read, || format!("the workflow of region {region}"));
            workflows.own = read.unwrap_or_default();
        }
        for (category, document) in documents.categories.get(region).into_iter().flatten() {
            let read = tighten(&workflows.own, document);
            let of = || format!("the workflow of region {region}, category {category}");
            let read = self.kept(read, of).unwrap_or_else(|| workflows.own.clone());
            workflows.categories.insert(category.clone(), read);
        }
        workflows
    }

    fn kept<T>(&mut self, read: Result<T, Faults>, what: impl Fn() -> String) -> Option<T> {
        read.map_err(|faults| {
            let faults = faults.into_inner().into_iter();
            let said: Vec<_> = faults
                .map(|fault| format!("{}: {}", fault.field, fault.message))
                .collect();
            self.unreadable
                .push(format!("{}: {}", what(), said.join("; ")));
        })
        .ok()
    }

    /// Whether a step of some workflow needs a photo.
    pub fn ask_for_photos(&self) -> bool {
        self.asks_for_photos
    }

    /// Stored documents that cannot be read, with the reason, for the log.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// The workflow of the complaints of a category in a region.
    pub fn workflow(&self, region: &RegionId, category: &str) -> &Workflow {
        let workflows = self.workflows.get(region);
        workflows.map_or(&self.standard, |workflows| workflows.of(category))
    }

    /// The workflow of a region's complaints of categories that have none of their own.
    pub fn region_workflow(&self, region: &RegionId) -> &Workflow {
        let workflows = self.workflows.get(region);
        workflows.map_or(&self.standard, |workflows| &workflows.own)
    }

    /// Everything that holds for a complaint.
    pub fn plan(&self, region: &RegionId, category: &str, severity: Severity) -> Plan<'_> {
        let rules = self.deadlines.get(category);
        Plan {
            rule: rules.and_then(|rules| rule_for(rules, region, severity)),
            calendar: self.calendars.get(region),
            workflow: self.workflow(region, category),
        }
    }

    /// The document that tightens a region's workflow, or that of a category in it.
    pub fn workflow_document(&self, region: &RegionId, category: Option<&str>) -> Option<&Value> {
        match category {
            None => self.documents.regions.get(region),
            Some(category) => self.documents.categories.get(region)?.get(category),
        }
    }

    /// The document of a region's calendar.
    pub fn calendar_document(&self, region: &RegionId) -> Option<&Value> {
        self.documents.calendars.get(region)
    }

    /// The deadlines of a category.
    pub fn deadlines(&self, category: &str) -> Option<&[Rule]> {
        self.deadlines.get(category).map(Vec::as_slice)
    }

    /// The workflows that a region would have with `document` for a category of it, or for all.
    ///
    /// # Errors
    /// Every fault, also of the categories' own documents on top of a new one for all.
    pub fn workflows_with(
        &self,
        region: &RegionId,
        category: Option<&str>,
        document: &Value,
    ) -> Result<RegionWorkflows, Faults> {
        let mut workflows = self.workflows.get(region).cloned().unwrap_or_default();
        let Some(category) = category else {
            return self.region_with(region, document);
        };
        let tightened = tighten(&workflows.own, document)?;
        workflows.categories = BTreeMap::from([(category.to_owned(), tightened)]);
        Ok(workflows)
    }

    fn region_with(&self, region: &RegionId, document: &Value) -> Result<RegionWorkflows, Faults> {
        let own = tighten(&self.standard, document)?;
        let mut faults = Faults::default();
        let mut categories = BTreeMap::new();
        for (category, document) in self.documents.categories.get(region).into_iter().flatten() {
            match tighten(&own, document) {
                Ok(workflow) => {
                    categories.insert(category.clone(), workflow);
                }
                Err(found) => faults.append(&format!("category {category}: "), found),
            }
        }
        faults.into_result(Some(RegionWorkflows { own, categories }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::action::Action;
    use super::*;

    fn north() -> RegionId {
        RegionId::from_stored("north")
    }

    fn documents() -> Documents {
        let mut documents = Documents::default();
        let off = json!({"edges": {"reported": {"resolve": false}}});
        documents.regions.insert(north(), off);
        let photo = json!({"edges": {"in_progress": {"resolve": {"require": ["photo"]}}}});
        let lamps = BTreeMap::from([("lamp".to_owned(), photo)]);
        documents.categories.insert(north(), lamps);
        documents
    }

    #[test]
    fn a_category_has_its_own_workflow_on_top_of_its_regions() {
        let rules = Rules::new(documents());
        let south = RegionId::from_stored("south");
        let resolves = |region: &RegionId, category: &str, from: Status| {
            let edge = rules.workflow(region, category).edge(from, Action::Resolve);
            edge.map(|edge| edge.requires.len())
        };
        assert_eq!(resolves(&south, "lamp", Status::Reported), Some(1));
        assert_eq!(resolves(&north(), "lamp", Status::Reported), None);
        assert_eq!(resolves(&north(), "lamp", Status::InProgress), Some(2));
        assert_eq!(resolves(&north(), "hole", Status::InProgress), Some(1));
    }

    #[test]
    fn a_new_workflow_of_a_region_must_bear_those_of_its_categories() {
        let rules = Rules::new(documents());
        let clash = json!({"edges": {"in_progress": {"resolve": false}}});
        let faults = rules.workflows_with(&north(), None, &clash).unwrap_err();
        let field = faults.into_inner().remove(0).field;
        assert_eq!(field, "category lamp: edges.in_progress.resolve");
        let without = rules.workflows_with(&north(), None, &json!({"without": ["on_hold"]}));
        let dead_ends = without.unwrap().dead_ends();
        assert_eq!(dead_ends, BTreeSet::from([Status::OnHold]));
        let fine = rules
            .workflows_with(&north(), Some("lamp"), &json!({}))
            .unwrap();
        assert!(fine.dead_ends().is_empty());
    }

    #[test]
    fn a_document_that_cannot_be_read_is_named_and_spoils_nothing() {
        let mut documents = documents();
        documents.regions.insert(north(), json!({"edges": 7}));
        documents.calendars.insert(north(), json!({}));
        documents.deadlines.insert("lamp".into(), json!(7));
        let rules = Rules::new(documents);
        assert_eq!(rules.unreadable().len(), 3, "{:?}", rules.unreadable());
        let plan = rules.plan(&north(), "hole", Severity::Low);
        assert_eq!(plan.workflow, &Workflow::standard());
        assert!(plan.rule.is_none() && plan.calendar.is_none());
    }
}
