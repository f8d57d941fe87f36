//! Starts the actors on their arbiters, away from the HTTP workers.

use std::sync::Arc;

use actix::{Addr, Arbiter};
use uuid::Uuid;

use super::photos::Photos;
use super::{AppError, GiveUp, hints, retention};
use crate::access::Access;
use crate::actors::commit_lane::LaneDeps;
use crate::actors::desks::{DesksDeps, DesksHandle};
use crate::actors::feed_poll::{FeedPoll, FeedPollDeps};
use crate::actors::grant_watch::{GrantWatchDeps, GrantWatchHandle};
use crate::actors::lanes::Lanes;
use crate::actors::presence::{Board, PresenceDeps, PresenceHandle};
use crate::actors::recounter::{Recounter, RecounterDeps};
use crate::actors::region_desk::OpenCell;
use crate::actors::registry::{Followed, RegistryDeps, RegistryHandle};
use crate::actors::retention_scheduler::SchedulerHandle;
use crate::actors::supervise::Supervision;
use crate::actors::timer_poll::{TimerPoll, TimerPollDeps};
use crate::actors::word_keeper::{WordKeeper, WordKeeperDeps};
use crate::config::{ConfigError, ServeSettings, cores};
use crate::feed::HintSender;
use crate::store::catalogue::{self, CatalogueCell};
use crate::store::installation::{self, Installation};
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::Metrics;

/// The running actors and what was read to start them.
pub(super) struct Actors {
    pub(super) installation: Installation,
    pub(super) catalogue: CatalogueCell,
    pub(super) desks: DesksHandle,
    pub(super) registry: RegistryHandle,
    pub(super) presence: PresenceHandle,
    pub(super) watch: GrantWatchHandle,
    pub(super) photos: Photos,
    pub(super) retention: SchedulerHandle,
    arbiters: Vec<Arbiter>,
    /// Kept: an actor that nobody can reach ends.
    _poll: Arc<Addr<FeedPoll>>,
    _timers: Arc<Addr<TimerPoll>>,
    _words: Arc<Addr<WordKeeper>>,
    _recounts: Arc<Addr<Recounter>>,
}

impl Actors {
    /// Starts lanes, desks, registry, presence, head poll, timer poll and grant watch.
    pub(super) async fn start(
        settings: &ServeSettings,
        store: &Store,
        access: &Access,
        metrics: &Metrics,
        give_up: GiveUp,
        life: Uuid,
    ) -> Result<Self, AppError> {
        settle_search_language(store, &settings.server.search_language).await?;
        let installation = installation::settle(store).await?;
        let catalogue = CatalogueCell::new(catalogue::load(store).await?);
        let supervision = Supervision {
            node: settings.server.node_name.as_str().into(),
            metrics: metrics.clone(),
            give_up,
        };
        let owners = Arbiter::new();
        let board: Arc<Board> = Arc::default();
        let (arbiters, lanes) = lanes(settings, store, &catalogue, &owners, &supervision);
        // Desks report every batch to both: with the first lane that crosses no thread.
        let beside_desks = arbiters.first().unwrap_or(&owners);
        let registry = registry(settings, beside_desks, &board, &supervision);
        let (hints, waiting_hints) = HintSender::new();
        let medium = hints::medium(&settings.data, store)?;
        let hints = medium.as_ref().map_or_else(HintSender::default, |_| hints);
        let desks = desks(store, lanes, &registry, &hints, &supervision);
        let desks = DesksHandle::start(&beside_desks.handle(), desks);
        let watch = GrantWatchDeps {
            access: access.clone(),
            registry: registry.clone(),
            supervision: supervision.clone(),
        };
        let watch = GrantWatchHandle::start(&owners.handle(), watch, hints);
        if let Some(medium) = medium {
            let heard = (desks.clone(), watch.clone());
            let carried = hints::carry(medium, waiting_hints, heard, supervision.clone());
            owners.spawn(carried);
        }
        desks
            .open(catalogue.get().regions.keys().cloned().collect())
            .await;
        let presence = presence(settings, store, &registry, (board, life), &supervision);
        let words = words(store, &supervision);
        let recounts = recounts(store, &desks, &supervision);
        let home = owners.handle();
        let photos = Photos::start(settings, (store, &catalogue, &desks), &home, &supervision)?;
        let retention = retention::start(settings, store, &desks, &home, &supervision);
        let epoch = installation.epoch.as_str();
        let (poll, timers) = polls(store, &desks, &registry, &catalogue, epoch, supervision);
        Ok(Self {
            _poll: FeedPoll::start(&owners.handle(), poll),
            _timers: TimerPoll::start(&owners.handle(), timers),
            _words: WordKeeper::start(&owners.handle(), words),
            _recounts: Recounter::start(&owners.handle(), recounts),
            presence: PresenceHandle::start(&owners.handle(), presence),
            retention,
            watch,
            photos,
            installation,
            catalogue,
            desks,
            registry,
            arbiters: arbiters.into_iter().chain([owners]).collect(),
        })
    }

