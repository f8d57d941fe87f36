//! All desks: which region has which, started as regions appear; the sum of their status counts.
//!
//! Every region has a desk from the start, because `active_complaints_total` must be true from the
//! start. A desk that nobody uses costs a few hundred bytes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use actix::{Actor, Addr, ArbiterHandle, AsyncContext, Context, Handler, Message, Supervised};
use fail::fail_point;

use super::lanes::Lanes;
use super::region_desk::{DeskDeps, DeskHandle, HeardBy, LiveCounts, NOT_LOADED, OpenCell};
use super::registry::RegistryHandle;
use super::supervise::{self, Supervision};
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::feed::{Hint, HintSender};
use crate::store::Store;

/// Messages that the mailbox holds.
const MAILBOX: usize = 1024;
/// How long a start waits for desks to count.
const LOAD_PATIENCE: Duration = Duration::from_secs(10);

/// What desks are made of.
#[derive(Clone)]
pub struct DesksDeps {
    /// Where desks live, and who commits for them.
    pub lanes: Lanes,
    /// For desks.
    pub store: Store,
    /// For desks.
    pub registry: RegistryHandle,
    /// For desks.
    pub hints: HintSender,
    /// For desks.
    pub open: OpenCell,
    /// Restarts, fail points and metrics.
    pub supervision: Supervision,
}

/// Complaints by [`Status::index`].
pub type StatusCounts = [i64; Status::ALL.len()];
/// The desks outlive a restart of [`Desks`], and are found without asking it.
type Directory = Arc<RwLock<HashMap<RegionId, DeskHandle>>>;

/// How the rest of the program finds a desk. Cheap to clone.
#[derive(Clone)]
pub struct DesksHandle {
    addr: Arc<Addr<Desks>>,
    directory: Directory,
    open: OpenCell,
}

impl DesksHandle {
    /// Starts the actor on an arbiter.
    pub fn start(home: &ArbiterHandle, deps: DesksDeps) -> Self {
        let directory = Directory::default();
        let (supervision, open) = (deps.supervision.clone(), deps.open.clone());
        let make = {
            let directory = Arc::clone(&directory);
            move || Desks::new(deps, directory)
        };
        Self {
            addr: supervise::start_on(home, "desks", MAILBOX, make, &supervision),
            directory,
            open,
        }
    }

    /// The open complaints of all regions.
    pub fn open_complaints(&self) -> &OpenCell {
        &self.open
    }

    /// The desk of a region, if there is one.
    pub fn of(&self, region: &RegionId) -> Option<DeskHandle> {
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        directory.get(region).cloned()
    }

    /// The live status counts of every region whose desk has counted, by [`Status::index`].
    pub fn complaints(&self) -> BTreeMap<RegionId, StatusCounts> {
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        directory
            .iter()
            .filter_map(|(region, desk)| Some((region.clone(), desk.complaints()?)))
            .collect()
    }

    /// Which of these regions have no desk.
    pub fn missing<'a>(&self, regions: impl Iterator<Item = &'a RegionId>) -> Vec<RegionId> {
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        regions
            .filter(|region| !directory.contains_key(*region))
            .cloned()
            .collect()
    }

    /// Starts desks for regions that have none; `false` when it could not be asked.
    pub async fn open(&self, regions: Vec<RegionId>) -> bool {
        self.addr.send(Open(regions)).await.is_ok()
    }

    /// Waits until every desk has counted; gives up after a while, for a desk goes on trying.
    pub async fn loaded(&self) {
        let deadline = Instant::now() + LOAD_PATIENCE;
        while Instant::now() < deadline && !self.all(|desk| desk.head() != NOT_LOADED) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn all(&self, holds: impl Fn(&DeskHandle) -> bool) -> bool {
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        directory.values().all(holds)
    }

    /// Tells a desk what another node said of its region.
    pub fn hint(&self, hint: &Hint) {
        if let Some(desk) = self.of(&hint.region).filter(|desk| desk.head() < hint.head) {
            desk.head_seen(hint.head, HeardBy::Hint);
        }
    }

    /// Tells every desk that is behind how far the database is; returns how many were behind.
    pub fn heads_polled(&self, heads: &HashMap<RegionId, i64>) -> u64 {
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        let mut behind = 0;
        for (region, &head) in heads {
            if let Some(desk) = directory.get(region).filter(|desk| desk.head() < head) {
                desk.head_seen(head, HeardBy::Poll);
                behind += 1;
            }
        }
        behind
    }
}

