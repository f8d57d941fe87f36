//! What a node counts, beside what the database holds.

use std::collections::BTreeMap;

use serde_json::json;
use tokio_postgres::Client;

use super::{REGIONS, counted, recount};
use crate::support::{Api, call};

const OPEN: &str = "status NOT IN ('resolved', 'closed', 'rejected')";

/// The database, and who may read all statistics.
pub(super) struct Recount<'a> {
    pub(super) client: &'a Client,
    pub(super) admin: &'a str,
}

impl Recount<'_> {
    /// What a node counts otherwise than the database; empty when all is right.
    async fn differences(&self, node: &Api) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut compare =
            |what: &str, counts: BTreeMap<String, i64>, right: BTreeMap<String, i64>| {
                if counts != right {
                    wrong.push(format!("{what}: {counts:?}, but it is {right:?}"));
                }
            };
        let request = node.get("/api/v1/stats?days=2").bearer_auth(self.admin);
        let found = call(request).await.expect(200);
        let all = self.recount("status", "true").await;
        compare("by_status", counted(&found["by_status"]), all.clone());
        compare("gauges", gauges(node).await, all);
        for region in REGIONS {
            let right = self
                .recount("status", &format!("region_id = '{region}'"))
                .await;
            compare(region, counted(&found["by_region"][region]), right);
        }
        for (member, column) in [("by_category", "category_id"), ("by_severity", "severity")] {
            let right = self.recount(column, OPEN).await;
            compare(member, counted(&found["open"][member]), right);
        }
        let loads = found["open"]["by_assignee"].as_array().unwrap().iter();
        let loads = loads.map(|load| (load["assignee"].as_str().unwrap(), &load["open"]));
        let mut loads: BTreeMap<String, i64> = loads
            .map(|(officer, open)| (officer.to_owned(), open.as_i64().unwrap()))
            .collect();
        let unassigned = found["open"]["unassigned"].as_i64().unwrap();
        loads.extend((unassigned > 0).then(|| ("nobody".to_owned(), unassigned)));
        let officer = "COALESCE(assignee_id::text, 'nobody')";
        compare("by_assignee", loads, self.recount(officer, OPEN).await);
        let due = "CASE WHEN due_at < now() THEN 'overdue' ELSE 'due_soon' END";
        let soon = format!("due_at < now() + INTERVAL '1 day' AND {OPEN}");
        let right = self.recount(due, &soon).await;
        let pair = json!({"overdue": found["overdue"], "due_soon": found["due_soon"]});
        compare("deadlines", counted(&pair), right);
        let days = found["days"].as_array().unwrap();
        let sum =
            |member: &str| -> i64 { days.iter().map(|day| day[member].as_i64().unwrap()).sum() };
        let pair = json!({"reported": sum("opened"), "resolved": sum("resolved")});
        let happened = "SELECT status_after, COUNT(*) FROM events
            WHERE kind = 'complaint.created' OR status_after = 'resolved' GROUP BY 1";
        compare("days", counted(&pair), recount(self.client, happened).await);
        wrong
    }

    async fn recount(&self, column: &str, which: &str) -> BTreeMap<String, i64> {
        let question =
            format!("SELECT {column}, COUNT(*) FROM complaints WHERE {which} GROUP BY 1");
        recount(self.client, &question).await
    }

    /// Both nodes count right; what another node or a timer did may be on its way for a moment.
    pub(super) async fn check(&self, nodes: &[Api], after: usize) {
        for (number, node) in nodes.iter().enumerate() {
            let mut looks = 0;
            loop {
                let wrong = self.differences(node).await;
                if wrong.is_empty() {
                    break;
                }
                looks += 1;
                assert!(
                    looks < 200,
                    "node {number} after {after} commands: {wrong:#?}"
                );
            }
        }
    }
}

/// `active_complaints_total` of a node, without what is 0.
async fn gauges(node: &Api) -> BTreeMap<String, i64> {
    let page = call(node.get("/metrics")).await.text;
    let lines = page.lines().filter_map(|line| {
        let rest = line.strip_prefix("active_complaints_total{status=\"")?;
        let (status, count) = rest.split_once("\"} ")?;
        Some((status.to_owned(), count.parse().unwrap()))
    });
    lines.filter(|(_, count)| *count != 0).collect()
}