    /// Reads regions and categories again and opens desks for new regions.
    pub(super) async fn reload_catalogue(&self, store: &Store) -> Result<(), StoreError> {
        self.catalogue.reload(store).await?;
        self.desks
            .open(self.catalogue.get().regions.keys().cloned().collect())
            .await;
        Ok(())
    }

    /// Ends the arbiters. What was accepted is committed by now: every request waits for its commit.
    pub(super) fn stop(&self) {
        for arbiter in &self.arbiters {
            arbiter.stop();
        }
    }
}

fn desks(
    store: &Store,
    lanes: Lanes,
    registry: &RegistryHandle,
    hints: &HintSender,
    supervision: &Supervision,
) -> DesksDeps {
    DesksDeps {
        lanes,
        store: store.clone(),
        registry: registry.clone(),
        open: OpenCell::default(),
        hints: hints.clone(),
        supervision: supervision.clone(),
    }
}

/// What the two polls of the database work with.
fn polls(
    store: &Store,
    desks: &DesksHandle,
    registry: &RegistryHandle,
    catalogue: &CatalogueCell,
    epoch: &str,
    supervision: Supervision,
) -> (FeedPollDeps, TimerPollDeps) {
    let heads = FeedPollDeps {
        store: store.clone(),
        desks: desks.clone(),
        registry: registry.clone(),
        catalogue: catalogue.clone(),
        epoch: epoch.into(),
        supervision: supervision.clone(),
    };
    let timers = TimerPollDeps {
        store: store.clone(),
        desks: desks.clone(),
        supervision,
    };
    (heads, timers)
}

/// Makes the language of searches the one that is set.
async fn settle_search_language(store: &Store, language: &str) -> Result<(), AppError> {
    let known = installation::search_languages(store).await?;
    if !known.iter().any(|name| name == language) {
        let known = known.join(", ");
        return Err(ConfigError::SearchLanguage(language.to_owned(), known).into());
    }
    if installation::set_search_language(store, language).await? {
        slog_scope::info!("searches are in another language now: {}", language);
    }
    Ok(())
}

fn registry(
    settings: &ServeSettings,
    home: &Arbiter,
    board: &Arc<Board>,
    supervision: &Supervision,
) -> RegistryHandle {
    RegistryHandle::start(
        &home.handle(),
        RegistryDeps {
            ping_ms: settings.live.ping_interval_ms,
            recent_bytes: settings.live.recent_bytes,
            token_grace: settings.live.token_grace,
            followed: Followed::default(),
            board: Arc::clone(board),
            supervision: supervision.clone(),
        },
    )
}

fn words(store: &Store, supervision: &Supervision) -> WordKeeperDeps {
    WordKeeperDeps {
        store: store.clone(),
        supervision: supervision.clone(),
    }
}

fn recounts(store: &Store, desks: &DesksHandle, supervision: &Supervision) -> RecounterDeps {
    RecounterDeps {
        store: store.clone(),
        desks: desks.clone(),
        supervision: supervision.clone(),
    }
}

fn presence(
    settings: &ServeSettings,
    store: &Store,
    registry: &RegistryHandle,
    (board, life): (Arc<Board>, Uuid),
    supervision: &Supervision,
) -> PresenceDeps {
    // Fewer than a sixteenth of a limit are not told: each node may overlook so many of each other one.
    let share = |limit: u32| (limit / 16).max(1);
    PresenceDeps {
        store: store.clone(),
        registry: registry.clone(),
        board,
        others: Arc::default(),
        many_of_account: share(settings.admission.max_connections_account),
        many_of_network: share(settings.admission.max_connections_address),
        node: life,
        // The private PostgreSQL serves one process.
        has_others: settings.data.database_url.is_some(),
        claim_grace: settings.live.claim_grace,
        supervision: supervision.clone(),
    }
}

/// One arbiter with one commit lane for two cores, and among the `owners` one for what retention erases.
fn lanes(
    settings: &ServeSettings,
    store: &Store,
    catalogue: &CatalogueCell,
    owners: &Arbiter,
    supervision: &Supervision,
) -> (Vec<Arbiter>, Lanes) {
    let lanes = match settings.server.commit_lanes {
        // A lane keeps a core of the database busy. Twice as many halve the batches of the same
        // load: less throughput and twice the p99 (CAPACITY.md).
        0 => cores().div_ceil(2),
        lanes => lanes,
    };
    let arbiters: Vec<Arbiter> = (0..lanes).map(|_| Arbiter::new()).collect();
    let lanes = Lanes::start(&arbiters, owners, |name| LaneDeps {
        name,
        database: store.database().clone(),
        catalogue: catalogue.clone(),
        batch: usize::from(settings.server.commit_batch),
        supervision: supervision.clone(),
    });
    (arbiters, lanes)
}
