//! The truth: the events of every region as the database holds them, by epoch.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tokio_postgres::Client;

use super::digest;

/// A committed event.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) event_id: String,
    pub(crate) content: u64,
    /// What was stored: all but type, region and number.
    pub(crate) payload: Value,
}

impl Fact {
    /// One below the floor that was erased.
    pub(crate) fn gone() -> Self {
        Self::of(Value::Null)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.payload.is_null()
    }

    pub(crate) fn of(payload: Value) -> Self {
        Self {
            event_id: payload["event_id"].as_str().unwrap_or_default().to_owned(),
            content: digest(&payload),
            payload,
        }
    }
}

/// The events of regions; number 1 is the first.
pub(crate) type Regions = BTreeMap<String, Vec<Fact>>;

/// What is committed, in each history of the database that clients may have seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Truth {
    /// The epoch that holds at the end.
    pub(crate) epoch: String,
    pub(crate) epochs: BTreeMap<String, Regions>,
    /// Up to which number of a region events may be gone or say less than they did, in the epoch that holds at the end.
    pub(crate) floors: BTreeMap<String, i64>,
    /// Complaints of which everything or something was erased.
    pub(crate) erased: BTreeSet<String>,
}

impl Truth {
    /// Reads a database, in whose schema the connection is. Fails unless its log is whole: numbers
    /// without a gap from the region's floor to its head, one `created` a complaint.
    pub(crate) async fn read(client: &mut Client) -> Self {
        let reading = client
            .build_transaction()
            .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
            .read_only(true);
        let reading = reading.start().await.unwrap();
        let epoch = "SELECT epoch FROM installation";
        let epoch: String = reading.query_one(epoch, &[]).await.unwrap().get(0);
        let mut regions = Regions::new();
        let mut floors = BTreeMap::new();
        let heads = "SELECT region_id, head, floor FROM region_heads";
        let heads = reading.query(heads, &[]).await.unwrap();
        for row in &heads {
            regions.insert(row.get(0), Vec::new());
            floors.insert(row.get::<_, String>(0), row.get::<_, i64>(2));
        }
        let events = "SELECT region_id, seq, payload FROM events ORDER BY region_id, seq";
        for row in reading.query(events, &[]).await.unwrap() {
            let (region, seq): (String, i64) = (row.get(0), row.get(1));
            let facts = regions.entry(region.clone()).or_default();
            while (facts.len() as i64) < (seq - 1).min(floors[&region]) {
                facts.push(Fact::gone());
            }
            facts.push(Fact::of(serde_json::from_str(row.get(2)).unwrap()));
            assert_eq!(seq, facts.len() as i64, "a gap in the numbers of {region}");
        }
        for row in &heads {
            let (region, head): (&str, i64) = (row.get(0), row.get(1));
            assert_eq!(head, regions[region].len() as i64, "the head of {region}");
        }
        let strays = "SELECT count(*) FROM complaints WHERE 1 <> (SELECT count(*) FROM events \
            WHERE complaint_id = complaints.id AND kind = 'complaint.created')";
        let strays: i64 = reading.query_one(strays, &[]).await.unwrap().get(0);
        assert_eq!(
            strays, 0,
            "complaints without exactly one event of their creation"
        );
        let erased =
            "SELECT DISTINCT complaint_id::text FROM tombstones WHERE mode <> 'erase_identity'";
        let erased = reading.query(erased, &[]).await.unwrap();
        Self {
            epochs: BTreeMap::from([(epoch.clone(), regions)]),
            epoch,
            floors,
            erased: erased.iter().map(|row| row.get(0)).collect(),
        }
    }

    /// Adds an earlier history, which ended with a loss.
    pub(crate) fn with_earlier(mut self, earlier: Self) -> Self {
        for (epoch, regions) in earlier.epochs {
            self.epochs.entry(epoch).or_insert(regions);
        }
        self
    }

    /// The events of a region in one history; none of those that nobody knows.
    pub(crate) fn facts(&self, epoch: &str, region: &str) -> &[Fact] {
        let regions = self.epochs.get(epoch);
        regions
            .and_then(|regions| regions.get(region))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether an event may say less than it did, or be gone.
    pub(crate) fn is_below_floor(&self, epoch: &str, region: &str, seq: i64) -> bool {
        let floor = self.floors.get(region).copied().unwrap_or_default();
        epoch == self.epoch && seq <= floor
    }

    /// The number of a region's last event.
    pub(crate) fn head(&self, region: &str) -> i64 {
        self.facts(&self.epoch, region).len() as i64
    }

    /// How many events there are.
    pub(crate) fn count(&self) -> usize {
        let regions = self.epochs.get(&self.epoch);
        regions.map_or(0, |regions| regions.values().map(Vec::len).sum())
    }

    /// The ids of all complaints that were created and not erased since.
    pub(crate) fn created(&self) -> Vec<String> {
        let regions = self.epochs.get(&self.epoch).into_iter().flatten();
        let facts = regions.flat_map(|(_, facts)| facts);
        let created = facts.filter(|fact| fact.payload["kind"] == "complaint.created");
        created
            .map(|fact| super::id_of(&fact.payload["complaint"]))
            .collect()
    }
}
