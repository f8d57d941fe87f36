//! A database with people and any number of regions, for servers that run as processes.

use std::path::PathBuf;

use redress::access::Access;
use redress::access::secret::Secret;
use redress::demo::{self, DemoFile};
use redress::domain::catalogue::RegionDraft;
use redress::domain::region::RegionId;
use redress::store::connect::Database;
use redress::store::{Store, catalogue};

use super::app::settings;
use super::postgres::TestDatabase;

/// The demo's people and key, and regions `r00`, `r01`, … beside the demo's.
pub(crate) struct World {
    pub(crate) database: TestDatabase,
    pub(crate) demo: DemoFile,
    pub(crate) regions: Vec<String>,
}

impl World {
    /// Creates a database with so many regions beside the demo's.
    pub(crate) async fn create(regions: usize) -> Self {
        Self::create_on(TestDatabase::create().await, regions).await
    }

    /// As [`World::create`], on a database that is there and empty.
    pub(crate) async fn create_on(database: TestDatabase, regions: usize) -> Self {
        let address = Database::from_url(database.url(), "redress").unwrap();
        let store = Store::new(address, 2);
        let secret = Secret::new(b"a secret of tests that is long enough").unwrap();
        let access = Access::new(store.clone(), &secret, &settings(&database, &[]).access);
        let demo = demo::seed(&store, &access, "http://unused").await.unwrap();
        let regions: Vec<String> = (0..regions).map(|number| format!("r{number:02}")).collect();
        let draft = |id: &String| RegionDraft {
            id: RegionId::parse(id).unwrap(),
            name: id.clone(),
            boundary: None,
        };
        let drafts: Vec<RegionDraft> = regions.iter().map(draft).collect();
        catalogue::save_regions(&store, &drafts).await.unwrap();
        Self {
            database,
            demo,
            regions,
        }
    }

    /// Where a server of this test writes its log.
    pub(crate) fn log(&self, server: &str) -> PathBuf {
        let name = format!("{}-{server}.log", self.database.name());
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
    }
}
