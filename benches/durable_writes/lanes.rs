//! Our way: the real actors, from the desk to the lane and back, without HTTP.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::Arbiter;
use redress::actors::commit_lane::LaneDeps;
use redress::actors::desks::{DesksDeps, DesksHandle};
use redress::actors::lanes;
use redress::actors::region_desk::{DeskHandle, OpenCell};
use redress::actors::registry::{Followed, RegistryDeps, RegistryHandle};
use redress::actors::supervise::Supervision;
use redress::config::cores;
use redress::domain::account::By;
use redress::feed::HintSender;
use redress::store::Store;
use redress::store::catalogue::CatalogueCell;
use redress::telemetry::metrics::Metrics;

use crate::complaint::{region, submission};
use crate::measure::{Fault, Load, Run, drive};

/// How long a client waits for its commit.
const DEADLINE: Duration = Duration::from_secs(10);

/// Desks and lanes as the server has them: an arbiter with a lane for two cores.
pub(crate) struct Lanes {
    desks: Vec<DeskHandle>,
    metrics: Metrics,
    _desks: DesksHandle,
    _arbiters: Vec<Arbiter>,
}

impl Lanes {
    /// Starts the actors and opens a desk for each of the regions; `lanes` 0: a lane for two cores.
    pub(crate) async fn start(store: &Store, regions: usize, lanes: usize) -> Result<Self, Fault> {
        let metrics = Metrics::new()?;
        let supervision = Supervision {
            node: "bench".into(),
            metrics: metrics.clone(),
            give_up: Arc::new(|actor| slog_scope::crit!("{} gave up", actor)),
        };
        let owners = Arbiter::new();
        let registry = registry(&owners, &supervision);
        let mut arbiters: Vec<Arbiter> = (0..if lanes == 0 {
            cores().div_ceil(2)
        } else {
            lanes
        })
            .map(|_| Arbiter::new())
            .collect();
        let lanes = lanes::Lanes::start(&arbiters, &owners, |name| LaneDeps {
            name,
            database: store.database().clone(),
            catalogue: CatalogueCell::default(),
            batch: 256,
            supervision: supervision.clone(),
        });
        let desks = DesksHandle::start(
            &owners.handle(),
            DesksDeps {
                lanes,
                store: store.clone(),
                registry,
                hints: HintSender::default(),
                open: OpenCell::default(),
                supervision,
            },
        );
        let ids: Vec<_> = (0..regions).map(region).collect();
        desks.open(ids.clone()).await;
        arbiters.push(owners);
        Ok(Self {
            desks: ids.iter().filter_map(|id| desks.of(id)).collect(),
            metrics,
            _desks: desks,
            _arbiters: arbiters,
        })
    }

    /// Measures them under a load.
    pub(crate) async fn run(
        &self,
        variant: &'static str,
        load: Load,
        time: Duration,
    ) -> Result<Run, Fault> {
        let desks: Rc<[DeskHandle]> = self.desks.clone().into();
        let write = move |number: usize| {
            let desks = Rc::clone(&desks);
            async move {
                let desk = desks.get(number).ok_or("a region has no desk")?;
                desk.submit(submission(number), By::Resident, DEADLINE)
                    .await?;
                Ok(())
            }
        };
        let batches = &self.metrics.desks.batch_size;
        let before = (batches.get_sample_sum(), batches.get_sample_count());
        let mut run = drive(variant, load, time, write).await?;
        let commits = batches.get_sample_count() - before.1;
        #[expect(clippy::cast_precision_loss, reason = "some thousand commits")]
        let batch = (batches.get_sample_sum() - before.0) / commits as f64;
        run.batch = Some(batch);
        Ok(run)
    }
}

/// A registry without shards: nobody watches.
fn registry(home: &Arbiter, supervision: &Supervision) -> RegistryHandle {
    RegistryHandle::start(
        &home.handle(),
        RegistryDeps {
            ping_ms: 25_000,
            recent_bytes: 1_048_576,
            token_grace: Duration::from_secs(25),
            followed: Followed::default(),
            board: Arc::default(),
            supervision: supervision.clone(),
        },
    )
}
