//! What a node tells the others of its live connections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The report. What another release writes that this one does not know is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeReport {
    /// The node's name.
    pub name: String,
    /// Live connections that have signed in, by role.
    pub by_role: BTreeMap<String, usize>,
    /// Those that watch each region.
    pub by_region: BTreeMap<String, usize>,
    /// Those of accounts that have many.
    pub by_account: BTreeMap<Uuid, u32>,
    /// Those from networks that have many, by the network's address.
    pub by_network: BTreeMap<String, u32>,
}

impl NodeReport {
    /// Live connections in all.
    pub fn connections(&self) -> usize {
        self.by_role.values().sum()
    }

    /// Leaves out accounts and networks with fewer connections than these, which do not matter to a limit.
    pub fn without_few(&mut self, account: u32, network: u32) {
        self.by_account.retain(|_, count| *count >= account);
        self.by_network.retain(|_, count| *count >= network);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_another_release_is_read_as_far_as_it_is_known() {
        let report: NodeReport = serde_json::from_str("{}").unwrap();
        assert_eq!(report, NodeReport::default());
        let later = r#"{"name":"n9","by_role":{"officer":2,"guest":3},"mood":"good"}"#;
        let report: NodeReport = serde_json::from_str(later).unwrap();
        assert_eq!((report.name.as_str(), report.connections()), ("n9", 5));
    }

    #[test]
    fn only_those_with_many_are_told_one_by_one() {
        let network = |last: u8| format!("192.0.2.{last}");
        let mut report = NodeReport {
            by_account: [(Uuid::from_u128(1), 5), (Uuid::from_u128(2), 6)].into(),
            by_network: [(network(1), 125), (network(2), 124)].into(),
            ..NodeReport::default()
        };
        report.without_few(6, 125);
        assert_eq!(report.by_account, [(Uuid::from_u128(2), 6)].into());
        assert_eq!(report.by_network, [(network(1), 125)].into());
    }
}
