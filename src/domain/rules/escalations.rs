//! The officers whom escalations name, and who of them can be given no complaint by it.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Rules;
use crate::domain::account::Role;
use crate::domain::administration::Account;
use crate::domain::complaint::Severity;
use crate::domain::deadline::Rule;
use crate::domain::region::RegionId;

/// A level of escalation that is reached without giving the complaint to the account that it names,
/// which is no active officer of the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BrokenEscalation {
    /// The category whose deadlines say so.
    pub category: String,
    /// The region of the rule, if it is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub region: Option<RegionId>,
    /// The severity of the rule, if it is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The level, 1 to 3.
    pub level: usize,
}

impl Rules {
    /// Whom the levels of escalation name.
    pub fn escalation_officers(&self) -> &BTreeSet<Uuid> {
        &self.officers
    }

    /// The levels of escalation that name the account in vain.
    pub fn broken_escalations(&self, account: &Account) -> Vec<BrokenEscalation> {
        let mut broken = Vec::new();
        for (category, rules) in &self.deadlines {
            for rule in rules.iter().filter(|rule| !has_work_for(account, rule)) {
                let levels = (1..).zip(&rule.escalations);
                let named = levels.filter(|(_, level)| level.reassign_to == Some(account.id));
                broken.extend(named.map(|(level, _)| BrokenEscalation {
                    category: category.clone(),
                    region: rule.region.clone(),
                    severity: rule.severity,
                    level,
                }));
            }
        }
        broken
    }
}

/// Whether a complaint to which the rule may apply can be given to the account.
fn has_work_for(account: &Account, rule: &Rule) -> bool {
    let is_there = match &rule.region {
        Some(region) => account.regions.contains(region),
        None => !account.regions.is_empty(),
    };
    account.active && account.role == Role::Officer && is_there
}

pub(super) fn officers<'a>(rules: impl Iterator<Item = &'a Rule>) -> BTreeSet<Uuid> {
    let levels = rules.flat_map(|rule| &rule.escalations);
    levels.filter_map(|level| level.reassign_to).collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::super::Documents;
    use super::*;

    #[test]
    fn levels_that_name_somebody_in_vain_are_found() {
        let id = Uuid::from_u128(7);
        let mut documents = Documents::default();
        let rules = json!([
            {"resolve_within": "1d", "escalations": [{}, {"after": "1h", "reassign_to": id}]},
            {"region": "north", "severity": "low", "resolve_within": "1d", "escalations": [{"reassign_to": id}]},
            {"region": "south", "resolve_within": "1d", "escalations": [{"reassign_to": Uuid::from_u128(8)}]},
        ]);
        documents.deadlines.insert("lamp".into(), rules);
        let rules = Rules::new(documents);
        assert_eq!(rules.escalation_officers().len(), 2);
        let broken = |role, active, regions: &[&str]| {
            let account = Account {
                id,
                email: String::new(),
                name: String::new(),
                role,
                active,
                regions: regions.iter().copied().map(RegionId::from_stored).collect(),
                created_at: Timestamp::UNIX_EPOCH,
                updated_at: Timestamp::UNIX_EPOCH,
            };
            let broken = rules.broken_escalations(&account).into_iter();
            broken
                .map(|it| (it.region.is_some(), it.severity, it.level))
                .collect::<Vec<_>>()
        };
        let all = (false, None, 2);
        let north = (true, Some(Severity::Low), 1);
        assert_eq!(broken(Role::Officer, true, &["north", "south"]), []);
        assert_eq!(broken(Role::Officer, true, &["south"]), [north]);
        assert_eq!(broken(Role::Officer, true, &[]), [all, north]);
        assert_eq!(broken(Role::Officer, false, &["north"]), [all, north]);
        assert_eq!(broken(Role::Admin, true, &["north"]), [all, north]);
    }
}