/// Start desks for these regions.
#[derive(Message)]
#[rtype(result = "()")]
struct Open(Vec<RegionId>);

/// A desk has counted.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Counted {
    /// Whose.
    pub region: RegionId,
    /// By [`Status::index`].
    pub complaints: StatusCounts,
}

/// The actor.
pub struct Desks {
    deps: DesksDeps,
    directory: Directory,
    counts: HashMap<RegionId, StatusCounts>,
    total: StatusCounts,
}

impl Desks {
    fn new(deps: DesksDeps, directory: Directory) -> Self {
        Self {
            deps,
            directory,
            counts: HashMap::new(),
            total: StatusCounts::default(),
        }
    }

    fn open(&self, region: RegionId, ctx: &Context<Self>) {
        let Some(home) = self.deps.lanes.home_of(&region) else {
            return;
        };
        let desk = DeskHandle::start(
            &home.arbiter,
            DeskDeps {
                region: region.clone(),
                lane: home.lane.clone(),
                erasing: self.deps.lanes.erasing.clone(),
                store: self.deps.store.clone(),
                registry: self.deps.registry.clone(),
                hints: self.deps.hints.clone(),
                totals: Arc::new(ctx.address().recipient()),
                open: self.deps.open.clone(),
                counts: Arc::<LiveCounts>::default(),
                supervision: self.deps.supervision.clone(),
            },
        );
        let mut directory = self
            .directory
            .write()
            .unwrap_or_else(|broken| broken.into_inner());
        directory.insert(region, desk);
    }

    fn has(&self, region: &RegionId) -> bool {
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        directory.contains_key(region)
    }

    /// Shows what is new of a region, and of the sum.
    fn show(&self, region: &RegionId, now: &StatusCounts) {
        let complaints = &self.deps.supervision.metrics.complaints;
        for ((status, total), now) in Status::ALL.into_iter().zip(self.total).zip(now) {
            let (region, word) = (region.as_str(), status.as_str());
            complaints.by_status.with_label_values(&[word]).set(total);
            let of_region = complaints.by_region.with_label_values(&[region, word]);
            of_region.set(*now);
        }
    }
}

impl Actor for Desks {
    type Context = Context<Self>;

    /// After a restart every desk is asked to count again.
    fn started(&mut self, _: &mut Context<Self>) {
        fail_point!(&format!("{}/desks/started", self.deps.supervision.node));
        let directory = self
            .directory
            .read()
            .unwrap_or_else(|broken| broken.into_inner());
        directory.values().for_each(DeskHandle::recount);
    }
}

impl Supervised for Desks {
    fn restarting(&mut self, _: &mut Context<Self>) {
        *self = Self::new(self.deps.clone(), Arc::clone(&self.directory));
    }
}

impl Handler<Open> for Desks {
    type Result = ();

    fn handle(&mut self, Open(regions): Open, ctx: &mut Context<Self>) {
        fail_point!(&format!("{}/desks/open", self.deps.supervision.node));
        for region in regions {
            if !self.has(&region) {
                self.open(region, ctx);
            }
        }
    }
}

impl Handler<Counted> for Desks {
    type Result = ();

    fn handle(&mut self, counted: Counted, _: &mut Context<Self>) {
        fail_point!(&format!("{}/desks/counted", self.deps.supervision.node));
        let Counted { region, complaints } = counted;
        let before = self.counts.insert(region.clone(), complaints);
        let before = before.unwrap_or_default();
        for ((total, before), now) in self.total.iter_mut().zip(before).zip(complaints) {
            *total += now - before;
        }
        self.show(&region, &complaints);
    }
}
